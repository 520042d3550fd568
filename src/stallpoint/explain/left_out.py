"""Whom criteria of entry leave out: by age, sex, site of onset and genotype, with the share where a register or a work tells it.

A person's answer says nothing of everybody whom the same conditions turned away, so it never stands without this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stallpoint.core.wording import listed
from stallpoint.explain.literature_exposure import was_published
from stallpoint.explain.statement import Statement, state
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.records import Eligibility
from stallpoint.knowledge.population import load_population_shares

EXCLUSION_CLAIM = "eligibility_exclusion"
"""The claim that says what share of people criteria of trials leave out."""

ASKED_BY = {
    "age_years": "age",
    "gene": "genotype",
    "repeat": "genotype",
    "genotype": "genotype",
    "tricals": "a score that foretells the course",
}
"""Measures of a condition that leave out people of some kind rather than of some stage."""

SIDES = ("age", "sex", "site of onset", "genotype")


@dataclass(frozen=True)
class LeftOut:
    """What the recorded conditions of one trial leave out. The share that they leave out together is known of no trial here.

    `asked` are kinds of people that a condition asks for, in the words of the trial; `silent` are those of `SIDES` that none asks for.
    `gene` is the gene whose carriers alone it took, and `without_low` to `without_high` the share of people with ALS who carry none of it,
    by registers; None where no register tells it. Who was not tested is left out as they are.
    """

    asked: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]
    gene: str = ""
    without_low: float | None = None
    without_high: float | None = None
    sources: tuple[str, ...] = ()


def find_left_out(conditions: Iterable[Eligibility], base: EvidenceBase) -> LeftOut:
    """Whom the conditions of one trial leave out, as far as it is known."""
    rows = [each for each in conditions if each.measure in ASKED_BY]
    asked = tuple((ASKED_BY[each.measure], each.said) for each in rows)
    silent = tuple(side for side in SIDES if side not in dict(asked))
    gene = next((each.value for each in rows if each.measure in ("gene", "repeat")), "")
    registers = [each for each in load_population_shares() if (each.measure, each.level) == ("carriers", gene)]
    registers = [each for each in registers if was_published(each.source, base)]
    if not registers:
        return LeftOut(asked, silent, gene)
    shares = [1 - each.share for each in registers]
    return LeftOut(asked, silent, gene, min(shares), max(shares), tuple(dict.fromkeys(each.source for each in registers)))


def say_left_out(trial: str, found: LeftOut) -> Statement:
    """One sentence or two; the share is said to be unknown where it is."""
    by = [f"{side} ({said})" for side, said in found.asked]
    parts = [f"by {listed(by, most=len(by))}"] if by else []
    if found.without_low is not None and found.without_high is not None:
        span = "{low:.1%}" if found.without_low == found.without_high else "{low:.1%} to {high:.1%}"
        parts.append(f"{span} of people with ALS do not carry {{gene}}, by registers")
    if "genotype" in dict(found.asked):
        parts.append("whoever was not tested is left out too")
    if found.silent:
        parts.append(f"no condition is recorded on {listed(found.silent, most=len(found.silent))}")
    return state(
        f"Whom {{trial}} left out: {'; '.join(parts)}. The whole share is not known here.",
        names=(trial, *by),
        trial=trial,
        gene=found.gene,
        low=found.without_low or 0.0,
        high=found.without_high or 0.0,
    )


def say_exclusion(base: EvidenceBase) -> Statement:
    """What share of people criteria of trials leave out, from the evidence; that it is not known where no work says it."""
    claim = base.claim(EXCLUSION_CLAIM)
    if claim is None:
        return Statement("What share of people with ALS criteria of entry leave out is not known in this evidence.")
    return state("{text} Each trial's answer below stands beside whom it left out.", claims=(claim,), text=claim.text)
