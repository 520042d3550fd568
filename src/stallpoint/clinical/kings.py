"""King's stage from the ALSFRS-R: how many regions are involved, or which vital function has failed.

Source: Balendra R et al. (2014) doi:10.3109/21678421.2014.897357.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from stallpoint.clinical.alsfrs_r import MAX_ITEM, scored_items
from stallpoint.clinical.death import stage_with_death
from stallpoint.core.errors import StallpointError

ZeroPolicy = Literal["keep", "one"]
"""What becomes of stage 0, reached when only items outside the three regions are reduced."""

ITEMS_READ = ("q1", "q2", "q3", "q4", "q5", "q8", "q10", "q12")
REGIONS = ("bulbar", "upper_limb", "lower_limb")


def kings_criteria(visits: pl.DataFrame) -> pl.DataFrame:
    """What the stage is made of: bulbar, upper_limb, lower_limb, nutritional (4A), respiratory (4B); one row per visit.

    A region is involved when an item of it is below 4. Nutritional failure is q5b answered, or a true value in an optional
    boolean column `gastrostomy`. Respiratory failure is item 10 at 0 or item 12 below 4. Null where the answers cannot tell.

    Raises:
        TableError: as `alsfrs_r_total`.
    """
    return scored_items(visits, ITEMS_READ).select(
        _reduced("q1", "q2", "q3").alias("bulbar"),
        _reduced("q4", "q5a").alias("upper_limb"),
        _reduced("q8").alias("lower_limb"),
        _gastrostomy(visits).alias("nutritional"),
        ((pl.col("q10") == 0) | _reduced("q12")).alias("respiratory"),
    )


def kings_stage(visits: pl.DataFrame, *, zero_policy: ZeroPolicy = "keep") -> pl.Series:
    """King's stage 0 to 5, one per row: 4 with 4A or 4B, else the number of regions; 5 where the column `died` is true.

    Rows are staged one by one and a missing answer leaves the stage null unless the others decide it. `zero_policy`
    `one` calls stage 0 stage 1, as some public code does.

    Raises:
        TableError: as `alsfrs_r_total`.
        StallpointError: an unknown zero_policy.
    """
    if zero_policy not in ("keep", "one"):
        raise StallpointError(f"zero_policy is {zero_policy!r}", where="King's stage", do="choose keep or one")
    failed = pl.col("nutritional") | pl.col("respiratory")
    regions = pl.sum_horizontal(pl.col(REGIONS).cast(pl.Int64), ignore_nulls=False)
    lowest = 0 if zero_policy == "keep" else 1
    alive = pl.when(failed).then(4).when(~failed).then(regions.clip(lower_bound=lowest))
    return stage_with_death(kings_criteria(visits).select(alive.alias("kings")).to_series(), visits)


def _gastrostomy(visits: pl.DataFrame) -> pl.Expr:
    """True with q5b answered or a recorded gastrostomy, false with q5a answered or none recorded, else null."""
    recorded = pl.lit(visits["gastrostomy"]) if "gastrostomy" in visits.columns else pl.lit(None, dtype=pl.Boolean)
    present = pl.when(pl.col("q5b").is_not_null() | recorded).then(statement=True)
    return present.when(pl.col("q5a").is_not_null() | ~recorded).then(statement=False)


def _reduced(*items: str) -> pl.Expr:
    """Whether any of a row's items is below 4; null when the answered ones are full and one is missing."""
    return pl.any_horizontal(pl.col(item) < MAX_ITEM for item in items)
