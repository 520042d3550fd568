"""Who has ALS, by registers that looked for everybody in a place: shares to hold the people of a study against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from stallpoint.core.source import Tag
from stallpoint.knowledge.tsv import read_bundled_rows


@dataclass(frozen=True)
class PopulationShare:
    """A share of the people with ALS in one place. `years` is the age that `level` speaks of, None elsewhere; `n` is the people counted."""

    measure: str
    level: str
    years: float | None
    share: float
    n: int
    place: str
    tag: Tag
    source: str
    note: str


@cache
def load_population_shares() -> tuple[PopulationShare, ...]:
    """Every row of `population.tsv`, in its order."""
    return tuple(
        PopulationShare(
            measure=row["measure"],
            level=row["level"],
            years=float(row["years"]) if row["years"] else None,
            share=float(row["share"]),
            n=int(row["n"]),
            place=row["place"],
            tag=cast("Tag", row["tag"]),
            source=row["source"],
            note=row["note"],
        )
        for row in read_bundled_rows("population.tsv")
    )
