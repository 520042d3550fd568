"""The two checking constructors: tables to a cohort, a cohort and a question to a trial."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.coerce import coerce_table
from stallpoint.core.cohort import Cohort, Modifiers, Trial
from stallpoint.core.consistency import (
    require_each_patient_once,
    require_known_patients,
    require_one_event_of_a_kind,
    require_people_and_visits,
    require_scores,
)
from stallpoint.core.errors import EstimandError, TableError
from stallpoint.core.estimand import Estimand
from stallpoint.core.exclude import drop_after_death, drop_repeated_rows
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.notice import check_cohort
from stallpoint.core.tables import TABLES
from stallpoint.core.time_units import require_months
from stallpoint.core.validate import validate_table
from stallpoint.core.wording import counted, listed

DERIVED_MODIFIERS = ("tricals", "encals", "nfl_baseline", "progression_rate")
"""Modifiers that are computed from the tables rather than read from a column of patients."""

_NO_MODIFIERS = Modifiers()

_IMBALANCE_Z = 3.29
"""Two-sided p of 0.001: arms this far from the stated allocation point to a wrong allocation or a lost group."""


def build_cohort(
    name: str, tables: Mapping[str, Any], *, places: Mapping[str, str] | None = None, simulated: bool = False
) -> Cohort:
    """A cohort from its tables, checked and cast to the declared types.

    `tables` maps the names in `core.tables` to anything narwhals understands; tables left out have no rows.
    `places` says what to call each table in messages, such as `visits.csv`. Rows that cannot count are left out;
    the cohort's checks say how many and why.

    Raises:
        TableError: an unknown table; a table or value that cannot be used, with its first offending rows.
    """
    called = {table: table for table in TABLES} | dict(places or {})
    frames = {table: _read_in(table, native, called) for table, native in tables.items()}
    require_people_and_visits(frames, called)
    frames = {table: frames.get(table, _without_rows(table)) for table in TABLES}
    for require in (
        require_each_patient_once,
        require_known_patients,
        require_scores,
        require_months,
        require_one_event_of_a_kind,
    ):
        require(frames, called)
    frames, repeated = drop_repeated_rows(frames)
    frames, posthumous = drop_after_death(frames)
    checks = (*repeated, *posthumous, *check_cohort(frames))
    return Cohort(name, checks=checks, simulated=simulated, **frames)  # type: ignore[arg-type]  # its keys are names of tables


def build_trial(
    cohort: Cohort,
    *,
    control: str,
    treatment: str | None = None,
    estimand: Estimand,
    allocation: float = 0.5,
    strata: Sequence[str] = (),
    modifiers: Modifiers = _NO_MODIFIERS,
) -> Trial:
    """A trial: the people of two arms and the question put to them. People of no arm or another arm are left out, with a check.

    Raises:
        TableError: no arms, or a stratum or modifier that is no column.
        EstimandError: not two arms, an unknown arm, an allocation that is no probability, or an estimand about other arms.
    """
    treatment = choose_treatment(cohort, control=control, treatment=treatment)
    if (estimand.treatment, estimand.control) != (treatment, control):
        raise EstimandError(
            f"it compares {estimand.treatment} with {estimand.control}, but the arms are {treatment} and {control}",
            where="estimand",
            do="name the arms as in the patients table",
        )
    if not 0 < allocation < 1:
        raise EstimandError(
            f"allocation is {allocation:g}", where="trial", do="give the probability of the treated arm, between 0 and 1"
        )
    require_covariates(cohort, strata, "strata", derived=())
    require_covariates(cohort, (*modifiers.prespecified, *modifiers.explored), "modifiers", derived=DERIVED_MODIFIERS)
    compared = _only_arms(cohort, (control, treatment))
    check = check_association(cohort) if cohort.not_randomised else check_allocation(compared, treatment, allocation)
    return Trial(
        replace(compared, checks=(*compared.checks, check)), control, treatment, estimand, allocation, tuple(strata), modifiers
    )


def choose_treatment(cohort: Cohort, *, control: str, treatment: str | None = None) -> str:
    """The arm that is compared with control: the one named, or the only other one.

    Raises:
        TableError: patients have no arm.
        EstimandError: fewer than two arms, an unknown arm, or more than two with no treatment named.
    """
    arms = _arms(cohort)
    if len(arms) < 2:
        raise EstimandError(
            f"everyone is in one arm, {arms[0]}; a comparison needs two",
            where="patients, column arm",
            do="add the other arm, or leave out [trial] to describe a cohort without arms",
        )
    for named in (control, treatment):
        if named is not None and named not in arms:
            raise EstimandError(f"there is no arm {named!r}", where="trial", do=ask_nearest(named, arms))
    others = [arm for arm in arms if arm != control]
    if treatment == control:
        raise EstimandError(
            f"treatment and control are both {control}", where="trial", do=f"choose treatment from: {', '.join(others)}"
        )
    if treatment is None and len(others) > 1:
        raise EstimandError(
            f"there are {len(arms)} arms: {listed(arms)}",
            where="patients, column arm",
            do=f"name the arm to compare with {control} as treatment in [trial]: {' or '.join(others)}",
        )
    return treatment or others[0]


def check_association(cohort: Cohort) -> Check:
    """That arms which nobody was randomised to are compared, and why this shows no effect of treatment."""
    return Check("not_randomised", "warning", f"An association, not an effect of treatment. {cohort.not_randomised}")


def check_allocation(cohort: Cohort, treatment: str, allocation: float) -> Check:
    """Whether as many people are in the treated arm as the allocation promises, within chance."""
    treated = cohort.patients.filter(pl.col("arm") == treatment).height
    z = (treated - cohort.n * allocation) / sqrt(cohort.n * allocation * (1 - allocation))
    text = f"{treated:,} of {counted(cohort.n, 'person')} are in the arm {treatment}; the stated allocation is {allocation:g}"
    return Check("allocation", "warning" if abs(z) > _IMBALANCE_Z else "passed", f"{text}.", treated, (cohort.n, allocation))


def _read_in(table: str, native: Any, places: Mapping[str, str]) -> pl.DataFrame:
    if table not in TABLES:
        raise TableError(f"{table} is not a table of a study", do=ask_nearest(table, TABLES))
    frame = coerce_table(TABLES[table], native, place=places[table])
    return validate_table(TABLES[table], frame, place=places[table])


def _without_rows(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=TABLES[table].dtypes)


def _arms(cohort: Cohort) -> list[str]:
    if "arm" not in cohort.patients.columns or cohort.patients["arm"].drop_nulls().is_empty():
        raise TableError(
            "patients have no arm",
            where="patients, column arm",
            do="add the randomised arm of each person, or leave out [trial] to describe a cohort without arms",
        )
    return sorted(cohort.patients["arm"].drop_nulls().unique())


_OF_OUTCOME = re.compile(r"responder|resistan(?:t|ce)", re.IGNORECASE)


def require_covariates(cohort: Cohort, names: Sequence[str], where: str, *, derived: tuple[str, ...]) -> None:
    """That each name is a column of patients, or derived, and is not named after how people fared.

    Raises:
        TableError: one is not, and the message names the nearest that is; or it says who gained, which nobody knows before treatment.
    """
    named_by_outcome = [name for name in names if _OF_OUTCOME.search(name)]
    if named_by_outcome:
        raise TableError(
            f"{named_by_outcome[0]} says who gained, and nobody knows that of one person, nor of a group before it was treated",
            where=where,
            do="name what was known before treatment",
        )
    columns = [name for name in cohort.patients.columns if name not in ("patient", "arm")]
    for name in names:
        if name not in (*columns, *derived):
            raise TableError(f"no column {name} in patients", where=where, do=ask_nearest(name, (*columns, *derived)))


def _only_arms(cohort: Cohort, arms: tuple[str, str]) -> Cohort:
    inside = cohort.patients.filter(pl.col("arm").is_in(arms))
    left_out = cohort.n - inside.height
    if left_out == 0:
        return cohort
    were = "was" if left_out == 1 else "were"
    text = f"{counted(left_out, 'person')} of no arm or of an arm that is not compared {were} left out."
    frames = {
        name: getattr(cohort, name).join(inside.select("patient"), on="patient", how="semi", maintain_order="left")
        for name in TABLES
    }
    return replace(cohort, **frames, checks=(*cohort.checks, Check("people_of_other_arms", "warning", text, left_out)))
