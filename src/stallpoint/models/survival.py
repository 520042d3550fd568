"""Survival curves and Cox regression, through lifelines; and the restricted mean with a standard error of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.mixed import coefficient_table

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan-Meier curve. steps: time, at_risk, events, survival, low, high (95%, log-log), one row per distinct time from 0."""

    steps: pl.DataFrame
    n: int

    def survival_at(self, time: float) -> float:
        """The curve's value at a time."""
        return float(self.steps.filter(pl.col("time") <= time)["survival"][-1])

    @property
    def median(self) -> float | None:
        """First time at which survival is at or below one half; None where the curve does not get there."""
        below = self.steps.filter(pl.col("survival") <= 0.5)
        return float(below["time"][0]) if below.height else None


def fit_kaplan_meier(time: Array, died: Array, *, entry: Array | None = None) -> SurvivalCurve:
    """Kaplan-Meier curve from follow-up times (n,) and deaths (n,), with late entry where people come in after time 0.

    Source: Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452; lifelines, doi:10.21105/joss.01317.
    """
    from lifelines import KaplanMeierFitter

    fitter = KaplanMeierFitter().fit(time, died, entry=entry)
    table, bounds = fitter.event_table, fitter.confidence_interval_survival_function_
    steps = pl.DataFrame(
        {
            "time": np.asarray(table.index, dtype=np.float64),
            "at_risk": np.asarray(table["at_risk"], dtype=np.float64),
            "events": np.asarray(table["observed"], dtype=np.float64),
            "survival": np.asarray(fitter.survival_function_.iloc[:, 0], dtype=np.float64),
            "low": np.asarray(bounds.iloc[:, 0], dtype=np.float64),
            "high": np.asarray(bounds.iloc[:, 1], dtype=np.float64),
        }
    ).with_columns(pl.col("low", "high").fill_nan(None).fill_null(strategy="forward").fill_null(1.0))
    return SurvivalCurve(steps, len(time))


def count_at_risk(time: Array, marks: Array) -> npt.NDArray[np.int64]:
    """How many are still followed at each mark: follow-up reaches at least to it."""
    return np.asarray((time[None, :] >= marks[:, None]).sum(axis=1), dtype=np.int64)


def restricted_mean(curve: SurvivalCurve, horizon: float) -> tuple[float, float]:
    """Mean survival time up to a horizon, and its standard error.

    The variance is the sum over event times of A(t)^2 d / (n (n - d)), with A(t) the area under the curve from t to the horizon.

    Raises:
        FitError: nobody is followed as long as the horizon and the curve has not reached 0, so the area is not known.

    Source: Royston & Parmar (2013), doi:10.1186/1471-2288-13-152.
    """
    if curve.steps["time"][-1] < horizon and curve.steps["survival"][-1] > 0:
        raise FitError(
            f"follow-up ends at {curve.steps['time'][-1]:.1f} months, before the horizon of {horizon:g}",
            where="restricted mean survival",
            do="choose a horizon within follow-up",
        )
    inside = curve.steps.filter(pl.col("time") < horizon)
    time, survival = inside["time"].to_numpy(), inside["survival"].to_numpy()
    pieces = np.diff(np.append(time, horizon)) * survival
    area = np.cumsum(pieces[::-1])[::-1]
    d, n = inside["events"].to_numpy(), inside["at_risk"].to_numpy()
    counts = (d > 0) & (n > d)
    variance = (area[counts] ** 2 * d[counts] / (n[counts] * (n[counts] - d[counts]))).sum()
    return float(area[0] + time[0]), float(np.sqrt(variance))


def fit_cox(
    people: pl.DataFrame, terms: tuple[str, ...], *, time: str, died: str, entry: str | None = None, strata: str | None = None
) -> pl.DataFrame:
    """Log hazard ratios per unit of each numeric column: term, estimate, std_error, low, high. Ties by Efron.

    Raises:
        FitError: nobody died, or the fit does not converge.

    Source: Cox (1972), doi:10.1111/j.2517-6161.1972.tb00899.x.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    used = [*terms, time, died, *([entry] if entry else []), *([strata] if strata else [])]
    rows = people.select(used).drop_nulls()
    if not rows[died].cast(pl.Float64).sum():
        raise FitError("nobody died: a hazard ratio cannot be estimated", where="Cox regression")
    try:
        fitter = CoxPHFitter().fit(
            rows.to_pandas(), duration_col=time, event_col=died, entry_col=entry, strata=[strata] if strata else None
        )
    except ConvergenceError as error:
        raise FitError("the fit does not converge", where="Cox regression", do="leave out terms with little variation") from error
    summary = fitter.summary.loc[list(terms)]
    return coefficient_table(terms, summary["coef"].to_numpy(), summary["se(coef)"].to_numpy())
