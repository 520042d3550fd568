"""Clearance and its variability from a study's doses and concentrations: a population fit of a one- or two-compartment model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check, CheckStatus, worst_status
from stallpoint.core.errors import FitError
from stallpoint.exposure.compartment_curves import Dosing, intravenous_mg_l, one_compartment, oral_mg_l, two_compartment
from stallpoint.exposure.dosing_records import Clock, courses_of, dosing_at
from stallpoint.exposure.levels import read_levels
from stallpoint.exposure.person_covariates import code_covariates, ratio_rows
from stallpoint.models.nonlinear_mixed.data import code_nonlinear
from stallpoint.models.nonlinear_mixed.fit import NonlinearMixedFit, fit_nonlinear_mixed
from stallpoint.models.nonlinear_mixed.residual import ErrorModel
from stallpoint.models.nonlinear_mixed.specification import Method, build_nonlinear_model

Array = npt.NDArray[np.float64]
Compartments = Literal[1, 2]

PARAMETERS: dict[Compartments, tuple[str, ...]] = {
    1: ("clearance_l_h", "volume_l"),
    2: ("clearance_l_h", "volume_l", "exchange_l_h", "peripheral_l"),
}
ABSORPTION = "absorption_per_h"

WHERE = "population exposure"

HEDGES: dict[CheckStatus, str] = {
    "passed": "",
    "warning": " Read it with the warnings of its checks.",
    "failed": " A check failed: do not rely on it.",
}


@dataclass(frozen=True)
class ExposureFit:
    """A population fit of concentrations.

    fit: the mixed model, with each person's own values. ratios: covariate, level, against, ratio, low, high (95%) of clearance; a number's
    ratio is per unit. With oral doses clearance and volumes are apparent: divided by the share absorbed, which these data cannot tell.
    """

    analyte: str
    oral: bool
    fit: NonlinearMixedFit
    ratios: pl.DataFrame
    checks: tuple[Check, ...]

    @property
    def text(self) -> str:
        """One plain sentence, hedged by the checks."""
        kind = "Apparent clearance" if self.oral else "Clearance"
        status = worst_status(self.checks)
        return f"{kind} of {self.analyte} {self._estimate()} ({self._people()}){self._spread()}.{HEDGES[status]}"

    def _estimate(self) -> str:
        model = self.fit.problem.model
        if "clearance_l_h" in model.fixed:
            return f"was held at {model.start['clearance_l_h']:g} L/h"
        row = self.fit.coefficient("typical", "clearance_l_h")
        return f"is {row['estimate']:.3g} L/h, 95% interval {row['low']:.3g} to {row['high']:.3g}"

    def _people(self) -> str:
        return f"{self.fit.rows:,} levels of {self.fit.n:,} people"

    def _spread(self) -> str:
        rows = self.fit.variability.filter((pl.col("parameter") == "clearance_l_h") & (pl.col("level") == "people"))
        return f"; it varies by {rows['cv_percent'][0]:.0f}% between people" if rows.height else ""


def fit_exposure(
    doses: Any,
    concentrations: Any,
    patients: Any = None,
    *,
    treatment: str,
    analyte: str,
    start: Mapping[str, float],
    random: Sequence[str],
    compartments: Compartments = 1,
    fixed: Sequence[str] = (),
    by_occasion: Sequence[str] = (),
    covariates: Sequence[str] = (),
    interval_h: float | None = None,
    clock: Clock = "last dose",
    matrix: str = "plasma",
    correlated: bool = False,
    error: ErrorModel = "proportional",
    method: Method = "laplace",
    refined: bool = True,
) -> ExposureFit:
    """Fit a one- or two-compartment model to a study's tables.

    Args:
        doses: the table of doses; its columns interval_h, duration_h (infusions) and time_h are used where they are there.
        concentrations: the table of concentrations; values marked below_limit are limits. A column `occasion` names the occasions.
        patients: the table of patients, where there are covariates.
        treatment: whose doses; analyte, matrix: whose levels.
        start: values to start from, or to hold: clearance_l_h, volume_l; with two compartments exchange_l_h, peripheral_l; with oral doses
            absorption_per_h.
        random: parameters that vary between people.
        fixed: parameters held at their start, as absorption where nothing was drawn while it lasted.
        by_occasion: parameters that vary between occasions too.
        covariates: columns of patients on which clearance depends: log-linear in numbers, a ratio for each level of the others.
        interval_h: hours between the doses of a course; None: each row of doses is one dose.
        clock: what `time_h` of concentrations counts from. "last dose", as study tables define it: earlier doses are superposed by
            interval_h, endlessly (steady state) unless a column time_months says for how long. "time zero": all doses as recorded.
        correlated, error, method, refined: as in `build_nonlinear_model`; the defaults have the least bias with few levels a person.

    Raises:
        TableError: tables that cannot be used, a negative level, units that are not mass per volume.
        FitError: nobody is left, or the model cannot be fitted.
    """
    levels = read_levels(doses, concentrations, treatment=treatment, analyte=analyte, matrix=matrix)
    coded = code_covariates(patients, covariates, levels.points["patient"].unique().to_list())
    points = levels.points.filter(pl.col("patient").is_in(coded.people["patient"]))
    courses = courses_of(levels.doses, interval_h=interval_h)
    dosing, points, late = _with_something_given(points, courses, clock, oral=levels.oral)
    occasion = "occasion" if by_occasion else None
    names = (*PARAMETERS[compartments], *((ABSORPTION,) if levels.oral else ()))
    model = build_nonlinear_model(
        _ordered(start, names),
        random=random,
        fixed=fixed,
        by_occasion=by_occasion,
        covariates={"clearance_l_h": coded.formula} if coded.formula else {},
        correlated=correlated,
        error=error,
        method=method,
        refined=refined,
    )
    data = code_nonlinear(
        model, points, response="mg_l", person="patient", below_limit="below_limit", occasion=occasion, people=coded.people
    )
    design = Dosing(*(column[data.rows] for column in dosing))
    fit = fit_nonlinear_mixed(model, data, _curve(compartments, oral=levels.oral), design=design)
    checks = (*levels.checks, *coded.checks, late, *fit.checks)
    return ExposureFit(analyte, levels.oral, fit, ratio_rows(coded, fit), checks)


def _ordered(start: Mapping[str, float], names: tuple[str, ...]) -> dict[str, float]:
    """Start values in the curve's order."""
    absent, unknown = [name for name in names if name not in start], [name for name in start if name not in names]
    if absent or unknown:
        said = [*(f"{name}: missing" for name in absent), *(f"{name}: not used" for name in unknown)]
        raise FitError(
            "start must name the model's parameters", where=WHERE, rows=said, do=f"give a value for each of: {', '.join(names)}"
        )
    return {name: start[name] for name in names}


def _curve(compartments: Compartments, *, oral: bool) -> Any:
    decay = one_compartment if compartments == 1 else two_compartment
    count = len(PARAMETERS[compartments])

    def predict(parameters: Any, dosing: Dosing) -> Any:
        disposition = decay(*parameters[:count])
        return oral_mg_l(disposition, parameters[count], dosing) if oral else intravenous_mg_l(disposition, dosing)

    return predict


def _with_something_given(
    points: pl.DataFrame, courses: pl.DataFrame, clock: Clock, *, oral: bool
) -> tuple[Dosing, pl.DataFrame, Check]:
    """Points at which some drug can be there: after the first dose, and not at its very moment where it must be absorbed or infused."""
    if not points.height:
        raise FitError(
            "no levels of people with doses and covariates are left", where=WHERE, do="check names of patients and treatment"
        )
    dosing = dosing_at(points, courses, clock=clock)
    instant = (dosing.duration_h == 0) & (not oral)
    there = (dosing.amount_mg > 0) & ((dosing.since_h > 0) | (dosing.doses > 1) | instant)
    kept = there.any(axis=1)
    lost = int((~kept).sum())
    check = Check(
        "levels before the first dose",
        "warning" if lost else "passed",
        f"Levels drawn before or at the first dose, left out: {lost:,}.",
        lost,
    )
    if not kept.any():
        raise FitError(
            "every level was drawn before the first dose", where=WHERE, do="check the clocks of doses and concentrations"
        )
    return Dosing(*(column[kept] for column in dosing)), points.filter(pl.Series(kept)), check
