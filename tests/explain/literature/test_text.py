"""Sentences: every number is held to a row or a result, and what they hang on is told."""

from __future__ import annotations

import pytest

from stallpoint.core.source import DIRECTIONS
from stallpoint.explain.from_literature import explain_literature, find_subject
from stallpoint.explain.reconstruct import load_cases
from stallpoint.explain.statement import Statement, state, unresolved_numbers
from stallpoint.explain.ways import GROUNDS
from stallpoint.knowledge.evidence.base import without_source
from stallpoint.knowledge.evidence.find import UnknownFactError, claims_of_treatment
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.study.explain_literature import explain_from_literature, record_of_literature

BASE = load_evidence()
NAMES = sorted(each.name for each in BASE.treatments)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_in_every_sentence_resolves(name):
    explained = explain_from_literature(name)
    for section, statements in explained.statements.items():
        for statement in statements:
            assert unresolved_numbers(statement, explained.base) == [], (section, statement.text)


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.id)
def test_numbers_resolve_on_the_day_before_too(case):
    explained = explain_from_literature(case.treatment, as_of=case.before)
    said = [each for statements in explained.statements.values() for each in statements]
    assert [
        (each.text, unresolved_numbers(each, explained.base)) for each in said if unresolved_numbers(each, explained.base)
    ] == []


def test_a_number_that_stands_nowhere_is_found():
    assert unresolved_numbers(Statement("It slowed by 42%."), BASE) == ["42"]
    assert unresolved_numbers(Statement("It slowed by 0.343 points.", ("phoenix_function",)), BASE) == []
    assert unresolved_numbers(Statement("It slowed by 0.344 points.", ("phoenix_function",)), BASE) == ["0.344"]
    assert unresolved_numbers(Statement("In AMX0035, MCI186-19 and C9orf72 nothing."), BASE) == []
    assert unresolved_numbers(state("Of {n} people {share:.0%}.", n=12, share=0.5), BASE) == []
    assert unresolved_numbers(state("Of {n} people {share:.0%}, not 13.", n=12, share=0.5), BASE) == ["13"]
    assert unresolved_numbers(Statement("Slower by -3.2 to 1,000."), BASE) == ["3.2", "1,000"]


def test_contrary_evidence_stands_first_everywhere(ask):
    for name in ("riluzole", "AMX0035", "edaravone", "NurOwn"):
        answer = ask(name)
        groups = [
            answer.claims,
            answer.pumps,
            *(reading.claims for reading in answer.readings),
            *(way.claims for way in answer.ways),
        ]
        for claims in groups:
            order = [DIRECTIONS.index(claim.direction) for claim in claims]
            assert order == sorted(order)


def test_ways_are_grouped_by_evidence_and_unranked(ask):
    ways = ask("tofersen").ways + ask("riluzole").ways
    assert ways
    for answer in (ask("tofersen"), ask("riluzole"), ask("edaravone")):
        keys = [(GROUNDS.index(way.ground), way.kind.label) for way in answer.ways]
        assert keys == sorted(keys)
    for way in ways:
        assert way.kind.against
        assert way.kind.study
        assert way.kind.must_be_true
        assert set(vars(way)) == {"kind", "ground", "claims", "computed"}


def what_is_said(answer):
    statuses = (answer.benefit.status, [r.standing for r in answer.readings], [s.status for s in answer.signals])
    chances = None if answer.stall is None else [f"{share:.2f}" for share in answer.stall.probability.values()]
    return (*statuses, chances, answer.literature.expected, [(way.kind.label, way.ground) for way in answer.ways])


def test_every_source_of_an_answer_decides_something_or_is_told_to_be_idle(ask):
    """Without a source its rows are gone from what is shown; where nothing else changes it is idle, and the answer does not list it."""
    for name in ("lithium carbonate", "methylcobalamin", "AMX0035"):
        answer = ask(name)
        deciding = {each.source for each in answer.dependences}
        for source in {claim.source for claim in answer.claims}:
            left = without_source(BASE, source)
            assert len(claims_of_treatment(left, answer.treatment.name)) < len(answer.claims)
            if source in deciding:
                less = explain_literature(left, name, seed=1)
                assert what_is_said(less) != what_is_said(answer), source
        assert deciding, name


def test_an_answer_is_a_hypothesis_whatever_it_says(ask):
    for name in ("riluzole", "minocycline", "WVE-004"):
        assert ask(name).finding.status == "hypothesis"


def test_names_of_treatments_and_trials_lead_to_the_answer():
    assert find_subject(BASE, "Relyvrio")[0].name == "AMX0035"
    treatment, trial = find_subject(BASE, "study 19")
    assert (treatment.name, trial.id) == ("edaravone", "mci186_19")
    with pytest.raises(UnknownFactError, match="did you mean"):
        find_subject(BASE, "tofersn")
    with pytest.raises(UnknownFactError, match="stallpoint facts drug"):
        find_subject(BASE, "qqqqqq")


def test_same_evidence_same_answer_and_a_past_day_sees_no_later_number(ask):
    again = explain_literature(BASE, "AMX0035", seed=1)
    assert again.stall.probability == ask("AMX0035").stall.probability
    record = record_of_literature(explain_from_literature("AMX0035", as_of="2022"))
    assert record["as_of"] == "2022-12-31"
    assert record["status"] == "hypothesis"
    assert not any("PHOENIX" in each for each in record["statements"]["results"])
    assert all(each["known_from"] <= "2022" for each in map(vars, record["claims"]))
