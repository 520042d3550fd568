"""Any one source taken away changes something that is stated, or the answer says that it was idle; no source is there for nothing."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib.resources import files

import pytest

from stallpoint.core.claim import Claim
from stallpoint.explain import from_literature
from stallpoint.explain.benefit import judge_benefit, judge_signals
from stallpoint.explain.from_literature import explain_literature
from stallpoint.explain.link_reading import read_links
from stallpoint.explain.literature_text import dependence_statements
from stallpoint.explain.outcomes import read_outcomes
from stallpoint.knowledge.evidence.base import without_source
from stallpoint.knowledge.evidence.find import claims_of_treatment
from stallpoint.knowledge.evidence.load import load_evidence

BASE = load_evidence()
NAMES = sorted(each.name for each in BASE.treatments)
TABLES = ("claims", "trials", "eligibility", "arms", "variants", "approvals", "replications", "identifiers")


@cache
def answer_of(name):
    return explain_literature(BASE, name, seed=1)


def statuses(base, name: str, verdict) -> dict[str, str]:
    """Everything that has a status, judged anew from a base."""
    claims: tuple[Claim, ...] = claims_of_treatment(base, name)
    told = {"benefit": judge_benefit(base, claims, read_outcomes(base, claims)).status}
    told |= {f"link {each.link}": each.standing for each in read_links(claims, verdict)}
    return told | {f"signal in {each.claim.modifier}": each.status for each in judge_signals(base, claims)}


@pytest.mark.parametrize("name", NAMES)
def test_each_source_decides_what_the_answer_says_or_is_counted_idle(name):
    answer = answer_of(name)
    verdict = answer.exposure[0].verdict if len(answer.exposure) == 1 else None
    whole = statuses(BASE, name, verdict)
    changed, idle = set(), set()
    sources = {claim.source for claim in answer.claims}
    for source in sources:
        less = statuses(without_source(BASE, source), name, verdict)
        found = {
            (source, what, said, less.get(what, "not told")) for what, said in whole.items() if less.get(what, "not told") != said
        }
        changed |= found
        idle |= set() if found else {source}
    assert {(each.source, each.what, each.said, each.without) for each in answer.dependences} == changed
    last = [each.text for each in dependence_statements(answer, BASE)][-1:]
    expected = [
        f"{len(idle)} of {len(sources)} works decide nothing alone: without any one of them every standing and status stays as it is."
    ]
    assert (last if idle else []) == (expected if idle else [])


def test_both_kinds_are_there():
    """A test that found all of them idle, or none, would show nothing."""
    claims = [(name, claim.source) for name in NAMES for claim in answer_of(name).claims]
    deciding = {(name, each.source) for name in NAMES for each in answer_of(name).dependences}
    assert len(deciding) > 40
    assert len(set(claims) - deciding) > 40


def test_it_would_notice_a_source_that_is_not_taken_away(monkeypatch):
    monkeypatch.setattr(from_literature, "without_source", lambda base, _: base)
    kept = explain_literature(BASE, "lithium carbonate", seed=1)
    assert len(kept.dependences) != len(answer_of("lithium carbonate").dependences)


IDLE = {
    "roche2012", "vaneijk2021", "dreger2021", "proudfoot2016", "rizopoulos2010", "vanderplas2018", "harris2020", "virtanen2020",
    "atassi2013", "pedregosa2011", "paris2022", "csf_nfl2020", "gneiting2007", "tan2015", "danecek2021",
}  # fmt: skip
"""Works on the list that no row, drug file or code cites: taking one of them away changes nothing that is said."""


def test_a_source_that_is_there_for_nothing_is_told():
    """Each is cited by a row of some table, by a drug file or by code, by its id or its DOI; what is not stands in the list above."""
    used = {getattr(row, "source", "") for table in TABLES for row in getattr(BASE, table)}
    used |= {row.source for row in BASE.treatments} | {getattr(row, "source", "") for row in BASE.mechanisms}
    place = files("stallpoint")
    texts = [
        each.read_text(encoding="utf-8")
        for each in _walk(place)
        if each.name.endswith((".py", ".tsv", ".toml", ".j2")) and each.name != "sources.tsv"
    ]
    whole = "\n".join(texts)
    cited = {id_ for id_, each in BASE.sources.items() if id_ in used or id_ in whole or (each.doi and each.doi in whole)}
    assert set(BASE.sources) - cited == IDLE


def _walk(place):
    for each in place.iterdir():
        yield from _walk(each) if each.is_dir() else [each]


def test_every_kind_of_row_goes_with_its_source():
    """Nothing that a work said stays when the work is gone."""
    held = {field.name for field in fields(BASE)}
    assert set(TABLES) <= held
    for source in ("phoenix2025", "miller2022", "bensimon1994", "vaneijk2017"):
        before = sum(row.source == source for table in TABLES for row in getattr(BASE, table))
        less = without_source(BASE, source)
        assert source in BASE.sources or not before
        assert sum(row.source == source for table in TABLES for row in getattr(less, table)) == 0
