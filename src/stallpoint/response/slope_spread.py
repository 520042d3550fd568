"""By how much effects on the slope may differ between people, along the correlation of two courses that nobody can observe."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check, worst_status
from stallpoint.core.cohort import Trial
from stallpoint.core.errors import StallpointError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.analysis import Analysis
from stallpoint.response.effect_variance import CORRELATIONS, correlation_without_link, effect_spread, spread_without_link

Array = npt.NDArray[np.float64]

_AXIS = (*CORRELATIONS[:-1], 0.95, 0.975, 0.99, 0.995, 0.999, 1.0)
"""Closer where the curve falls steeply."""

_METHOD = (
    "By how much effects on the slope may differ between people follows from the standard deviations of slopes in the two arms of the "
    "joint model and from the correlation of a person's slopes under both, which nobody can observe: it is drawn as an axis (Heckman, "
    "Smith and Clements 1997). Intervals hold at all correlations at once."
)


def spread_slopes(trial: Trial, fit: JointFit) -> Analysis:
    """The spread of effects at each correlation, from a joint model with slopes that may vary more in one arm."""
    control, treated = _log_spreads(fit)
    try:
        if worst_status(fit.checks) == "failed" or not np.isfinite([*control, *treated]).all():
            raise StallpointError(
                "the joint model does not determine how much slopes vary in each arm", where="spread of effects"
            )
        spread = _along(*control, *treated)
    except StallpointError as error:
        return Analysis(checks=(Check("spread of effects", "warning", f"The spread of effects was not drawn. {error.text}"),))
    question = f"By how much may the effect of {trial.treatment} on the slope differ between people?"
    finding = Finding(
        question=question,
        text=_say(trial, control, treated, spread),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=bool(spread["low"][-1] > 0),
        checks=fit.checks,
    )
    return Analysis(
        findings=(finding,),
        looks=(Look(question, "variation", "ALSFRS-R and survival", False, "effect_spread", None),),
        methods=(_METHOD,),
        sources=("heckman1997",),
        series={"effect_spread": spread},
    )


def _log_spreads(fit: JointFit) -> tuple[tuple[float, float], tuple[float, float]]:
    """Logarithm of the standard deviation of slopes with its standard error, untreated and treated."""
    layout = fit.design.layout
    rows, _ = np.tril_indices(len(layout.random))
    mine = rows == layout.random.index("time_months")
    place = np.append(np.arange(layout.factor.start, layout.factor.stop)[mine], layout.scale.start)
    factor, log_ratio = fit.theta[place[:-1]], float(fit.theta[place[-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        square = factor @ factor
        log_sd = float(np.log(square) / 2)
        gradient = np.append(factor / square, 0.0)
        treated = gradient + np.append(np.zeros(len(factor)), 1.0)
        covariance = fit.covariance[np.ix_(place, place)]
        errors = [float(np.sqrt(each @ covariance @ each)) for each in (gradient, treated)]
    return (log_sd, errors[0]), (log_sd + log_ratio, errors[1])


def _along(log_control: float, error_control: float, log_treated: float, error_treated: float) -> pl.DataFrame:
    """The axis, with one place more: where effects have nothing to do with how people fare untreated.

    `low` and `high` are at that correlation, as the chart's band is; `free_low` and `free_high` stand at that place alone and hold that its
    correlation is not known either.
    """
    control, treated = float(np.exp(log_control)), float(np.exp(log_treated))
    unlinked = correlation_without_link(treated, control)
    axis = sorted({*_AXIS, *([] if unlinked is None else [unlinked])})
    found = effect_spread(
        treated, control, log_error_treated=error_treated, log_error_control=error_control, correlations=tuple(axis)
    )
    at = pl.col("correlation").is_in([] if unlinked is None else [unlinked])
    _, low, high = spread_without_link(treated, control, log_error_treated=error_treated, log_error_control=error_control)
    return found.with_columns(at.alias("unlinked"), free_low=pl.when(at).then(low), free_high=pl.when(at).then(high))


def _say(trial: Trial, control: tuple[float, float], treated: tuple[float, float], spread: pl.DataFrame) -> str:
    """`control` and `treated`: logarithm of the standard deviation, and its error."""
    sd_treated, sd_control = float(np.exp(treated[0])), float(np.exp(control[0]))
    most, least = spread.row(0, named=True), spread.row(-1, named=True)
    said = [
        f"Slopes vary between people with a standard deviation of {sd_treated:.2f} points per month on {trial.treatment} and "
        f"{sd_control:.2f} on {trial.control}. Effects may then have a standard deviation anywhere from {least['sd']:.2f} (interval from "
        f"{least['low']:.2f}), if who does worst on one would do worst on the other, to {most['sd']:.2f} (interval to "
        f"{most['high']:.2f}), if their order were reversed."
    ]
    if spread["unlinked"].any():
        free = spread.filter("unlinked").row(0, named=True)
        said.append(
            "If effects had nothing to do with how people fare untreated, it would be "
            f"{free['sd']:.2f} ({free['free_low']:.2f} to {free['free_high']:.2f})."
        )
    if least["low"] > 0:
        said.append(
            "So effects in points differ in any case, as they do with a treatment that slows everyone by the same percentage of a faster "
            "or slower progression."
        )
    return " ".join([*said, "Nobody can observe the correlation, so the trial says no more."])
