"""What the same question gets before and after a confirmatory result: history as a test bench, and as a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stallpoint.core.known_from import last_day
from stallpoint.explain.from_literature import LiteratureAnswer, explain_literature
from stallpoint.knowledge.evidence.base import EvidenceBase, known_on
from stallpoint.knowledge.evidence.rows import read_records
from stallpoint.knowledge.tsv import read_bundled_lines

SEED = 1


@dataclass(frozen=True)
class Case:
    """A treatment whose story turned, with a day before and a day after it did; `after` is empty where everything known counts."""

    id: str
    title: str
    treatment: str
    before: str
    question: str
    after: str = ""


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A case with the evidence and the answer of either day."""

    case: Case
    before: tuple[EvidenceBase, LiteratureAnswer]
    after: tuple[EvidenceBase, LiteratureAnswer]


@cache
def load_cases() -> tuple[Case, ...]:
    """The worked cases, in the order of their page."""
    return read_records(Case, read_bundled_lines("reconstructions.tsv"), where="reconstructions.tsv")


def reconstruct(case: Case, base: EvidenceBase, *, seed: int = SEED) -> Reconstruction:
    """Ask before and after, with the same question, the same seed and nothing else changed."""
    then, now = known_on(base, last_day(case.before)), known_on(base, last_day(case.after)) if case.after else base
    before, after = (explain_literature(each, case.treatment, seed=seed) for each in (then, now))
    return Reconstruction(case, (then, before), (now, after))
