"""Stage 5 of every staging system: death, where an optional column says so."""

from __future__ import annotations

import polars as pl

DEATH_STAGE = 5


def stage_with_death(stages: pl.Series, visits: pl.DataFrame) -> pl.Series:
    """Stages of the living as whole numbers, replaced by 5 on rows whose boolean column `died` is true."""
    living = stages.cast(pl.Int64)
    if "died" not in visits.columns:
        return living
    return living.set(visits["died"].fill_null(value=False), DEATH_STAGE)
