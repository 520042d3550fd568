"""MiToS stage: how many of four functional domains are lost.

Source: Chio A et al. (2015) J Neurol Neurosurg Psychiatry 86:38, Table 1, doi:10.1136/jnnp-2013-306589.
"""

from __future__ import annotations

import polars as pl

from stallpoint.clinical.alsfrs_r import scored_items
from stallpoint.clinical.death import stage_with_death

ITEMS_READ = ("q1", "q3", "q4", "q6", "q8", "q10", "q12")


def mitos_domains_lost(visits: pl.DataFrame) -> pl.DataFrame:
    """Whether movement, swallowing, communicating and breathing are lost; null where the answers cannot tell.

    Communicating is lost when speech AND handwriting are, as the paper's table says; public code that writes OR there
    stages too high.

    Raises:
        TableError: as `alsfrs_r_total`.
    """
    return scored_items(visits, ITEMS_READ).select(
        ((pl.col("q8") <= 1) | (pl.col("q6") <= 1)).alias("movement"),
        (pl.col("q3") <= 1).alias("swallowing"),
        ((pl.col("q1") <= 1) & (pl.col("q4") <= 1)).alias("communicating"),
        ((pl.col("q10") <= 1) | (pl.col("q12") <= 2)).alias("breathing"),
    )


def mitos_stage(visits: pl.DataFrame) -> pl.Series:
    """MiToS stage 0 to 5, one per row: domains lost; null where a domain is unknown, 5 where the column `died` is true.

    Raises:
        TableError: as `alsfrs_r_total`.
    """
    lost = pl.sum_horizontal(pl.all().cast(pl.Int64), ignore_nulls=False).alias("mitos")
    return stage_with_death(mitos_domains_lost(visits).select(lost).to_series(), visits)
