"""Where a treatment would stall beside one person: what is known changes a link, what is not known changes nothing and is said."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from person_world import known_person, person

from stallpoint.core.parameter import LINKS
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.explain.from_literature import draw_treatment, explain_literature
from stallpoint.explain.genotype_match import match_gene, match_repeat
from stallpoint.explain.person import judge_treatments
from stallpoint.explain.person_chain import add_chains, find_target, judge_person
from stallpoint.explain.person_text import treatment_statements
from stallpoint.explain.statement import unresolved_numbers
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.population import load_population_shares
from stallpoint.study.person_treatments import treatments_record

BASE = load_evidence()
DRUGS = {drug.name: drug for drug in load_drugs()}
EXPANSION = "FTDALS1_C9orf72"


def chain_of(name, profile):
    return judge_person(BASE, profile, BASE.treatment(name), drugs=DRUGS, seed=1)


def chance(chain, link):
    return next(each for each in chain.links if each.link == link)


@pytest.fixture(scope="module")
def told():
    return add_chains(BASE, judge_treatments(BASE, known_person()), seed=1)


def test_a_target_that_is_not_there_is_named_and_one_that_was_not_looked_for_is_not():
    absent = person(repeats=(RepeatCall("C9orf72", EXPANSION, "absent", "normal", alleles=(2, 8), assay="PCR"),))
    present = person(repeats=(RepeatCall("C9orf72", EXPANSION, "present", "expanded", alleles=(2, 900), assay="PCR"),))
    assert (chain_of("BIIB078", absent).named, chance(chain_of("BIIB078", absent), "relevant").probability) == ("relevant", 1.0)
    assert chance(chain_of("BIIB078", present), "relevant").probability < 0.7
    for profile in (person(), person(repeats=(RepeatCall("C9orf72", EXPANSION, "not tested", "", alleles=(), assay=""),))):
        untold = chain_of("BIIB078", profile)
        assert untold.named is None
        assert "whether its target is there is not known" in untold.why
        assert chance(untold, "relevant").probability is None
        assert "6.7% to 31.0% of people with ALS carry it" in chance(untold, "relevant").said


def test_variants_that_were_looked_for_and_not_found_clear_no_gene():
    """A5V absent is not SOD1 absent."""
    assert chain_of("tofersen", person(VariantCall("SOD1", "A5V", "absent", assay="panel"))).named is None
    carrier = chain_of("tofersen", person(VariantCall("SOD1", "A5V", "present", assay="panel")))
    assert chance(carrier, "relevant").basis == "this person"
    reported = chain_of("tofersen", person(VariantCall("SOD1", "A5V", "present", usable=False)))
    assert chance(reported, "relevant").probability is None


def test_only_a_gene_that_every_trial_asked_for_is_a_target():
    targets = {each.name: found[1] for each in BASE.treatments if (found := find_target(BASE, each))}
    assert targets == {"tofersen": "SOD1", "BIIB078": "C9orf72", "WVE-004": "C9orf72"}
    assert find_target(BASE, BASE.treatment("lithium carbonate")) is None


def test_what_is_known_of_the_level_moves_absorbed_and_nothing_is_moved_without_it():
    worst = chance(chain_of("riluzole", person(smoker="yes", sex="male")), "absorbed")
    best = chance(chain_of("riluzole", person(smoker="no", sex="female")), "absorbed")
    assert worst.basis == best.basis == "this person"
    assert worst.probability > best.probability
    assert "saw no correlation" in worst.said
    assert "bruno1997" in worst.sources
    for values in ({}, {"smoker": "unknown"}, {"smoker": ""}, {"sex": "male"}):
        assert chance(chain_of("riluzole", person(**values)), "absorbed").probability is None


def test_less_function_than_the_people_studied_makes_late_likelier():
    later = [chance(chain_of("edaravone", person(alsfrs_r=score)), "timely").probability for score in (46, 38, 24, 10)]
    assert later == sorted(later)
    assert later[0] < later[-1]
    assert chance(chain_of("edaravone", person()), "timely").probability is None


def test_a_carrier_like_those_studied_has_the_chain_of_the_literature():
    """Nothing that is known changes a link: the worlds are those of `explain DRUG`, but for what no person has."""
    _, _, literature = draw_treatment(BASE, BASE.treatment("tofersen"), seed=1)
    whole = explain_literature(BASE, "tofersen", seed=1).literature
    assert (literature.chain.draws == whole.chain.draws).all()
    draws = literature.chain.draws[:, : LINKS.index("visible")]
    least = ((draws.min(axis=1) < 0.5) & (draws.argmin(axis=1) == LINKS.index("taken"))).mean()
    carrier = chain_of("tofersen", person(VariantCall("SOD1", "A5V", "present", assay="panel")))
    assert chance(carrier, "taken").probability == pytest.approx(least)


def test_harm_and_ignorance_are_reasons_and_no_faults(told):
    answers = {each.chain.answer for each in told.treatments}
    assert answers == {"stall", "cannot be told for one person"}
    for each in told.treatments:
        assert bool(each.chain.why) == (each.chain.named is None)
        assert each.chain.named is None or chance(each.chain, each.chain.named).probability is not None
        if each.benefit.status == "harm seen":
            assert "harm" in each.chain.why


def test_taking_a_value_away_never_names_more(told):
    full = known_person()
    bare = add_chains(BASE, judge_treatments(BASE, replace(full, history=(), calls=(), repeats=())), seed=1)
    for before, after in zip(told.treatments, bare.treatments, strict=True):
        assert after.chain.named in (None, before.chain.named)
        for first, second in zip(before.chain.links, after.chain.links, strict=True):
            assert second.basis != "this person"
            assert second.probability is None or first.probability is not None


PEOPLE = {
    "known": known_person(),
    "smoking man": person(smoker="yes", sex="male", child_pugh="B", ancestry="Japanese", alsfrs_r=31.5),
    "nobody": person(),
}


def looked_up(base, treatment, profile) -> dict[str, float]:
    """What each figure of a treatment's chain should be, from the rows themselves and by other ways than the chain's."""
    held = {f"{row.column.replace('_', ' ')} {row.level}": 1 / row.ratio for row in covariates_of(treatment)}
    held |= {f"carriers of {row.level}, {row.place}": row.share for row in load_population_shares() if row.measure == "carriers"}
    clearances = [
        each.between_cv
        for each in parameters_of(treatment)
        if each.name in ("clearance", "apparent_clearance") and each.between_cv
    ]
    held |= {"difference between people": clearances[0]} if clearances else {}
    arms = [
        arm for arm in base.arms if arm.trial in trials_of(base, treatment) and not arm.subset and arm.n and arm.alsfrs_r_mean
    ]
    if arms:
        mean = sum(arm.n * arm.alsfrs_r_mean for arm in arms) / sum(arm.n for arm in arms)
        held["ALSFRS-R of the people studied, mean over arms"] = mean
    scores = [float(entry.value) for entry in profile.history if entry.name == "alsfrs_r"]
    return held | ({"ALSFRS-R of this person": scores[-1]} if scores else {})


def covariates_of(treatment):
    return DRUGS[treatment.name].covariates if treatment.name in DRUGS else ()


def parameters_of(treatment):
    return DRUGS[treatment.name].parameters if treatment.name in DRUGS else ()


def trials_of(base, treatment):
    return {each.id for each in base.trials if treatment.name in each.treatments}


def wrong_figures(base, treatment, profile, link) -> list[str]:
    """Figures of a link that are not what they are called, or are not written as they are."""
    held = looked_up(base, treatment, profile)
    return [
        each.what
        for each in link.figures
        if each.value != pytest.approx(held.get(each.what, -1)) or not is_written(each.value, each.written)
    ]


def is_written(value: float, written: str) -> bool:
    """Whether a number is written as this one rounds."""
    number, scale = (written[:-1], 100) if written.endswith("%") else (written, 1)
    return abs(float(number) - scale * value) <= 0.5000001 * 10 ** -len(number.partition(".")[2])


def unknown_words(treatment, profile, link) -> list[str]:
    """Words that a link quotes and that stand in no row and in no answer on the profile's genotype."""
    rows = {row.note for row in covariates_of(treatment)}
    target = find_target(BASE, treatment)
    rows |= {match(profile, target[1])[1] for match in (match_gene, match_repeat)} if target else set()
    return [each for each in link.quoted if each not in rows]


@pytest.mark.parametrize("name", PEOPLE)
def test_every_number_of_every_chain_is_looked_up_again(name):
    """The sentences hold no number that is not a figure, and each figure is that of its row, of the profile, or computed anew."""
    profile = PEOPLE[name]
    judged = add_chains(BASE, judge_treatments(BASE, profile), seed=1)
    for one in judged.treatments:
        for statement in treatment_statements(one)["chain"]:
            assert unresolved_numbers(statement, BASE) == [], statement.text
        for link in one.chain.links:
            assert wrong_figures(BASE, one.treatment, profile, link) == [], (one.treatment.name, link)
            assert unknown_words(one.treatment, profile, link) == [], (one.treatment.name, link)
    figures = [each for one in judged.treatments for link in one.chain.links for each in link.figures]
    assert len(figures) > (2 if name == "nobody" else 10)


@pytest.mark.parametrize(
    ("treatment", "link", "before", "after"),
    [
        ("riluzole", "absorbed", "level times 0.64", "level times 0.46"),
        ("riluzole", "absorbed", "people differ by ", "people differ by 1"),
        ("edaravone", "timely", "ALSFRS-R 31.5", "ALSFRS-R 32.5"),
        ("BIIB078", "relevant", "31.0%", "30.0%"),
        ("riluzole", "taken", "cannot be told", "in 12 of 13 it cannot be told"),
    ],
)
def test_a_wrong_number_planted_in_a_chain_is_found(treatment, link, before, after):
    """In the words alone, and in the words with a figure that says the same."""
    profile = person(smoker="yes", sex="male", alsfrs_r=31.5)
    told = judge_treatments(BASE, profile)
    one = next(each for each in told.treatments if each.treatment.name == treatment)
    chain = chain_of(treatment, profile)
    held = chance(chain, link)
    assert before in held.said, held.said
    planted = replace(held, said=held.said.replace(before, after))
    spoilt = replace(one, chain=replace(chain, links=tuple(planted if each is held else each for each in chain.links)))
    found = [each for statement in treatment_statements(spoilt)["chain"] for each in unresolved_numbers(statement, BASE)]
    assert found, planted.said
    for at, figure in enumerate(held.figures):
        moved = replace(figure, value=figure.value * 1.5, written=f"{float(figure.written.rstrip('%')) * 1.5:g}")
        figures = (*held.figures[:at], moved, *held.figures[at + 1 :])
        assert wrong_figures(BASE, one.treatment, profile, replace(held, figures=figures)) == [figure.what]


def test_a_wrong_probability_planted_in_a_chain_is_found():
    carrier = person(repeats=(RepeatCall("C9orf72", EXPANSION, "absent", "normal", alleles=(2, 8), assay="PCR"),))
    chain = chain_of("BIIB078", carrier)
    assert "probability 1.00" in chain.text
    worlds = draw_treatment(BASE, BASE.treatment("BIIB078"), seed=1)[2].chain.draws.copy()
    worlds[:, LINKS.index("relevant")] = 0
    worlds[:, LINKS.index("visible")] = 1
    least = worlds.argmin(axis=1)
    for each in chain.links:
        if each.probability is not None:
            assert each.probability == pytest.approx((least == LINKS.index(each.link)).mean())


def test_it_promises_nothing_ranks_nothing_and_tells_nobody_how_much_to_take(told):
    said = "\n".join(each.text for one in told.treatments for each in treatment_statements(one)["chain"])
    said += json.dumps([each["chain"] for each in treatments_record(told)["treatments"]])
    assert not re.search(
        r"respon(?:d|se)|\bwill (?:not )?(?:work|help)|no stall|no link takes|recommend|best|rank|should", said, re.IGNORECASE
    )
    assert not re.search(r"\d ?(?:mg|ug|g)\b|\bdos(?:e|es|ing|age)\b|surviv|alive|\bdeath", said, re.IGNORECASE)
    assert "visible" not in said


def test_every_source_of_a_link_is_held(told):
    sources = [source for one in told.treatments for link in one.chain.links for source in link.sources]
    assert sources
    assert set(sources) <= set(BASE.sources)
