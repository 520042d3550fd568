"""The user's own trial with an effect that is known: treatment shuffled, then the effect added. Visits, deaths and dropout stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.response.modifier_values import modifier_values
from stallpoint.response.strata import allocation_cells

BEST_SCORE = 48


@dataclass(frozen=True)
class ImposedEffect:
    """What the newly treated gain: `points_per_month` everyone, and `difference` more per unit of a modifier's first contrast.

    The unit is that of the modifier's contrast in the analysis (a level against the usual one, a standard deviation, a doubling).
    """

    name: str
    points_per_month: float = 0.0
    modifier: str | None = None
    difference: float = 0.0


def impose_effect(trial: Trial, effect: ImposedEffect, *, rng: np.random.Generator) -> Trial:
    """A trial of the same people in which treatment was allocated anew within strata, and does exactly this.

    The scores of the newly treated change in proportion to time, within 0 to 48 and in whole points where they were whole. Deaths and
    dropout stay as they were, so the effect is one on function alone.

    Raises:
        EstimandError: nothing is known of the modifier.
    """
    patients = _shuffle(trial, rng)
    shuffled = replace(trial, cohort=replace(trial.cohort, patients=patients))
    gain = patients.select("patient", (pl.col("arm") == trial.treatment).cast(pl.Float64).alias("gain"))
    slopes = pl.lit(effect.points_per_month)
    if effect.modifier is not None:
        values = modifier_values(shuffled.cohort, effect.modifier).values.select("patient", pl.col("modifier_1").alias("unit"))
        gain = gain.join(values, on="patient", how="left", maintain_order="left")
        slopes = slopes + effect.difference * pl.col("unit").fill_null(0.0)
    gained = gain.select("patient", pl.col("gain") * slopes)
    return replace(shuffled, cohort=replace(shuffled.cohort, visits=_add(trial.cohort.visits, gained)))


def _shuffle(trial: Trial, rng: np.random.Generator) -> pl.DataFrame:
    """Patients with arms shuffled within cells of the strata; an unknown stratum is a cell of its own."""
    patients = trial.cohort.patients
    cells = allocation_cells(patients, trial.strata)
    arms = np.array(patients["arm"].to_list(), dtype=object)
    for cell in np.unique(cells):
        at = np.flatnonzero(cells == cell)
        arms[at] = rng.permutation(arms[at])
    return patients.with_columns(pl.Series("arm", arms.tolist(), dtype=patients["arm"].dtype))


def _add(visits: pl.DataFrame, gained: pl.DataFrame) -> pl.DataFrame:
    whole = bool((visits["alsfrs_r"].drop_nulls().cast(pl.Float64) % 1 == 0).all())
    score = (pl.col("alsfrs_r") + pl.col("gain").fill_null(0.0) * pl.col("time_months")).clip(0, BEST_SCORE)
    joined = visits.join(gained, on="patient", how="left", maintain_order="left")
    return joined.with_columns(alsfrs_r=(score.round() if whole else score).cast(visits["alsfrs_r"].dtype)).drop("gain")
