"""How alike the arms were at time zero, beside how alike randomisation makes arms of that size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.numbers import format_number
from stallpoint.core.wording import counted, listed
from stallpoint.knowledge.quality_limits import load_quality_limits
from stallpoint.quality.topic import Topic

BASELINE_MONTHS = 0.5
"""A visit up to this long after time zero counts as the baseline visit."""

MOST_LEVELS = 10
"""A column of text with more values is an identifier or free text."""

TWO_SIDED = 1.96

METHOD = (
    "Standardised differences (Austin 2009): of means over the root of the mean of the two variances, of shares likewise, level by level. "
    "Beside each stands the interval that 95 of 100 randomisations stay within, given the numbers of people: about "
    "4 / sqrt(n) to either side for n people in two equal arms. No test of baseline differences is made."
)
NOT_RANDOMISED = (
    "The study names no [trial], so the arms are not taken as randomised: balance is not expected, and differences only describe."
)
NO_ARMS = "There are no arms to compare."


@dataclass(frozen=True)
class ArmBalance(Topic):
    """differences: column, level (empty for numbers), arm, against, n, difference (standardised), chance (half the 95% interval of
    randomisation), value and value_against (mean or share), in the order of the table's columns. Without randomisation nothing is judged.
    """

    differences: pl.DataFrame
    randomised: bool


def measure_arm_balance(cohort: Cohort, *, control: str | None = None, randomised: bool = True) -> ArmBalance:
    """Standardised differences at time zero of each arm from `control`, or from the first arm by name where none is given."""
    patients = _at_baseline(cohort)
    arms = sorted(patients["arm"].drop_nulls().unique()) if "arm" in patients.columns else []
    if len(arms) < 2:
        return ArmBalance((), (NO_ARMS,), pl.DataFrame(schema=_types()), randomised)
    against = arms[0] if control is None else control
    rows = [
        row
        for arm in arms
        if arm != against
        for row in _differences(patients.filter(pl.col("arm") == arm), patients.filter(pl.col("arm") == against), arm, against)
    ]
    differences = pl.DataFrame(rows, schema=_types())
    notes = (METHOD,) if randomised else (METHOD, NOT_RANDOMISED)
    return ArmBalance(_checks(differences) if randomised else (), notes, differences, randomised)


def _types() -> dict[str, pl.DataType]:
    texts = dict.fromkeys(("column", "level", "arm", "against"), pl.String())
    numbers = dict.fromkeys(("difference", "chance", "value", "value_against"), pl.Float64())
    return {**texts, "n": pl.Int64(), **numbers}


def _at_baseline(cohort: Cohort) -> pl.DataFrame:
    """The people in order, with the first total of each near time zero."""
    if "alsfrs_r" not in cohort.visits.columns:
        return cohort.patients.sort("patient")
    first = cohort.visits.filter((pl.col("time_months") <= BASELINE_MONTHS) & pl.col("alsfrs_r").is_not_null())
    totals = first.sort("time_months", "alsfrs_r").group_by("patient", maintain_order=True).agg(pl.col("alsfrs_r").first())
    return cohort.patients.drop("alsfrs_r", strict=False).join(totals, on="patient", how="left").sort("patient")


def _differences(ours: pl.DataFrame, theirs: pl.DataFrame, arm: str, against: str) -> Iterator[dict[str, object]]:
    for column in ours.columns:
        if column in ("patient", "arm"):
            continue
        for level, one, other in _values(ours[column].drop_nulls(), theirs[column].drop_nulls()):
            if len(one) < 2 or len(other) < 2:
                continue
            yield {
                "column": column,
                "level": level,
                "arm": arm,
                "against": against,
                "n": len(one) + len(other),
                "difference": _standardised(one, other),
                "chance": TWO_SIDED * sqrt(1 / len(one) + 1 / len(other)),
                "value": one.mean(),
                "value_against": other.mean(),
            }


def _values(ours: pl.Series, theirs: pl.Series) -> Iterator[tuple[str, pl.Series, pl.Series]]:
    """Numbers as they are; of yes or no the yes; of text each level as a share, the first of two standing for both."""
    if ours.dtype.is_numeric():
        yield "", ours.cast(pl.Float64), theirs.cast(pl.Float64)
    elif ours.dtype == pl.Boolean:
        yield "yes", ours.cast(pl.Float64), theirs.cast(pl.Float64)
    elif ours.dtype == pl.String:
        levels = sorted({*ours.unique(), *theirs.unique()})
        shown = levels[:1] if len(levels) == 2 else levels if 2 < len(levels) <= MOST_LEVELS else []
        for level in shown:
            yield level, (ours == level).cast(pl.Float64), (theirs == level).cast(pl.Float64)


def _standardised(one: pl.Series, other: pl.Series) -> float | None:
    """(mean - mean) / sqrt((variance + variance) / 2); None where nobody differs. Source: Austin 2009, doi:10.1002/sim.3697."""
    spread = sqrt((_variance(one) + _variance(other)) / 2)
    return (_mean(one) - _mean(other)) / spread if spread else None


def _mean(values: pl.Series) -> float:
    return float(values.mean())  # type: ignore[arg-type]


def _variance(values: pl.Series) -> float:
    return float(values.var())  # type: ignore[arg-type]


def _checks(differences: pl.DataFrame) -> tuple[Check, ...]:
    """How many differences lie outside their interval beside how many chance puts there, and which are beyond chance."""
    judged = differences.drop_nulls("difference").with_columns(scales=TWO_SIDED * pl.col("difference").abs() / pl.col("chance"))
    outside = judged.filter(pl.col("scales") > TWO_SIDED).height
    far = judged.filter(pl.col("scales") > load_quality_limits()["chance_scales"])
    expected = f"{0.05 * judged.height:.1f} expected of randomised arms"
    text = f"{outside} of {counted(judged.height, 'baseline difference')} lie outside their 95% interval ({expected})."
    named = [
        f"{row['column']}{' ' + row['level'] if row['level'] else ''} ({format_number(row['difference'], 2)})"
        for row in far.iter_rows(named=True)
    ]
    if not named:
        return (Check("arm_balance", "passed", f"{text} None is farther apart than randomisation explains.", 0),)
    return (Check("arm_balance", "warning", f"{text} Farther apart than randomisation explains: {listed(named)}.", far.height),)
