"""The effect that is put into a simulated trial, so that what an analysis finds can be held against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.simulate.people import Floats


@dataclass(frozen=True)
class PlantedEffect:
    """What treatment does to a person's true course. Build it with the functions below; combine with `dataclasses.replace`.

    `points_per_month` is added to the slope; `slowing` is the share of the person's own decline that is taken away. Both
    act only from `start_months`, only where `column` of the baseline table equals `equals`, and only in so far as drug
    exposure suffices: C^steepness / (half_ng_ml^steepness + C^steepness), or wholly above `half_ng_ml` where steepness is
    infinite. `log_hazard_ratio` acts on death directly, beside what function does to it, under the same conditions.
    """

    points_per_month: float = 0.0
    slowing: float = 0.0
    log_hazard_ratio: float = 0.0
    column: str | None = None
    equals: str | bool | None = None
    half_ng_ml: float | None = None
    steepness: float = float("inf")
    start_months: float = 0.0

    @property
    def text(self) -> str:
        """What was planted, in one sentence."""
        parts = [*self._actions(), *self._conditions()]
        return f"Planted: {', '.join(parts)}."

    def _actions(self) -> list[str]:
        said = []
        if self.points_per_month:
            said.append(f"{self.points_per_month:+.2f} ALSFRS-R points per month")
        if self.slowing:
            said.append(f"{self.slowing:.0%} of each person's decline taken away")
        if self.log_hazard_ratio:
            said.append(f"a direct hazard ratio of death of {np.exp(self.log_hazard_ratio):.2f}")
        return said or ["no effect"]

    def _conditions(self) -> list[str]:
        said = []
        if self.column is not None:
            said.append(f"only where {self.column} is {_word(self.equals)}")
        if self.half_ng_ml is not None:
            sharp = np.isinf(self.steepness)
            said.append(f"only {'at or above' if sharp else 'in so far as exposure passes'} {self.half_ng_ml:g} ng/mL of drug")
        if self.start_months:
            said.append(f"from month {self.start_months:g} on")
        return said


def _word(value: str | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def no_effect() -> PlantedEffect:
    """Treatment does nothing."""
    return PlantedEffect()


def constant_benefit(points_per_month: float) -> PlantedEffect:
    """Everyone's slope is higher by so many points per month."""
    return PlantedEffect(points_per_month=points_per_month)


def constant_harm(points_per_month: float) -> PlantedEffect:
    """Everyone's slope is lower by so many points per month."""
    return PlantedEffect(points_per_month=-points_per_month)


def percent_slowing(slowing: float) -> PlantedEffect:
    """Everyone loses a share `slowing` less than they would have; fast progressors gain most points."""
    return PlantedEffect(slowing=slowing)


def only_in_subgroup(points_per_month: float, *, column: str, equals: str | bool) -> PlantedEffect:
    """A benefit only where a baseline column has one value."""
    return PlantedEffect(points_per_month=points_per_month, column=column, equals=equals)


def only_above_exposure(points_per_month: float, *, threshold_ng_ml: float) -> PlantedEffect:
    """A benefit that reaches only people whose drug level is at or above a threshold."""
    return PlantedEffect(points_per_month=points_per_month, half_ng_ml=threshold_ng_ml)


def graded_by_exposure(points_per_month: float, *, half_ng_ml: float, steepness: float = 1.0) -> PlantedEffect:
    """A benefit that grows with the drug level along an Emax curve towards `points_per_month`."""
    return PlantedEffect(points_per_month=points_per_month, half_ng_ml=half_ng_ml, steepness=steepness)


def late_start(points_per_month: float, *, start_months: float) -> PlantedEffect:
    """A benefit that begins some months after treatment does."""
    return PlantedEffect(points_per_month=points_per_month, start_months=start_months)


def share_reached(effect: PlantedEffect, baseline: pl.DataFrame, exposure_ng_ml: Floats) -> Floats:
    """The share of the planted effect that each person would get if treated, 0 to 1, shape (n,).

    Raises:
        TableError: the effect names a column that the baseline table lacks.
    """
    in_group = _in_subgroup(effect, baseline)
    return in_group if effect.half_ng_ml is None else in_group * _exposed(effect.half_ng_ml, effect.steepness, exposure_ng_ml)


def _in_subgroup(effect: PlantedEffect, baseline: pl.DataFrame) -> Floats:
    if effect.column is None:
        return np.ones(baseline.height)
    if effect.column not in baseline.columns:
        known = ", ".join(baseline.columns)
        raise TableError(f"no column {effect.column!r} to plant an effect in", where="patients", do=f"choose one of: {known}")
    return (baseline[effect.column] == effect.equals).fill_null(False).to_numpy().astype(np.float64)


def _exposed(half_ng_ml: float, steepness: float, exposure_ng_ml: Floats) -> Floats:
    """Emax curve of Hill (1910), whose limit at infinite steepness is a threshold."""
    if np.isinf(steepness):
        return (exposure_ng_ml >= half_ng_ml).astype(np.float64)
    return 1.0 / (1.0 + (half_ng_ml / exposure_ng_ml) ** steepness)
