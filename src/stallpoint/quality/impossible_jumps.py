"""Changes from one visit to the next that lie far outside what everybody else's do."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from stallpoint.core.check import Check, CheckStatus
from stallpoint.core.cohort import Cohort
from stallpoint.core.numbers import MINUS
from stallpoint.core.tables import ITEMS
from stallpoint.core.wording import counted
from stallpoint.knowledge.quality_limits import load_quality_limits
from stallpoint.quality.topic import Topic

MEASURES = {"alsfrs_r": ("ALSFRS-R", "points"), "fvc_percent": ("FVC", "% of predicted"), "weight_kg": ("Weight", "kg")}
"""Columns of visits that are judged, with label and unit."""

MAD_TO_SD = 1.4826
"""A median absolute deviation as the standard deviation of a normal distribution."""

SMALLEST_SCALE = 1.0
"""One point, percent or kg: what is recorded in whole units has no finer spread."""

MOST_GROUPS = 4

METHOD = (
    "A change is called impossible where it lies more than {scales:g} robust standard deviations from the median person's course: "
    "1.4826 times the median absolute deviation, taken apart for rises and falls and for quarters of the steps by length, and never "
    "below one unit (Leys 2013)."
)


@dataclass(frozen=True)
class ImpossibleJumps(Topic):
    """Steps from visit to visit.

    steps: measure, unit, patient, from_months, to_months, months, from_value, to_value, change, low, high (the limits of the
    change), distance (robust standard deviations), impossible. A measure with too few steps is left out.
    items: patient, item, from_months, to_months, from_value, to_value, change, the largest first.
    """

    steps: pl.DataFrame
    items: pl.DataFrame

    @property
    def worst(self) -> pl.DataFrame:
        """The impossible steps, the farthest first."""
        found = self.steps.filter(pl.col("impossible"))
        return found.sort("distance", "measure", "patient", "from_months", descending=[True, False, False, False])


def find_impossible_jumps(cohort: Cohort) -> ImpossibleJumps:
    """Rises and falls of ALSFRS-R, FVC and weight that are too large for their time, and items that jump.

    Visits of one person at the same time count as their mean.
    """
    limits = load_quality_limits()
    numeric, ordered = cohort.visits.select(cs.numeric()).columns, _in_order(cohort.visits)
    stepped = {name: _steps(ordered, name) for name in MEASURES if name in numeric}
    judged = {name: steps for name, steps in stepped.items() if steps.height >= limits["fewest_changes"]}
    steps = pl.concat([_judge(_no_steps()), *(_judge(part) for part in judged.values())])
    items = [_steps(ordered, item) for item in ITEMS if item in numeric]
    jumps = _item_jumps(pl.concat([_no_steps(), *items]))
    few = [
        f"{MEASURES[name][0]} has {counted(stepped[name].height, 'change')}, too few to judge."
        for name in stepped.keys() - judged.keys()
    ]
    checks = [_check(name, steps.filter(pl.col("measure") == MEASURES[name][0])) for name in judged]
    if items:
        checks.append(_check_items(jumps, sum(part.height for part in items)))
    return ImpossibleJumps(tuple(checks), (METHOD.format(scales=limits["jump_scales"]), *sorted(few)), steps, jumps)


def _in_order(visits: pl.DataFrame) -> pl.DataFrame:
    """Visits by person and time, with people as numbers, which are quicker to compare than names."""
    return visits.with_columns(person=pl.col("patient").rank("dense")).sort("person", "time_months")


def _steps(ordered: pl.DataFrame, column: str) -> pl.DataFrame:
    """Consecutive values of each person."""
    label, unit = MEASURES.get(column, (column, "points"))
    once = _once(ordered.select("person", "patient", "time_months", value=pl.col(column).cast(pl.Float64)).drop_nulls())
    before = once.select(pl.all().shift(1).name.prefix("from_"))
    return (
        pl.concat([once, before], how="horizontal")
        .filter(pl.col("person") == pl.col("from_person"))
        .select(
            pl.lit(label).alias("measure"),
            pl.lit(unit).alias("unit"),
            "patient",
            pl.col("from_time_months").alias("from_months"),
            pl.col("time_months").alias("to_months"),
            (pl.col("time_months") - pl.col("from_time_months")).alias("months"),
            "from_value",
            pl.col("value").alias("to_value"),
            (pl.col("value") - pl.col("from_value")).alias("change"),
        )
    )


def _once(values: pl.DataFrame) -> pl.DataFrame:
    """One value per person and time: the mean where there are more."""
    again = (pl.col("person") == pl.col("person").shift(1)) & (pl.col("time_months") == pl.col("time_months").shift(1))
    if not values.select(again.any()).item():
        return values
    means = values.group_by("person", "patient", "time_months").agg(pl.col("value").sort().mean())
    return means.sort("person", "time_months")


def _no_steps() -> pl.DataFrame:
    texts = dict.fromkeys(("measure", "unit", "patient"), pl.String())
    numbers = ("from_months", "to_months", "months", "from_value", "to_value", "change")
    return pl.DataFrame(schema={**texts, **dict.fromkeys(numbers, pl.Float64())})


def _judge(steps: pl.DataFrame) -> pl.DataFrame:
    """Each step beside the limits of its kind, of the same length and direction."""
    scales = load_quality_limits()["jump_scales"]
    groups = max(1, min(MOST_GROUPS, steps.height // int(load_quality_limits()["fewest_changes"])))
    course = (pl.col("change") / pl.col("months")).median() * pl.col("months")
    length = ((pl.col("months").rank("average") - 0.5) / pl.len() * groups).floor()
    placed = steps.with_columns(course=course, group=length).with_columns(off=pl.col("change") - pl.col("course"))
    up, down = (_scale(side).over("group") for side in (pl.col("off") >= 0, pl.col("off") <= 0))
    return (
        placed.with_columns(up=up, down=down)
        .with_columns(
            low=pl.col("course") - scales * pl.col("down"),
            high=pl.col("course") + scales * pl.col("up"),
            distance=pl.col("off").abs() / pl.when(pl.col("off") >= 0).then("up").otherwise("down"),
        )
        .with_columns(impossible=pl.col("distance") > scales)
        .drop("course", "group", "off", "up", "down")
    )


def _scale(side: pl.Expr) -> pl.Expr:
    """Robust standard deviation of one direction."""
    spread = MAD_TO_SD * pl.col("off").abs().filter(side).median()
    return pl.max_horizontal(spread.fill_null(SMALLEST_SCALE), pl.lit(SMALLEST_SCALE))


def _item_jumps(steps: pl.DataFrame) -> pl.DataFrame:
    jumps = steps.filter(pl.col("change").abs() >= load_quality_limits()["item_jump"]).rename({"measure": "item"})
    ordered = jumps.sort(pl.col("change").abs(), "patient", "from_months", "item", descending=[True, False, False, False])
    return ordered.select("patient", "item", "from_months", "to_months", "from_value", "to_value", "change")


def _check(column: str, steps: pl.DataFrame) -> Check:
    label, unit = MEASURES[column]
    found = steps.filter(pl.col("impossible"))
    rises = found.filter(pl.col("change") > 0).height
    if not found.height:
        return Check(f"jumps_{column}", "passed", f"{label}: none of {counted(steps.height, 'change')} is impossibly large.", 0)
    people = counted(found["patient"].n_unique(), "person")
    largest = found.sort(pl.col("change").abs(), "change", descending=True).row(0, named=True)
    directions = f"{counted(rises, 'rise')}, {counted(found.height - rises, 'fall')}"
    text = (
        f"{label}: {counted(found.height, 'impossible change')} among {steps.height:,} ({directions}) in {people}; "
        f"the largest is {_signed(largest['change'])} {unit} in {largest['months']:.1f} months."
    )
    return Check(f"jumps_{column}", "warning", text, found.height)


def _signed(change: float) -> str:
    return f"{change:+.3g}".replace("-", MINUS)


def _check_items(jumps: pl.DataFrame, changes: int) -> Check:
    limits = load_quality_limits()
    rises = jumps.filter(pl.col("change") > 0).height
    text = (
        f"Items that change by {limits['item_jump']:g} points or more: {counted(rises, 'rise')} and "
        f"{counted(jumps.height - rises, 'fall')} among {changes:,} changes."
    )
    status: CheckStatus = "warning" if rises > limits["item_rise_share"] * changes else "passed"
    return Check("item_jumps", status, text, jumps.height)
