"""What is not there: values by table and column, and totals by planned month."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.tables import PATIENTS, TABLES
from stallpoint.core.wording import counted, listed
from stallpoint.knowledge.quality_limits import load_quality_limits
from stallpoint.quality.topic import Topic
from stallpoint.quality.visit_plan import VisitPlan

EVERYONE = "everyone"
EMPTY_BY_DESIGN = frozenset({("doses", "stop_months"), ("variants", "zygosity"), ("variants", "repeats")})
"""Columns that say something only of some rows; an empty cell there is no gap."""

WITH_TOTAL, WITHOUT_TOTAL, NO_VISIT = "visit with a total", "visit without a total", "no visit"

NOTES = (
    "A missing value is said and never taken for a normal one. Item 5 counts as there where 5a or 5b is.",
    "At each planned month, the people counted are those whose follow-up (to their first event, else their last visit) reaches it.",
)


@dataclass(frozen=True)
class Missingness(Topic):
    """What is missing.

    columns: table, column, arm (`everyone` is all rows), rows, missing, share.
    by_month: planned_months, state, n; empty where no schedule of visits can be seen.
    """

    columns: pl.DataFrame
    by_month: pl.DataFrame


def measure_missingness(cohort: Cohort, plan: VisitPlan) -> Missingness:
    """Shares of missing values by table, column and arm, and of people without a total at each month of the plan."""
    filled = {name: _one_item_5(getattr(cohort, name)) for name in TABLES if getattr(cohort, name).height}
    columns = pl.concat([_no_columns(), *(_shares(name, frame, cohort.patients) for name, frame in filled.items())])
    everyone = columns.filter(pl.col("arm") == EVERYONE)
    checks = [_check_table(everyone.filter(pl.col("table") == name)) for name in filled]
    arms = columns.filter((pl.col("table") == "patients") & (pl.col("arm") != EVERYONE))
    by_arm = (_check_arms(arms),) if arms["arm"].n_unique() > 1 else ()
    absent = [name for name in PATIENTS.schema.columns if name not in (*cohort.patients.columns, "arm")]
    notes = (
        (*NOTES, f"Not recorded of anybody, as no column of patients holds it: {listed(absent, most=9)}.") if absent else NOTES
    )
    return Missingness((*checks, *by_arm), notes, columns, _by_month(cohort, plan))


def _one_item_5(frame: pl.DataFrame) -> pl.DataFrame:
    """The two forms of item 5 as one column: only one of them is ever asked."""
    forms = [name for name in ("q5a", "q5b") if name in frame.columns]
    return frame.with_columns(q5=pl.coalesce(forms)).drop(forms) if forms else frame


def _no_columns() -> pl.DataFrame:
    types = {
        "table": pl.String,
        "column": pl.String,
        "arm": pl.String,
        "rows": pl.Int64,
        "missing": pl.Int64,
        "share": pl.Float64,
    }
    return pl.DataFrame(schema=types)


def _shares(table: str, frame: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    judged = [name for name in frame.columns if name not in ("patient", "arm") and (table, name) not in EMPTY_BY_DESIGN]
    counted_of = frame.select("patient", pl.col(judged).is_null())
    parts = [_count(counted_of.with_columns(arm=pl.lit(EVERYONE)), judged)]
    if "arm" in patients.columns:
        arms = counted_of.join(patients.select("patient", "arm"), on="patient").filter(pl.col("arm").is_not_null())
        parts.append(_count(arms, judged))
    order = ("table", "column", "arm", "rows", "missing", "share")
    return pl.concat(parts).with_columns(table=pl.lit(table), share=pl.col("missing") / pl.col("rows")).select(order)


def _count(nulls: pl.DataFrame, judged: list[str]) -> pl.DataFrame:
    """arm, rows, column, missing: one row per arm and column, in the table's own order of columns."""
    sums = nulls.group_by("arm").agg(pl.len().cast(pl.Int64).alias("rows"), pl.col(judged).sum().cast(pl.Int64)).sort("arm")
    return sums.unpivot(index=["arm", "rows"], variable_name="column", value_name="missing").cast({"missing": pl.Int64})


def _check_table(columns: pl.DataFrame) -> Check:
    """One sentence per table; every missing value counts."""
    gaps = columns.filter(pl.col("missing") > 0).sort("share", "column", descending=[True, False])
    table = str(columns["table"].first()) if columns.height else "table"
    if gaps.is_empty():
        return Check(f"missing_{table}", "passed", f"No value is missing in {table}.", 0)
    said = [f"{column} ({share:.1%})" for column, share in gaps.select("column", "share").iter_rows()]
    text = f"Missing values in {len(gaps)} of {counted(columns.height, 'column')} of {table}: {listed(said)}."
    return Check(f"missing_{table}", "warning", text, int(gaps["missing"].sum()))


def _check_arms(arms: pl.DataFrame) -> Check:
    """Columns of patients in which the arms miss different shares, by more than chance between people explains."""
    apart = [name for (name,), part in arms.group_by("column", maintain_order=True) if _differs(part)]
    if not apart:
        return Check("missing_by_arm", "passed", "No column of patients misses more in one arm than chance explains.", 0)
    text = f"More missing in one arm than chance explains: {listed(apart)}."
    return Check("missing_by_arm", "warning", text, len(apart))


def _differs(part: pl.DataFrame) -> bool:
    return any(_distance(*one, *other) > load_quality_limits()["chance_scales"] for one, other in combinations(_counts(part), 2))


def _counts(part: pl.DataFrame) -> list[tuple[int, int]]:
    return list(part.select("missing", "rows").iter_rows())


def _distance(missing: int, rows: int, other_missing: int, other_rows: int) -> float:
    """Difference of two shares in standard errors of no difference."""
    share = (missing + other_missing) / (rows + other_rows)
    error = sqrt(share * (1 - share) * (1 / rows + 1 / other_rows))
    return abs(missing / rows - other_missing / other_rows) / error if error else 0.0


def _by_month(cohort: Cohort, plan: VisitPlan) -> pl.DataFrame:
    """planned_months, state, n."""
    if not plan.months:
        return pl.DataFrame(schema={"planned_months": pl.Float64, "state": pl.String, "n": pl.Int64})
    visits = cohort.visits.with_columns(visit=pl.Series(plan.nearest(cohort.visits["time_months"].to_numpy())))
    total = pl.col("alsfrs_r").is_not_null().any() if "alsfrs_r" in visits.columns else pl.lit(value=False)
    seen = visits.group_by("patient", "visit").agg(total.alias("total"))
    state = (
        pl.when(pl.col("total"))
        .then(pl.lit(WITH_TOTAL))
        .when(~pl.col("total"))
        .then(pl.lit(WITHOUT_TOTAL))
        .otherwise(pl.lit(NO_VISIT))
    )
    months = pl.DataFrame({"visit": range(len(plan.months)), "planned_months": plan.months}, schema_overrides={"visit": pl.Int64})
    expected = _follow_up_ends(cohort).join(months, how="cross").filter(pl.col("end") >= pl.col("planned_months"))
    states = expected.join(seen, on=["patient", "visit"], how="left").with_columns(state=state)
    return states.group_by("planned_months", "state").agg(pl.len().cast(pl.Int64).alias("n")).sort("planned_months", "state")


def _follow_up_ends(cohort: Cohort) -> pl.DataFrame:
    """patient, end: months of the first event, else of the last visit; people without either are not counted."""
    events = cohort.events.group_by("patient").agg(pl.col("time_months").min().alias("event"))
    last = cohort.visits.group_by("patient").agg(pl.col("time_months").max().alias("last"))
    ends = cohort.patients.select("patient").join(events, on="patient", how="left").join(last, on="patient", how="left")
    return ends.select("patient", end=pl.coalesce("event", "last")).drop_nulls()
