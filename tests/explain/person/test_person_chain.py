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
from stallpoint.explain.person import judge_treatments
from stallpoint.explain.person_chain import add_chains, find_target, judge_person
from stallpoint.explain.person_text import treatment_statements
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.evidence.load import load_evidence
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
