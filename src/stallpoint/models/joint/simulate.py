"""Draw measures and events from a joint model at given parameters: for checks of a fit against itself, and for worlds with known truth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.models.joint.data import cause_arrays, course_arrays, scale_arrays
from stallpoint.models.joint.design import CauseDesign, JointDesign
from stallpoint.models.joint.interval import thresholds_of
from stallpoint.models.joint.outcomes import OutcomeDesign
from stallpoint.models.joint.parameters import CauseParameters, Parameters, PersonEffects, person_effects, unpack
from stallpoint.models.joint.trajectory import design_at

Array = npt.NDArray[np.float64]

STEPS = 400
"""Points in time at which cumulative hazards are known; between them they are linear."""

POWER = 2.0
"""Points stand closer near time 0, where a hazard may be steep."""


def simulate_joint(
    design: JointDesign, theta: Array, people: pl.DataFrame, *, visit_times: Array, end: Array, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits and events of people with given covariates.

    Args:
        design: a coded model.
        theta: its parameters (P,).
        people: one row per person with the group column and all covariates.
        visit_times: planned visits (V,); those after the end of follow-up do not take place.
        end: time at which each person's follow-up ends if no event comes first (n,).
        rng: source of randomness.

    Returns:
        visits with the group, time, covariates and each measure; events with the covariates, one time and an indicator per cause.
    """
    parameters = unpack(theta, design.layout, len(design.strata))
    effects = person_effects(parameters, scale_arrays(design, people))
    b = (effects.factor @ rng.standard_normal((people.height, len(design.layout.random), 1)))[..., 0]
    time, which = _first_event(design, parameters, effects, people, b, end, rng)
    visits = _draw_measures(design, parameters, effects, people, b, time, visit_times, rng)
    own = {cause.survival.time: time for cause in design.causes}
    own |= {cause.survival.event: (which == index).astype(float) for index, cause in enumerate(design.causes)}
    return visits, people.with_columns(**{name: pl.Series(values) for name, values in own.items()})


def _first_event(
    design: JointDesign,
    parameters: Parameters,
    effects: PersonEffects,
    people: pl.DataFrame,
    b: Array,
    end: Array,
    rng: np.random.Generator,
) -> tuple[Array, npt.NDArray[np.int64]]:
    """Time of the first event or of the end (n,), and the position of its cause (-1 for the end)."""
    from_fixed, from_random = course_arrays(design, people)
    course = (from_fixed @ effects.beta[..., None] + from_random @ b[..., None])[..., 0]
    grid = float(end.max()) * (np.arange(STEPS + 1) / STEPS) ** POWER
    time, which = end.copy(), np.full(people.height, -1)
    for index, (cause, own) in enumerate(zip(design.causes, parameters.causes, strict=True)):
        cumulative = _cumulative_hazard(design, cause, own, people, course, effects.log_hazard, grid)
        drawn = _invert(cumulative, grid, rng.exponential(size=people.height))
        first = drawn < time
        time, which = np.where(first, drawn, time), np.where(first, index, which)
    return time, which


def _cumulative_hazard(
    design: JointDesign,
    cause: CauseDesign,
    own: CauseParameters,
    people: pl.DataFrame,
    course: Array,
    log_hazard: Array,
    grid: Array,
) -> Array:
    """Cumulative hazard (n, T) at the grid's times, by the middle of each step."""
    middle = 0.5 * (grid[1:] + grid[:-1])
    arrays = cause_arrays(design, cause, people, np.full(people.height, middle[-1]), np.zeros(people.height))
    links = np.array([link.course for link in cause.association]).reshape(-1, len(design.basis.picks), course.shape[1])
    maps = np.tensordot(arrays.interactions * own.alpha, links, axes=1)
    u = (maps @ course[..., None])[..., 0]
    placed = cause.baseline.place(middle)
    log_baseline = np.array([cause.baseline.evaluate(stratum, placed).log_end for stratum in own.baseline])
    log_rate = (
        (arrays.covariates @ own.gamma + log_hazard)[:, None] + log_baseline[arrays.stratum] + u @ design.basis.at(middle).T
    )
    steps = np.exp(log_rate) * np.diff(grid)
    return np.concatenate([np.zeros((people.height, 1)), np.cumsum(steps, axis=1)], axis=1)


def _invert(cumulative: Array, grid: Array, level: Array) -> Array:
    """Time at which each person's cumulative hazard reaches a level; infinite where it does not."""
    after = (cumulative < level[:, None]).sum(axis=1)
    inside = np.minimum(after, len(grid) - 1)
    rows = np.arange(len(level))
    low, high = cumulative[rows, inside - 1], cumulative[rows, inside]
    share = (level - low) / np.maximum(high - low, 1e-300)
    return np.where(after < len(grid), grid[inside - 1] + share * (grid[inside] - grid[inside - 1]), np.inf)


def _draw_measures(
    design: JointDesign,
    parameters: Parameters,
    effects: PersonEffects,
    people: pl.DataFrame,
    b: Array,
    time: Array,
    visit_times: Array,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One row per person and visit that takes place."""
    times = np.broadcast_to(visit_times, (people.height, len(visit_times)))
    rows = people.select(pl.all().repeat_by(len(visit_times)).explode()).with_columns(pl.Series(design.time, times.ravel()))
    drawn = []
    for outcome in design.outcomes:
        columns = design_at(outcome.design, design.time, people, times)
        q = len(outcome.design.random.names)
        x, z = outcome.fixed_columns(columns[..., q:]), columns[..., :q]
        latent = (x @ effects.beta[:, outcome.fixed, None] + z @ b[:, outcome.random, None])[..., 0].ravel()
        latent = latent + _residual_sd(outcome, parameters, rows) * rng.standard_normal(len(latent))
        drawn.append(pl.Series(outcome.response, _recorded(outcome, parameters, latent)))
    return rows.with_columns(drawn).filter(pl.Series((times <= time[:, None]).ravel()))


def _residual_sd(outcome: OutcomeDesign, parameters: Parameters, rows: pl.DataFrame) -> Array:
    delta = parameters.log_sigma[outcome.log_sigma]
    if outcome.residual is None or not len(delta):
        return np.full(rows.height, float(np.exp(delta.sum())))
    return np.exp(outcome.residual.matrix(rows) @ delta)


def _recorded(outcome: OutcomeDesign, parameters: Parameters, latent: Array) -> Array:
    """What is written down of a latent value: itself, cut at floor and ceiling, or its level."""
    if outcome.thresholds is not None:
        return np.array(outcome.levels)[np.searchsorted(thresholds_of(parameters.threshold[outcome.thresholds]), latent)]
    return np.clip(latent, *outcome.bounds) if outcome.bounds else latent
