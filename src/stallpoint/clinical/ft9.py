"""FT9 stage ("Fine 'til 9"): how many of the four ALSFRS-R subscores are affected. The threshold is unverified.

Source: Thakore NJ et al. (2020), recalled; the text of the paper has not been checked.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.clinical.alsfrs_r import alsfrs_r_domains
from stallpoint.clinical.death import stage_with_death

UNVERIFIED = (
    "The FT9 rule is recalled, not read: whether a subscore of 9 is the last fine value or the first affected one "
    "has not been checked against the paper (Thakore 2020)."
)


@dataclass(frozen=True)
class Ft9:
    """Stages with the threshold that made them and what is not known about it."""

    stages: pl.Series
    threshold: float
    unverified: str = UNVERIFIED


def ft9_stage(visits: pl.DataFrame, *, threshold: float = 9) -> Ft9:
    """FT9 stage 0 to 5, one per row: subscores below `threshold`; null where one is missing, 5 where `died` is true.

    Unverified: the threshold, and whether the subscore must lie below it or may equal it (see `UNVERIFIED`). For the other
    reading give `threshold=10`, which is the same as "9 or less" because subscores are whole numbers.

    Raises:
        TableError: as `alsfrs_r_total`.
    """
    affected = pl.sum_horizontal((pl.all() < threshold).cast(pl.Int64), ignore_nulls=False).alias("ft9")
    return Ft9(stage_with_death(alsfrs_r_domains(visits).select(affected).to_series(), visits), threshold)
