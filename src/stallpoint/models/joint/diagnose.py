"""Does a joint model fit? Residuals of measures and of events, and what data drawn from the fit look like beside the real ones.

Standardised residuals (y - X beta - Z E[b | all]) / sigma are a little narrower than standard normal, since each person's own random
effects have been drawn towards the data. Cumulative hazards at the end of follow-up (Cox-Snell residuals) look like a censored unit
exponential where the model holds.

Sources: Rizopoulos, Verbeke & Molenberghs (2010), doi:10.1111/j.1541-0420.2009.01273.x; Gelman, Meng & Stern (1996), Statistica Sinica 6:
733-760 (predictive checks).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.models.joint.event import integrate_event
from stallpoint.models.joint.fit import JointFit, to_polars
from stallpoint.models.joint.likelihood import rule_for
from stallpoint.models.joint.measures import posterior_given_measures
from stallpoint.models.joint.parameters import person_effects, unpack
from stallpoint.models.joint.simulate import simulate_joint
from stallpoint.models.longitudinal import number_people
from stallpoint.models.survival import fit_kaplan_meier

Array = npt.NDArray[np.float64]

BAND = (0.025, 0.5, 0.975)


def person_residuals(fit: JointFit) -> pl.DataFrame:
    """Per person: events (of any cause), expected (cumulative hazard given all that is known), martingale (events - expected)."""
    _, expected = _given_all(fit)
    died = np.array([cause.died for cause in fit.data.arrays.causes]).sum(axis=0)
    return pl.DataFrame({fit.design.group: fit.data.people, "events": died, "expected": expected, "martingale": died - expected})


def measure_residuals(fit: JointFit, visits: Any, *, outcome: int = 0) -> pl.DataFrame:
    """Per row with a value of the measure: the group, time, fitted (given all of the person's data) and standardised residual."""
    coded, design = fit.design.outcomes[outcome], fit.design
    rows = coded.measured(to_polars(visits)).with_columns(pl.col(design.group).cast(pl.String))
    rows = rows.filter(pl.col(design.group).is_in(list(fit.data.people)))
    person = number_people(rows[design.group], fit.data.people)
    parameters = unpack(fit.theta, design.layout, len(design.strata))
    effects = person_effects(parameters, fit.data.arrays.scales)
    b, _ = _given_all(fit)
    x, z = coded.fixed_columns(coded.design.fixed.matrix(rows)), coded.design.random.matrix(rows)
    fitted = (x * effects.beta[person][:, coded.fixed]).sum(axis=1) + (z * b[person][:, coded.random]).sum(axis=1)
    delta = parameters.log_sigma[coded.log_sigma]
    sigma = np.exp(coded.residual.matrix(rows) @ delta if coded.residual else np.full(rows.height, delta.sum()))
    value = rows[coded.response].cast(pl.Float64).to_numpy()
    return rows.select(design.group, design.time).with_columns(
        fitted=pl.Series(fitted), residual=pl.Series((value - fitted) / sigma)
    )


def replicate_fit(
    fit: JointFit, visits: Any, *, edges: Array, repeats: int, rng: np.random.Generator, outcome: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Data drawn from the fit beside the real ones: mean of the measure among those still followed, and survival.

    Args:
        fit: a fit with one cause; a person's follow-up without the event ends when it did in the data, or at the longest time for those
            who had the event.
        visits: the frame of the fit.
        edges: times (k + 1,) between which rows are averaged, and at which survival is read.
        repeats: data sets drawn.
        rng: source of randomness.
        outcome: the measure.

    Returns:
        Two frames with time, observed, low, middle, high: the mean of the measure in each interval, and the share free of the event.
    """
    design, arrays = fit.design, fit.data.arrays
    response = design.outcomes[outcome].response
    real = to_polars(visits)
    planned = np.unique(real[design.time].cast(pl.Float64).round(1).to_numpy())
    end, died = arrays.causes[0].placed.end, arrays.causes[0].died
    censoring = np.where(died > 0, end.max(), end)
    covariates = fit.data.frame.select(design.group, *sorted(design.covariates & set(fit.data.frame.columns)))
    means, survivals = [], []
    for _ in range(repeats):
        drawn, events = simulate_joint(design, fit.theta, covariates, visit_times=planned, end=censoring, rng=rng)
        means.append(_interval_means(drawn, design.time, response, edges))
        cause = design.causes[0].survival
        survivals.append(_survival_at(events[cause.time].to_numpy(), events[cause.event].to_numpy(), edges[1:]))
    middle = 0.5 * (edges[1:] + edges[:-1])
    return (
        _beside(middle, _interval_means(real, design.time, response, edges), np.array(means)),
        _beside(edges[1:], _survival_at(end, died, edges[1:]), np.array(survivals)),
    )


def _given_all(fit: JointFit) -> tuple[Array, Array]:
    """Means of the random effects (n, q), and of the cumulative hazard over all causes (n,), given all data."""
    arrays, design = fit.data.arrays, fit.design
    parameters = unpack(fit.theta, design.layout, len(design.strata))
    effects = person_effects(parameters, arrays.scales)
    posterior = posterior_given_measures(parameters, effects, arrays)
    event = integrate_event(parameters, effects, posterior, arrays, arrays.causes, arrays.interval, design, rule_for(arrays))
    expected = np.sum([cause.expected for cause in event.causes], axis=0)
    return (effects.factor @ event.effects[..., None])[..., 0], np.asarray(expected, dtype=np.float64)


def _interval_means(rows: pl.DataFrame, time: str, response: str, edges: Array) -> Array:
    """Mean of the measure between edges (k,), the last one included; not-a-number where there is no row."""
    when, value = rows[time].cast(pl.Float64).to_numpy(), rows[response].cast(pl.Float64).to_numpy()
    inside = np.clip(np.searchsorted(edges, when, side="right") - 1, 0, len(edges) - 2)
    known = np.isfinite(value) & (when >= edges[0]) & (when <= edges[-1])
    count = np.bincount(inside[known], minlength=len(edges) - 1)
    total = np.bincount(inside[known], value[known], minlength=len(edges) - 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _survival_at(time: Array, died: Array, marks: Array) -> Array:
    steps = fit_kaplan_meier(time, died).steps
    at = np.searchsorted(steps["time"].to_numpy(), marks, side="right") - 1
    return np.where(at >= 0, steps["survival"].to_numpy()[np.maximum(at, 0)], 1.0)


def _beside(time: Array, observed: Array, drawn: Array) -> pl.DataFrame:
    low, middle, high = np.nanquantile(drawn, BAND, axis=0)
    return pl.DataFrame({"time": time, "observed": observed, "low": low, "middle": middle, "high": high})
