"""Any one source taken away changes something that is stated, or the answer says that it was idle; no source is there for nothing."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from stallpoint.core.claim import Claim
from stallpoint.core.parameter import LINKS
from stallpoint.explain import from_literature
from stallpoint.explain.benefit import judge_benefit, judge_signals
from stallpoint.explain.from_literature import explain_literature
from stallpoint.explain.link_reading import read_links
from stallpoint.explain.literature_chain import draw_literature_chain
from stallpoint.explain.literature_text import answer_statements, dependence_statements
from stallpoint.explain.outcomes import read_outcomes
from stallpoint.explain.stall import find_stall
from stallpoint.explain.ways import find_ways, remaining_links
from stallpoint.knowledge.evidence.base import without_source
from stallpoint.knowledge.evidence.find import claims_of_treatment
from stallpoint.knowledge.evidence.load import load_evidence

BASE = load_evidence()
NAMES = sorted(each.name for each in BASE.treatments)
TABLES = ("claims", "trials", "eligibility", "arms", "variants", "approvals", "replications", "identifiers")


@cache
def answer_of(name):
    return explain_literature(BASE, name, seed=1)


def stated(base, name: str, answer) -> dict[str, str]:
    """Everything that is stated, judged and drawn anew from a base: statuses, where it stalls, what to expect, ways and their evidence."""
    claims: tuple[Claim, ...] = claims_of_treatment(base, name)
    verdict = answer.exposure[0].verdict if len(answer.exposure) == 1 else None
    outcomes, readings = read_outcomes(base, claims), read_links(claims, verdict)
    benefit = judge_benefit(base, claims, outcomes).status
    told = {"benefit": benefit} | {f"link {each.link}": each.standing for each in readings}
    told |= {f"signal in {each.claim.modifier}": each.status for each in judge_signals(base, claims)}
    fell = [each for each in claims if (each.kind, each.role, each.design) == ("marker", "downstream", "randomised")]
    fell = [each for each in fell if each.standing != "post hoc"]
    drawn = draw_literature_chain(name, readings, outcomes, fell, rng=np.random.default_rng(1))
    stall = None if benefit == "harm seen" else find_stall(drawn.chain)
    told |= {"where it stalls": where(stall)} | ({} if stall is None else {link: stall.probability[link] for link in LINKS})
    told |= {"what it takes away of the decline": f"{drawn.expected[1]:.0%}"} if outcomes else {}
    possible = remaining_links(stall.possible if stall else LINKS, readings)
    ways = find_ways(base, name, claims, possible, [gain for each in answer.exposure for gain in each.delivery])
    return told | {f"way past: {each.kind.label}": each.ground for each in ways}


def where(stall) -> str:
    if stall is None:
        return "not asked"
    if stall.named:
        return stall.named
    if stall.no_stall >= stall.threshold:
        return "nowhere"
    rest = [link for link in LINKS if link in stall.possible] + (["nowhere"] if stall.none_possible else [])
    return "one of " + ", ".join(rest)


def differences(whole, less) -> set[tuple[str, str, str]]:
    """Of the probabilities of a stall, which are numbers here, the one that moves most and only where it is written differently."""
    words = {what for each in (whole, less) for what in each if what not in LINKS}
    found = {(what, whole.get(what, "not told"), less.get(what, "not told")) for what in words}
    found = {each for each in found if each[1] != each[2]}
    if not (set(LINKS) <= set(whole) and set(LINKS) <= set(less)):
        return found
    moved = sorted(LINKS, key=lambda link: -abs(whole[link] - less[link]))[0]
    said, without = (f"{each[moved]:.2f}" for each in (whole, less))
    return found | ({(f"the probability that it stalls at {moved}", said, without)} if said != without else set())


@pytest.mark.parametrize("name", NAMES)
def test_each_source_decides_what_the_answer_says_or_is_counted_idle(name):
    answer = answer_of(name)
    whole = stated(BASE, name, answer)
    changed, idle = set(), set()
    sources = {claim.source for claim in answer.claims} | {claim.source for way in answer.ways for claim in way.claims}
    for source in sources:
        found = differences(whole, stated(without_source(BASE, source), name, answer))
        changed |= {(source, *each) for each in found}
        idle |= set() if found else {source}
    assert {(each.source, each.what, each.said, each.without) for each in answer.dependences} == changed
    last = [each.text for each in dependence_statements(answer, BASE)][-1:]
    expected = [
        f"{len(idle)} of {len(sources)} works decide nothing alone: without any one of them every standing, status, probability and way "
        "stays as it is."
    ]
    assert (last if idle else []) == (expected if idle else [])


@pytest.mark.parametrize("name", ["tofersen", "lithium carbonate", "AMX0035", "edaravone", "NurOwn"])
def test_an_idle_source_takes_no_sentence_of_the_answer_with_it_but_its_own_words(name):
    """The same question put to the words: without an idle work every sentence stands, but those that quote it."""
    answer = answer_of(name)
    idle = set(answer.works) - {each.source for each in answer.dependences}
    quoted = {claim.source for each in answer_statements(answer, BASE) for id_ in each.claims if (claim := BASE.claim(id_))}
    before = [each.text for each in answer_statements(answer, BASE) if not each.claims]
    for source in sorted(idle - quoted):
        less = without_source(BASE, source)
        after = [each.text for each in answer_statements(explain_literature(less, name, seed=1), less) if not each.claims]
        assert after == before, source


def test_where_it_stalls_and_ways_hang_on_sources_too():
    """Were they not judged anew, nothing of the kind would stand among what hangs on a source."""
    kinds = [each.what for name in NAMES for each in answer_of(name).dependences]
    assert sum(each == "where it stalls" for each in kinds) > 20
    assert sum(each.startswith("the probability that it stalls at ") for each in kinds) > 40
    assert sum(each.startswith("way past: ") for each in kinds) > 20
    assert sum(each == "what it takes away of the decline" for each in kinds) > 10


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
