"""What a reader of the results should know about the data; nothing is left out for it."""

from __future__ import annotations

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.consistency import Frames
from stallpoint.core.wording import counted, listed

NO_FUNCTION = "Nobody was assessed: there are no visits. Survival can be described, function cannot."


def check_cohort(frames: Frames) -> tuple[Check, ...]:
    """All that is noticed about checked tables, in the order of reading."""
    return (
        check_people_without_visits(frames),
        check_people_with_one_visit(frames),
        check_visits_at_one_time(frames),
        check_deaths(frames),
        check_withdrawals(frames),
        check_constant_covariates(frames),
    )


def check_people_without_visits(frames: Frames) -> Check:
    """People who were never assessed: they count for survival only."""
    if frames["visits"].is_empty():
        return Check("people_without_visits", "warning", NO_FUNCTION, frames["patients"].height)
    n = frames["patients"].join(frames["visits"], on="patient", how="anti").height
    return _noticed("people_without_visits", n, f"{counted(n, 'person')} without a visit", "Everyone has a visit.")


def check_people_with_one_visit(frames: Frames) -> Check:
    """People seen once: they say nothing about how fast function is lost."""
    times = frames["visits"].group_by("patient").agg(pl.col("time_months").n_unique())
    n = times.filter(pl.col("time_months") == 1).height
    text = f"{counted(n, 'person')} with visits at one time only, from which no slope can be seen"
    return _noticed("people_with_one_visit", n, text, "Everyone with a visit has visits at two times or more.")


def check_visits_at_one_time(frames: Frames) -> Check:
    """Assessments of one person at the same time that differ, as from two raters: both are kept."""
    again = frames["visits"].group_by("patient", "time_months").len().filter(pl.col("len") > 1)
    n = again.height
    text = f"{counted(n, 'time')} at which a person has more than one visit with different content; all are kept"
    return _noticed("visits_at_one_time", n, text, "Nobody has two visits at the same time.")


def check_deaths(frames: Frames) -> Check:
    """Whether anyone died; without deaths nothing can be said of survival."""
    n = frames["events"].filter(pl.col("event") == "death").height
    if n:
        return Check("deaths", "passed", f"{counted(n, 'death')} recorded.", n)
    return Check("deaths", "warning", "Nobody died: everyone is censored, and nothing can be said about survival.", 0)


def check_withdrawals(frames: Frames) -> Check:
    """People seen after they withdrew or after follow-up ended: their visits are kept."""
    left = (
        frames["events"].filter(pl.col("event").is_in(["withdrawal", "end"])).group_by("patient").agg(pl.col("time_months").max())
    )
    last = frames["visits"].group_by("patient").agg(last=pl.col("time_months").max())
    n = left.join(last, on="patient").filter(pl.col("last") > pl.col("time_months")).height
    text = f"{counted(n, 'person')} with a visit after withdrawal or end of follow-up; these visits are kept"
    return _noticed("visits_after_withdrawal", n, text, "Nobody has a visit after withdrawal or end of follow-up.")


def check_constant_covariates(frames: Frames) -> Check:
    """Columns of patients that are the same for everyone: nothing can be learnt from them."""
    patients = frames["patients"].drop("patient", "arm", strict=False)
    constant = [name for name in patients.columns if patients[name].drop_nulls().n_unique() <= 1] if patients.height > 1 else []
    text = f"{counted(len(constant), 'column')} of patients with one value or none: {listed(constant)}"
    return _noticed("constant_covariates", len(constant), text, "No column of patients is the same for everyone.")


def _noticed(name: str, n: int, text: str, otherwise: str) -> Check:
    return Check(name, "warning", f"{text}.", n) if n else Check(name, "passed", otherwise, 0)
