"""What randomised trials found, as one number each: the log of the ratio of decline, or of hazard, with its standard error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows

Kind = Literal["function", "survival"]


@dataclass(frozen=True)
class TrialResult:
    """One trial. `log_ratio` below 0 favours the drug: active over placebo decline (function), or hazard (survival).

    `genotype` is empty for broad ALS; `dose` names a pattern of the drug's file, empty for its first.
    """

    trial: str
    drug: str
    dose: str
    genotype: str
    weeks: int
    kind: Kind
    log_ratio: float
    std_error: float
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


@cache
def load_trial_record() -> tuple[TrialResult, ...]:
    """All trials with a comparable end point and numbers that were seen, or recalled and marked so."""
    return tuple(_result(row) for row in read_bundled_rows("trial_record.tsv"))


def _result(row: dict[str, str]) -> TrialResult:
    return TrialResult(
        trial=row["trial"],
        drug=row["drug"],
        dose=row["dose"],
        genotype=row["genotype"],
        weeks=int(row["weeks"]),
        kind=cast("Kind", row["kind"]),
        log_ratio=float(row["log_ratio"]),
        std_error=float(row["std_error"]),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )
