"""What was planned and is not in the tables, or stands there under another name or unit: said, so that no link falls silent."""

from __future__ import annotations

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.plan import Plan
from stallpoint.core.wording import listed


def check_plan(trial: Trial, plan: Plan, people: pl.DataFrame) -> tuple[Check, ...]:
    """One check for each key of the plan that names something, and for levels of drugs of another name.

    Args:
        trial: the trial.
        plan: what was planned.
        people: readings of `readings.read_people`.
    """
    levels = trial.cohort.concentrations
    checks = []
    if plan.planned_level is not None or levels.height:
        found = int(people["level"].count())
        there = [
            f"{analyte} in {unit}"
            for analyte, unit in levels.select("analyte", "unit").unique().sort("analyte", "unit").iter_rows()
        ]
        asked = f"{trial.treatment} in {plan.level_unit or 'any unit'}"
        checks.append(_check("chain levels", found, f"plasma levels of {asked}", there))
    if plan.planned_csf_ratio is not None:
        found = int(people["csf_ratio"].count())
        checks.append(
            _check("chain CSF", found, "levels in CSF (matrix csf) beside plasma", levels["matrix"].unique().sort().to_list())
        )
    if plan.engagement_marker:
        names = trial.cohort.markers["marker"]
        found = int((names.str.to_lowercase() == plan.engagement_marker.lower()).sum())
        checks.append(_check("chain marker", found, f"samples of {plan.engagement_marker}", names.unique().sort().to_list()))
    if plan.target_gene:
        genes = trial.cohort.variants["gene"].unique().sort().to_list()
        checks.append(_check("chain gene", int(people["carrier"].count()), f"tests of {plan.target_gene}", genes))
    return tuple(checks)


def _check(name: str, found: int, asked: str, there: list[str]) -> Check:
    if found:
        return Check(name, "passed", f"There are {asked}.", found)
    instead = f"; there are: {listed(there)}" if there else ""
    return Check(name, "warning", f"There are no {asked}{instead}. The link counts as not measured.", 0)
