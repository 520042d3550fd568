"""A modifier's name to the numbers that enter the model: columns of patients, or scores derived from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import polars as pl

from stallpoint.clinical.prohibited_uses import RISK_SCORES
from stallpoint.clinical.score_table import score_table
from stallpoint.core.cohort import Cohort, Modifiers
from stallpoint.core.errors import EstimandError
from stallpoint.response.baseline_nfl import BASELINE_WINDOW_MONTHS, baseline_log_nfl

AGE_STEP_YEARS = 10.0

MIN_PEOPLE_PER_LEVEL = 5
"""A level needs this many people in each arm; below, its contrast rests on almost nobody, or cannot be estimated at all."""


@dataclass(frozen=True)
class ModifierValues:
    """values: `patient` and one column of numbers per contrast, null where not known. labels: what one unit of each means."""

    values: pl.DataFrame
    labels: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the contrast columns."""
        return tuple(name for name in self.values.columns if name != "patient")


def named_modifiers(modifiers: Modifiers) -> list[tuple[str, bool]]:
    """Each modifier with whether it was named beforehand; risk scores made elsewhere come first, as PATH asks.

    Source: Kent et al. (2020), doi:10.7326/M18-3667.
    """
    named = [*((name, True) for name in modifiers.prespecified), *((name, False) for name in modifiers.explored)]
    return sorted(named, key=lambda each: each[0] not in RISK_SCORES)


def call_modifier(name: str) -> str:
    """What a modifier is called in sentences."""
    return _CALLED.get(name, name.replace("_", " "))


def ask_of_slope(name: str) -> str:
    """The question that a modifier puts to the outcome, as the ledger has it."""
    return f"Does the effect on slope differ by {call_modifier(name)}?"


def modifier_values(cohort: Cohort, name: str) -> ModifierValues:
    """Numbers for a modifier, continuous ones never cut.

    A number is centred and counted per standard deviation (age per 10 years, NfL per doubling, risk scores per point); a yes-or-no
    column is 1 for yes; a column of words gives one contrast per level against the most frequent. People of levels with few people in
    an arm are left out.

    Raises:
        EstimandError: nothing is known of the modifier, or it does not vary, or but one level has people enough.
    """
    values = known_modifier(cohort, name).drop_nulls()
    if values["value"].n_unique() < 2:
        raise EstimandError(f"{name} is not recorded, or is the same in everyone", where="modifiers", do="leave it out")
    if values["value"].dtype.is_numeric():
        return _numeric(values, name)
    levels = _levels(cohort, values, name)
    if values["value"].dtype == pl.Boolean:
        return ModifierValues(
            values.select("patient", pl.col("value").cast(pl.Float64).alias("modifier_1")),
            (f"{call_modifier(name)}, yes against no",),
        )
    return _words(values, levels, name)


def known_modifier(cohort: Cohort, name: str) -> pl.DataFrame:
    """Patient and value as it was recorded or derived, null where not known; NfL at baseline as its natural logarithm."""
    return _derived(cohort, name) if name in _DERIVED else cohort.patients.select("patient", pl.col(name).alias("value"))


def _numeric(values: pl.DataFrame, name: str) -> ModifierValues:
    column = values["value"].cast(pl.Float64)
    spread = float(str(column.std()))
    size, per = _STEPS.get(name, (spread, f"per standard deviation ({spread:.3g})"))
    centred = ((pl.col("value") - column.mean()) / size).alias("modifier_1")
    return ModifierValues(values.select("patient", centred), (f"{call_modifier(name)}, {per}",))


def _levels(cohort: Cohort, values: pl.DataFrame, name: str) -> list[Any]:
    """Levels with enough people in each arm, the most frequent first.

    Raises:
        EstimandError: fewer than two such levels.
    """
    arms = cohort.patients.select("patient", "arm")
    counts = (
        values.join(arms, on="patient")
        .group_by("value", "arm")
        .len()
        .group_by("value")
        .agg(pl.col("len").sum().alias("n"), pl.col("len").min().alias("fewest"), pl.len().alias("arms"))
    )
    enough = (pl.col("fewest") >= MIN_PEOPLE_PER_LEVEL) & (pl.col("arms") == arms["arm"].n_unique())
    levels = counts.filter(enough).sort("n", "value", descending=[True, False])["value"].to_list()
    if len(levels) < 2:
        raise EstimandError(
            f"fewer than two levels of {name} have {MIN_PEOPLE_PER_LEVEL} people in each arm",
            where="modifiers",
            do="leave it out",
        )
    return levels


def _words(values: pl.DataFrame, levels: list[Any], name: str) -> ModifierValues:
    usual, *others = levels
    kept = values.filter(pl.col("value").is_in(levels))
    columns = [(pl.col("value") == level).cast(pl.Float64).alias(f"modifier_{i}") for i, level in enumerate(others, 1)]
    return ModifierValues(
        kept.select("patient", *columns), tuple(f"{call_modifier(name)}, {level} against {usual}" for level in others)
    )


def _derived(cohort: Cohort, name: str) -> pl.DataFrame:
    """Patient and value of a derived modifier, null where an input is missing."""
    if name == "nfl_baseline":
        return baseline_log_nfl(cohort).select("patient", pl.col("log_nfl").alias("value"))
    return _scored(cohort, _DERIVED[name])


def _scored(cohort: Cohort, column: str) -> pl.DataFrame:
    scored = score_table(_first_visits(cohort), cohort.patients).frame
    return scored.select("patient", pl.col(column).cast(pl.Float64).alias("value")).unique("patient", maintain_order=True)


def _first_visits(cohort: Cohort) -> pl.DataFrame:
    """The visits at time zero; the total alone is needed, so items do not ride along."""
    first = cohort.visits.filter(pl.col("time_months") <= BASELINE_WINDOW_MONTHS).sort("time_months")
    return first.unique("patient", keep="first", maintain_order=True).select(
        "patient", pl.lit(0.0).alias("time_months"), "alsfrs_r", *(["fvc_percent"] if "fvc_percent" in first.columns else [])
    )


_DERIVED = {
    "nfl_baseline": "",
    "tricals": "tricals_lp",
    "encals": "encals_lp",
    "progression_rate": "progression_rate",
}
_STEPS = {
    "nfl_baseline": (log(2.0), "per doubling"),
    "age_years": (AGE_STEP_YEARS, "per 10 years"),
    "tricals": (1.0, "per point"),
    "encals": (1.0, "per point"),
}
_CALLED = {
    "nfl_baseline": "NfL at baseline",
    "age_years": "age",
    "tricals": "TRICALS risk score",
    "encals": "ENCALS linear predictor",
}
