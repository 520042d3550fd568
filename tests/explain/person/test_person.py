"""All treatments beside a person: order, contrary first, abstention, guards, and every number held to the profile or a row."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from person_world import known_person, person

from stallpoint.core.claim import Claim
from stallpoint.core.numbers import format_number
from stallpoint.core.source import DIRECTIONS
from stallpoint.explain.benefit import BenefitStatus
from stallpoint.explain.distance import COMPARED, pool_arms
from stallpoint.explain.helpful_trials import ENDED, NEXT_TRIAL, helpful_trials
from stallpoint.explain.person import judge_treatments
from stallpoint.explain.person_text import PERSON_LIMITS, SECTIONS, opening_statements, treatment_statements
from stallpoint.explain.shown_result import show_result
from stallpoint.explain.statement import unresolved_numbers
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.population import load_population_shares
from stallpoint.study.person_treatments import treatments_record

BASE = load_evidence()
NUMBER = re.compile(r"(?<![\w.-])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w])(?!\.\d)")


def one(told, name):
    return next(each for each in told.treatments if each.treatment.name == name)


def applied(told, name, trial):
    return next(each for each in one(told, name).applicability if each.trial.id == trial)


def everything(told) -> str:
    parts = [each.text for each in opening_statements(told)]
    parts += [each.text for one in told.treatments for said in treatment_statements(one).values() for each in said]
    return "\n".join([*parts, *PERSON_LIMITS, json.dumps(treatments_record(told), ensure_ascii=False)])


def numbers(text: str) -> set[str]:
    return {each.lstrip("-−") for each in NUMBER.findall(text)}


def test_treatments_stand_by_the_alphabet_whoever_the_person_is(told, blank):
    names = [each.treatment.name for each in told.treatments]
    assert names == sorted(names, key=str.casefold)
    assert names == [each.treatment.name for each in blank.treatments]
    assert len(names) > 50
    assert not set(names) & set(told.untried)


def test_a_finding_on_a_target_is_no_result_of_a_treatment(told):
    assert "acetylcysteine" in told.untried


def test_applicability_in_known_cases(told):
    assert applied(told, "tofersen", "valor").eligibility.answer == "inside"
    assert [each.answer for each in applied(told, "lithium carbonate", "magnet").eligibility.conditions] == [
        "inside",
        "cannot tell",
    ]
    assert applied(told, "BIIB078", "biib078_1").eligibility.answer == "outside"
    assert applied(told, "masitinib", "ab10015").eligibility.answer == "inside"
    assert applied(told, "riluzole", "riluzole_2002").eligibility.answer == "outside"
    assert applied(told, "edaravone", "mci186_19").eligibility.answer == "outside"
    assert applied(told, "zilucoplan", "healey_a").eligibility.answer == "cannot tell"
    jetals = applied(told, "methylcobalamin", "jetals")
    assert (jetals.eligibility.answer, jetals.distance.answer) == ("outside", "outside")


def test_of_a_person_of_whom_nothing_is_known_nothing_can_be_told(blank):
    for each in blank.treatments:
        assert {apply.eligibility.answer for apply in each.applicability} <= {"cannot tell"}
        assert {apply.distance.answer for apply in each.applicability} <= {"cannot tell"}
        assert not any(link.known for link in each.links)
        said = treatment_statements(each)
        assert said["unknown"]
        assert said["applicability"]


def test_taking_a_value_away_never_makes_anybody_inside(told):
    """Missing is never normal: without a value an answer may only fall back to cannot tell."""
    full = known_person()
    for gone in ("age_years", "onset_months", "alsfrs_r", "fvc_percent", "svc_percent", "riluzole"):
        values = {each.name: each.value for each in full.history if each.name != gone}
        less = judge_treatments(BASE, person(*full.calls, repeats=full.repeats, markers=full.markers, **values))
        for before, after in zip(told.treatments, less.treatments, strict=True):
            for first, second in zip(before.applicability, after.applicability, strict=True):
                assert second.eligibility.answer in (first.eligibility.answer, "cannot tell")


def test_contrary_results_and_failed_signals_stand_first(told):
    for each in told.treatments:
        order = [DIRECTIONS.index(result.claim.direction) for result in each.results]
        assert order == sorted(order)
        failed = [reversal.outcome == "confirmed" for reversal in each.reversals]
        assert failed == sorted(failed)
    assert [each.test.claim.id for each in one(told, "lithium carbonate").reversals] == ["licals_survival", "magnet_survival"]
    assert one(told, "reldesemtiv").reversals[0].outcome == "not confirmed"


def test_no_rank_no_pick_no_amount_no_responder(told, asked):
    for each in (told, asked):
        text = everything(each)
        assert not re.search(
            r"\bresponders?\b|you should|best (?:drug|treatment|option)|we recommend|should (?:take|start|stop)|suitable|promising",
            text,
            re.IGNORECASE,
        )
        plain = re.sub(r'"claim": "\w+"', "", text)
        assert not re.search(r"\d ?(?:mg|ug|g|IU)\b(?!/)|\bdos(?:e|es|ing|age)\b|\ba day\b", plain)

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for each in value.values() for key in keys(each)}
        return {key for each in value for key in keys(each)} if isinstance(value, list) else set()

    assert not {key for key in keys(treatments_record(told)) if re.search(r"rank|best|score|recommend|pick|prefer|dose", key)}
    assert "no order of merit" in everything(told)


def test_survival_is_told_only_where_it_was_asked_for(told, asked):
    survival = [claim for claim in BASE.claims if claim.kind == "survival" or claim.role == "prognostic"]
    hidden, shown = everything(told), everything(asked)
    assert not any(claim.text in hidden for claim in survival)
    assert sum(claim.text in shown for claim in survival) > 20
    results = [result for each in told.treatments for result in each.results]
    assert sum(result.shown == "withheld" for result in results) > 20
    assert not any(result.shown == "withheld" for each in asked.treatments for result in each.results)
    for result in results:
        if result.shown != "words":
            assert result.claim.text not in hidden
        if result.shown == "withheld":
            assert not numbers(result.text.removeprefix(result.trial))
    for text in (result.text.split("): ", 1)[1] for result in results):
        left = text.replace("a result on survival or course", "").replace("words on survival are left out", "")
        assert not re.search(r"surviv|mortality|alive|\bdied|\bdeath", left, re.IGNORECASE), text
    assert "-4.25" not in hidden + shown, "a risk score judges nobody, asked or not"


@pytest.mark.parametrize("text", ["Half were alive at 12 months.", "Death: hazard ratio 0.5.", "They lived 3 months longer."])
def test_survival_in_the_words_of_another_kind_of_claim_is_kept_back_too(text):
    for kind in ("modifier", "function"):
        shown = show_result(Claim("x", kind, "supports", text, "randomised", "seen", "phoenix"), BASE)
        assert not numbers(shown.text)
        assert text not in shown.text


def test_every_number_is_that_of_the_profile_or_of_a_row(told, asked, blank):
    """Figures that a sentence brings itself count for nothing here: each is looked up again."""
    for each in (told, asked, blank):
        markers = [f"{reading.value:g}" for reading in each.profile.markers]
        person = numbers(" ".join([*(entry.value for entry in each.profile.history), *markers]))
        if person:
            person.add(f"{(48 - 38) / 20:.2f}")
        for treatment in each.treatments:
            rows = {claim.id: claim for claim in BASE.claims}
            for section, said in treatment_statements(treatment).items():
                for statement in said:
                    rest = statement.text
                    for name in sorted(statement.names, key=len, reverse=True):
                        rest = rest.replace(name, " ")
                    held = set()
                    for id_ in statement.claims:
                        row = rows[id_]
                        held |= numbers(f"{row.text} {row.population} {row.modifier} {row.measure}")
                        held |= numbers(" ".join(f"{value:,g}" for value in row.numbers))
                    if section in ("applicability", "unknown"):
                        held |= person | _held_by_trials(treatment, each.profile)
                    assert numbers(rest) <= held, (section, rest, numbers(rest) - held)
                    assert unresolved_numbers(statement, BASE) == [], (section, statement.text)


def _held_by_trials(treatment, profile) -> set[str]:
    """Numbers of a treatment's conditions and arms, pooled anew, and of how many measures were compared."""
    trials = {each.trial.id for each in treatment.applicability}
    held = {"2", "0", "1", "3", "4", *(str(len(each.eligibility.conditions)) for each in treatment.applicability)}
    values = {each.name: float(each.value) for each in profile.history if each.name not in ("riluzole",)}
    carriers = [(row.level, row.share) for row in load_population_shares() if row.measure == "carriers"]
    for row in BASE.eligibility:
        if row.trial in trials:
            held |= numbers(row.said)
            held |= {f"{100 * (1 - share):.1f}" for gene, share in carriers if gene == row.value}
    for trial in trials:
        for measure, mean_column, sd_column in COMPARED:
            arms = [arm for arm in BASE.arms if arm.trial == trial and arm.subset is None]
            told = [(arm.n, getattr(arm, mean_column), getattr(arm, sd_column)) for arm in arms]
            groups = [group for group in told if None not in group]
            if groups:
                mean, sd, people = pool_arms(groups)
                held |= {format_number(mean, 1), format_number(sd, 1), f"{people:,}"}
                if measure in values:
                    held.add(format_number((values[measure] - mean) / sd, 1).lstrip("−"))
    return held


def test_what_would_help_is_said_for_every_status_and_promises_nothing(told):
    assert set(NEXT_TRIAL) == set(get_args(BenefitStatus))
    for each in told.treatments:
        said = helpful_trials(each)
        assert said[0] == NEXT_TRIAL[each.benefit.status]
        if each.benefit.status in ENDED:
            assert len(said) == 1
    assert any("people like this one" in said for each in told.treatments for said in helpful_trials(each))
    assert not any("bulbar" in said for said in helpful_trials(one(told, "riluzole")))


def test_links_are_unknown_for_the_person_unless_the_target_is_a_gene(told):
    known = {(each.treatment.name, link.link) for each in told.treatments for link in each.links if link.known}
    assert {name for name, _ in known} == {"tofersen", "BIIB078", "WVE-004", "arimoclomol", "lithium carbonate"}
    assert {link for _, link in known} == {"relevant"}
    assert all(len(each.links) == 6 for each in told.treatments)


def test_every_part_has_a_title(told):
    assert set(treatment_statements(told.treatments[0])) == {"head", *SECTIONS}
