"""A study file to its checked cohort, and to the trial it asks about."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from stallpoint.clinical.score_table import score_table
from stallpoint.core.build import build_cohort, build_trial, choose_treatment
from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort, Trial
from stallpoint.core.errors import EstimandError, StudyFileError
from stallpoint.core.estimand import Estimand
from stallpoint.core.tables import ITEMS
from stallpoint.io.study_folder import read_tables
from stallpoint.study.import_record import read_import_checks
from stallpoint.study.looks_file import asked_modifiers, late_modifiers
from stallpoint.study.study_file import EstimandSection, StudyFile, TrialSection

_TOTAL_CHECKS = ("missing_items", "item_5_conflict", "item_5_repeat", "recorded_total", "older_scale")


def read_cohort(study: StudyFile) -> Cohort:
    """The study's tables, checked, with ALSFRS-R totals computed where the items are there.

    Raises:
        PathError: a file that cannot be read.
        TableError: a table or value that cannot be used.
    """
    places = {name: path.name for name, path in study.tables.items()}
    built = build_cohort(study.name, read_tables(study.tables), places=places, simulated=study.study.simulated)
    said = replace(
        built,
        checks=(*read_import_checks(study.path.parent), *built.checks),
        not_randomised=study.study.not_randomised,
        notices=study.study.notices,
    )
    return total_scores(said)


def pose_trial(study: StudyFile, cohort: Cohort) -> Trial:
    """The trial that the study file asks about.

    Raises:
        StudyFileError: the file has no [trial].
        TableError, EstimandError: as `build_trial`.
    """
    asked, question = study.trial, study.estimand
    if asked is None or question is None:
        raise StudyFileError("there is no [trial]", where=study.path.name, do="add [trial] and [estimand] to compare arms")
    if cohort.visits.is_empty():
        raise EstimandError(
            "there are no visits, so no effect on function can be estimated",
            where=f"{study.path.name}, [trial]",
            do="add visits, or leave out [trial] and [estimand] to describe survival",
        )
    late = late_modifiers(study)
    checks = [_say_late(name, day) for name, day in late.items()]
    return build_trial(
        replace(cohort, checks=(*cohort.checks, *checks)),
        control=asked.control,
        treatment=asked.treatment,
        estimand=_estimand(asked, question, cohort),
        allocation=asked.allocation,
        strata=asked.strata,
        modifiers=asked_modifiers(study),
    )


def _say_late(name: str, day: str) -> Check:
    text = f"{name} was explored by a run of {day} before it was named as pre-specified; it counts as explored."
    return Check(f"{name} named late", "warning", text)


def total_scores(cohort: Cohort) -> Cohort:
    """Visits with `alsfrs_r`: the items' sum where they are there, else the recorded total; null on the older scale."""
    visits = cohort.visits
    totals, checks = _totals_of_items(visits) if set(ITEMS) & set(visits.columns) else _recorded_totals(visits)
    untold = totals.null_count()
    check = Check(
        "visits_without_total", "warning" if untold else "passed", f"Visits without an ALSFRS-R total: {untold:,}.", untold
    )
    return replace(cohort, visits=visits.with_columns(totals), checks=(*cohort.checks, *checks, check))


def _totals_of_items(visits: pl.DataFrame) -> tuple[pl.Series, tuple[Check, ...]]:
    known = [name for name in visits.columns if name in ("patient", "time_months", "alsfrs_r", "scale", *ITEMS)]
    scored = score_table(visits.select(known))
    return scored.frame["alsfrs_r"], tuple(check for check in scored.checks if check.name in _TOTAL_CHECKS)


def _recorded_totals(visits: pl.DataFrame) -> tuple[pl.Series, tuple[Check, ...]]:
    if "scale" not in visits.columns:
        return visits["alsfrs_r"], ()
    older = (visits["scale"] == "alsfrs").fill_null(value=False)
    n = int(older.sum())
    text = f"Visits on the 40-point ALSFRS, kept apart and never converted: {n:,}."
    return visits["alsfrs_r"].set(older, None), (Check("older_scale", "warning" if n else "passed", text, n),)


def _estimand(asked: TrialSection, question: EstimandSection, cohort: Cohort) -> Estimand:
    return Estimand(
        treatment=choose_treatment(cohort, control=asked.control, treatment=asked.treatment),
        control=asked.control,
        population=question.population or f"the people {'recorded' if cohort.not_randomised else 'randomised'} in {cohort.name}",
        endpoint=question.endpoint,
        horizon_months=question.horizon_months,
        death=question.death,
        stopping=question.stopping,
        survival_events=question.survival_events,
    )
