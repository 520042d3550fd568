"""Fit the joint model by maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.joint.data import JointData, JointDesign, code_joint
from stallpoint.models.joint.layout import Baseline, Layout
from stallpoint.models.joint.likelihood import log_likelihood_and_gradient, unpack
from stallpoint.models.longitudinal import LongitudinalMoments
from stallpoint.models.mixed import coefficient_table, fit_mixed_moments
from stallpoint.numerics.delta import delta_covariance
from stallpoint.numerics.newton import Maximum, maximise

Array = npt.NDArray[np.float64]

QUADRATURE_NODES = 5
QUADRATURE_BOUND = 1e-2
"""Largest change of the log-likelihood on doubling the nodes that passes the check."""

FEW_DEATHS = 50
"""Below about this many events the association is weakly identified."""


@dataclass(frozen=True)
class JointFit:
    """A fitted joint model.

    coefficients: part (longitudinal, random, residual, event, association, baseline), term, estimate, std_error, low, high (95%).
    The association's term is `value`: log hazard ratio per unit of the current value. theta and covariance are on the scale of
    `Layout`. checks: convergence, curvature, quadrature, number of events, people left out.
    """

    coefficients: pl.DataFrame
    log_likelihood: float
    converged: bool
    n: int
    deaths: int
    theta: Array
    covariance: Array
    design: JointDesign
    checks: tuple[Check, ...]

    def coefficient(self, part: str, term: str) -> dict[str, float]:
        """One row of the coefficients as a mapping: estimate, std_error, low, high."""
        row = self.coefficients.filter((pl.col("part") == part) & (pl.col("term") == term))
        if row.height != 1:
            raise FitError(f"no term {term!r} in part {part!r}", where="joint model", rows=self.coefficients["term"].to_list())
        return row.select("estimate", "std_error", "low", "high").row(0, named=True)


def fit_joint(
    visits: Any,
    events: Any,
    *,
    longitudinal: str,
    random: str,
    event: str,
    baseline: Baseline = "weibull",
    association: Literal["value"] = "value",
    time: str | None = None,
    knots: Sequence[float] | None = None,
) -> JointFit:
    """Fit a joint model of repeated measures and an event by maximum likelihood.

    Args:
        visits: one row per measurement; any frame that narwhals understands.
        events: one row per person, with follow-up time and event (1) or censoring (0).
        longitudinal: fixed part, as `y ~ time + time:arm`.
        random: random part and grouping column, as `~ time | patient`.
        event: hazard, as `Surv(time, died) ~ arm`.
        baseline: `weibull`, or `piecewise` constant.
        association: `value`: the hazard depends on the true current value of the measure.
        time: the time variable of the repeated measures; needed only where the random part does not name it alone.
        knots: inner knots of a piecewise hazard; by default quantiles of the event times.

    Raises:
        FitError: the data or formulas cannot carry the model; the message says why.

    Source: Rizopoulos (2012), chapter 4; the quadrature and the hazard integral are described in `likelihood` and
    `numerics.quadrature`.
    """
    if association != "value" or baseline not in ("weibull", "piecewise"):
        raise FitError(
            f"association {association!r} with baseline {baseline!r} is not offered",
            where="joint model",
            do="use association 'value' and baseline 'weibull' or 'piecewise'",
        )
    design, data = code_joint(_polars(visits), _polars(events), longitudinal, random, event, baseline, time=time, knots=knots)
    maximum = maximise(
        lambda theta: log_likelihood_and_gradient(theta, data.arrays, design.layout, QUADRATURE_NODES),
        _start(design.layout, data),
    )
    return _fit(design, data, maximum)


def _polars(frame: Any) -> pl.DataFrame:
    native: pl.DataFrame = nw.from_native(frame, eager_only=True).to_polars()
    return native


def _start(layout: Layout, data: JointData) -> Array:
    """The mixed model's estimates, and a constant hazard that depends on nothing."""
    a = data.arrays
    moments = LongitudinalMoments(data.people, *(a[name] for name in ("xx", "xz", "zz", "xy", "zy", "yy", "rows")))
    mixed = fit_mixed_moments(moments, layout.fixed, layout.random, method="ml")
    factor = np.linalg.cholesky(mixed.random_covariance + 1e-4 * np.diag(mixed.random_sd**2) + 1e-8 * np.eye(len(layout.random)))
    factor[np.diag_indices_from(factor)] = np.log(np.diag(factor))
    theta = np.zeros(layout.size)
    theta[layout.beta] = mixed.coefficients["estimate"].to_numpy()
    theta[layout.log_sigma] = np.log(mixed.sigma)
    theta[layout.factor] = factor[np.tril_indices_from(factor)]
    log_rate = np.log(data.deaths / np.exp(a["log_time"]).sum())
    if layout.baseline == "piecewise":
        theta[layout.baseline_slice] = log_rate
    else:
        theta[layout.gamma.start + layout.event.index("Intercept")] = log_rate
    return theta


def _fit(design: JointDesign, data: JointData, maximum: Maximum) -> JointFit:
    covariance = _inverse(-maximum.hessian)
    doubled, _ = log_likelihood_and_gradient(maximum.point, data.arrays, design.layout, 2 * QUADRATURE_NODES)
    checks = (
        *data.checks,
        _check_convergence(maximum),
        _check_quadrature(abs(doubled - maximum.value)),
        _check_deaths(data.deaths),
    )
    return JointFit(
        coefficients=_coefficients(design, maximum.point, covariance),
        log_likelihood=maximum.value,
        converged=maximum.converged,
        n=len(data.people),
        deaths=data.deaths,
        theta=maximum.point,
        covariance=covariance,
        design=design,
        checks=checks,
    )


def _inverse(information: Array) -> Array:
    """Inverse of the observed information; not-a-number where it is not positive definite, so that no error looks small."""
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _check_convergence(maximum: Maximum) -> Check:
    text = f"After {maximum.evaluations} evaluations a Newton step would gain {maximum.decrement:.1e} in log-likelihood"
    return Check("convergence", "passed" if maximum.converged else "failed", f"{text}.", maximum.evaluations)


def _check_quadrature(change: float) -> Check:
    text = f"Doubling the {QUADRATURE_NODES} quadrature nodes per random effect changes the log-likelihood by {change:.1e}"
    return Check("quadrature", "passed" if change < QUADRATURE_BOUND else "warning", f"{text}.", QUADRATURE_NODES)


def _check_deaths(deaths: int) -> Check:
    status: Literal["passed", "warning"] = "warning" if deaths < FEW_DEATHS else "passed"
    weak = f"; below about {FEW_DEATHS} its link to function is weakly identified" if deaths < FEW_DEATHS else ""
    return Check("number of events", status, f"{deaths} events inform the hazard{weak}.", deaths)


def _coefficients(design: JointDesign, theta: Array, covariance: Array) -> pl.DataFrame:
    """All parameters on the scale they are read on, with standard errors by the delta method."""
    terms = _natural_terms(design.layout)
    variance = np.diag(delta_covariance(lambda point: _natural(point, design.layout), theta, covariance))
    table = coefficient_table(tuple(term for _, term in terms), _natural(theta, design.layout), np.sqrt(variance))
    return table.insert_column(0, pl.Series("part", [part for part, _ in terms]))


def _natural_terms(layout: Layout) -> list[tuple[str, str]]:
    pairs = [(i, j) for i in range(len(layout.random)) for j in range(i)]
    baseline = ["shape"] if layout.baseline == "weibull" else [f"log hazard {i + 1}" for i in range(layout.intervals)]
    return [
        *(("longitudinal", term) for term in layout.fixed),
        *(("random", f"sd({term})") for term in layout.random),
        *(("random", f"corr({layout.random[j]},{layout.random[i]})") for i, j in pairs),
        ("residual", "sigma"),
        *(("event", term) for term in layout.event),
        ("association", "value"),
        *(("baseline", term) for term in baseline),
    ]


def _natural(theta: Array, layout: Layout) -> Array:
    factor = unpack(theta, layout).factor
    covariance = factor @ factor.T
    sd = np.sqrt(np.diag(covariance))
    lower = np.tril_indices(len(sd), -1)
    baseline = theta[layout.baseline_slice]
    return np.concatenate(
        [
            theta[layout.beta],
            sd,
            (covariance / np.outer(sd, sd))[lower],
            np.exp(theta[[layout.log_sigma]]),
            theta[layout.gamma],
            theta[[layout.alpha]],
            np.exp(baseline) if layout.baseline == "weibull" else baseline,
        ]
    )
