"""The log-likelihood of the joint model, person by person, and its exact gradient.

By Fisher's identity the gradient of a person's log-likelihood is the mean, over the random effects given all that was observed, of the
gradient of the complete-data log density. The nodes and weights that give the likelihood give this mean too. The complete data are taken
as (y, T, e) with b = L e, so that the prior of e holds no parameter and D is never inverted.

Source: Louis (1982), doi:10.1111/j.2517-6161.1982.tb01203.x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.arrays import Integers, JointArrays, take_people
from stallpoint.models.joint.design import CauseDesign, JointDesign
from stallpoint.models.joint.event import CauseMoments, CausePart, EventPart, Rule, integrate_event
from stallpoint.models.joint.interval import threshold_scores
from stallpoint.models.joint.measures import Posterior, posterior_given_measures, prior
from stallpoint.models.joint.parameters import Parameters, PersonEffects, person_effects, unpack
from stallpoint.numerics.quadrature import LARGEST_GRID_DIMENSION, normal_rule

Array = npt.NDArray[np.float64]

QUADRATURE_NODES = 5
"""Nodes per dimension for people whose measures are exact: then only the event bends the integrand."""

ORDINAL_NODES = 10
BOUNDED_NODES = 20
"""A row at a bound cuts the integrand off on one side, so it takes more nodes to follow; half as many in three dimensions."""

CHUNK_DOUBLES = 400_000
"""People are taken in groups whose largest array has about this many numbers, which stay in the processor's cache."""

RuleFamily = Callable[[int, int], tuple[Array, Array]]
"""Points and weights of a rule for so many dimensions with so many nodes in each."""


def nodes_for(arrays: JointArrays) -> int:
    """Quadrature nodes per dimension that these people need."""
    if not arrays.interval:
        return QUADRATURE_NODES
    nodes = ORDINAL_NODES if all(rows.thresholds is not None for rows in arrays.interval) else BOUNDED_NODES
    return nodes if arrays.from_random.shape[2] < LARGEST_GRID_DIMENSION else nodes // 2


def rule_for(arrays: JointArrays, family: RuleFamily = normal_rule) -> Rule:
    """The rule for these people."""
    nodes = nodes_for(arrays)
    return lambda dimension: family(dimension, nodes)


def split_people(arrays: JointArrays, family: RuleFamily = normal_rule) -> tuple[JointArrays, ...]:
    """The people in groups that need the same rule, of a size that suits the processor; those with interval rows come last."""
    return tuple(group for _, group in _groups(arrays, family))


def _groups(arrays: JointArrays, family: RuleFamily) -> Iterator[tuple[Integers, JointArrays]]:
    """Positions of each group's people, and their arrays."""
    apart = np.zeros(arrays.n, dtype=bool)
    for rows in arrays.interval:
        apart |= rows.present.any(axis=1)
    for alike, own in ((~apart, replace(arrays, interval=())), (apart, arrays)):
        people, size = np.flatnonzero(alike), _group_size(own, family)
        for begin in range(0, len(people), size):
            yield people[begin : begin + size], take_people(own, people[begin : begin + size])


def _group_size(arrays: JointArrays, family: RuleFamily) -> int:
    q = arrays.from_random.shape[2]
    dimension = q if arrays.interval else min(q, sum(cause.basis_end.shape[1] for cause in arrays.causes))
    nodes: int = max(cause.basis_nodes.shape[1] for cause in arrays.causes)
    return max(32, CHUNK_DOUBLES // (nodes * len(rule_for(arrays, family)(dimension)[1])))


def log_likelihood_and_gradient(
    theta: Array, groups: tuple[JointArrays, ...], design: JointDesign, family: RuleFamily = normal_rule
) -> tuple[float, Array]:
    """Weighted log-likelihood and its gradient (P,).

    Outside the region where the model can be computed at all the value is minus infinity.
    """
    value, gradient = 0.0, np.zeros_like(theta)
    for arrays in groups:
        per_person, scores = person_scores(theta, arrays, design, family)
        value += float(arrays.weight @ per_person)
        gradient += arrays.weight @ scores
    return (value, gradient) if np.isfinite(value) else (-np.inf, np.zeros_like(theta))


def all_person_scores(theta: Array, arrays: JointArrays, design: JointDesign) -> tuple[Array, Array]:
    """As `person_scores`, for many people, group by group."""
    value, scores = np.empty(arrays.n), np.empty((arrays.n, design.layout.size))
    for people, group in _groups(arrays, normal_rule):
        value[people], scores[people] = person_scores(theta, group, design)
    return value, scores


def person_scores(
    theta: Array, arrays: JointArrays, design: JointDesign, family: RuleFamily = normal_rule
) -> tuple[Array, Array]:
    """Each person's log-likelihood (n,) and its gradient (n, P), without weights; minus infinity where it cannot be computed."""
    parameters, rule = unpack(theta, design.layout, len(design.strata)), rule_for(arrays, family)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        try:
            effects = person_effects(parameters, arrays.scales)
            posterior = posterior_given_measures(parameters, effects, arrays)
            event = integrate_event(parameters, effects, posterior, arrays, arrays.causes, arrays.interval, design, rule)
            scores = _measure_scores(parameters, effects, posterior, arrays, event, design)
            value = posterior.log_density + event.log_value
            _add_event_scores(scores, 1.0, effects, arrays, event, design)
            if arrays.entry:
                alive = integrate_event(parameters, effects, prior(effects), arrays, arrays.entry, (), design, rule)
                value = value - alive.log_value
                _add_event_scores(scores, -1.0, effects, arrays, alive, design)
        except (np.linalg.LinAlgError, FloatingPointError):
            return np.full(arrays.n, -np.inf), np.zeros((arrays.n, design.layout.size))
    return value, scores


def _measure_scores(
    parameters: Parameters,
    effects: PersonEffects,
    posterior: Posterior,
    arrays: JointArrays,
    event: EventPart,
    design: JointDesign,
) -> Array:
    """Gradient (n, P) of what the measures say, exact rows and interval rows."""
    layout = design.layout
    scores = np.zeros((arrays.n, layout.size))
    b = (effects.factor @ event.effects[..., None])[..., 0]
    b_square = effects.factor @ event.effects_square @ np.swapaxes(effects.factor, 1, 2)
    by_beta = np.zeros_like(effects.beta)
    by_factor = posterior.score[:, :, None] * event.effects[:, None, :]
    by_factor = by_factor - posterior.precision @ effects.factor @ event.effects_square
    for rows in arrays.gaussian:
        m, beta = rows.moments, effects.beta[:, rows.fixed]
        weight = np.exp(-2 * float(rows.residual @ parameters.log_sigma[rows.log_sigma]))
        fitted = (m.xx @ beta[..., None] + m.xz @ b[:, rows.random, None])[..., 0]
        by_beta[:, rows.fixed] += weight * (m.xy - fitted)
        half = ((m.xx @ beta[..., None])[..., 0] * beta).sum(axis=1) - 2 * (m.xy * beta).sum(axis=1) + m.yy
        crossed = ((m.zy - (beta[:, None, :] @ m.xz)[:, 0]) * b[:, rows.random]).sum(axis=1)
        square = half - 2 * crossed + (m.zz * b_square[:, rows.random, rows.random]).sum(axis=(1, 2))
        _block(scores, layout.log_sigma, rows.log_sigma)[...] += (weight * square - m.rows)[:, None] * rows.residual
    for censored, moments in zip(arrays.interval, event.rows, strict=True):
        by_beta[:, censored.fixed] += (moments.by_mean[:, None, :] @ censored.x)[:, 0]
        by_factor[:, censored.random, :] += np.swapaxes(censored.z, 1, 2) @ moments.with_effects
        _block(scores, layout.log_sigma, censored.log_sigma)[...] += (moments.by_log_sigma[:, None, :] @ censored.residual)[:, 0]
        if censored.thresholds is not None:
            count = censored.thresholds.stop - censored.thresholds.start
            by_end = np.zeros((arrays.n, count + 2))
            for ends, derivative in ((censored.lower, moments.by_lower), (censored.upper, moments.by_upper)):
                for end in range(-1, count + 1):
                    by_end[:, end + 1] += (derivative * (censored.present & (ends == end))).sum(axis=1)
            own = parameters.threshold[censored.thresholds]
            _block(scores, layout.threshold, censored.thresholds)[...] += threshold_scores(own, by_end[:, 1:-1])
    _add_effect_scores(scores, by_beta, by_factor, effects, arrays, design)
    return scores


def _add_event_scores(
    scores: Array, sign: float, effects: PersonEffects, arrays: JointArrays, event: EventPart, design: JointDesign
) -> None:
    """Add the gradient of the event's part, times `sign`, to the scores."""
    layout = design.layout
    m, q = arrays.from_random.shape[1:]
    by_course, with_effects, surplus = np.zeros((arrays.n, m)), np.zeros((arrays.n, m, q)), np.zeros(arrays.n)
    for index, (part, moments, coded) in enumerate(zip(event.parts, event.causes, design.causes, strict=True)):
        across = np.swapaxes(part.course, 1, 2)
        by_course = by_course + (across @ moments.by_course[..., None])[..., 0]
        with_effects = with_effects + across @ moments.with_effects
        beyond = part.arrays.died - moments.expected
        surplus += beyond
        scores[:, layout.gamma(index)] += sign * beyond[:, None] * part.arrays.covariates
        scores[:, layout.alpha(index)] += sign * _association_scores(part, moments, coded)
        scores[:, layout.baseline(index)] += sign * _baseline_scores(part, moments, len(design.strata))
    by_beta = (by_course[:, None, :] @ arrays.from_fixed)[:, 0]
    by_factor = np.swapaxes(arrays.from_random, 1, 2) @ with_effects
    _add_effect_scores(scores, sign * by_beta, sign * by_factor, effects, arrays, design)
    scores[:, layout.scale] += sign * surplus[:, None] * arrays.scales.hazard * arrays.scales.covariates


def _add_effect_scores(
    scores: Array, by_beta: Array, by_factor: Array, effects: PersonEffects, arrays: JointArrays, design: JointDesign
) -> None:
    """From gradients by a person's own beta (n, p) and factor (n, q, q) to those by the shared ones and by the multipliers."""
    layout = design.layout
    scores[:, layout.beta] += by_beta * effects.fixed_scale
    lower = np.tril_indices(by_factor.shape[1])
    scores[:, layout.factor] += (by_factor * effects.random_scale[..., None])[:, lower[0], lower[1]]
    if layout.scale.stop > layout.scale.start:
        by_log_ratio = (by_beta * effects.beta) @ arrays.scales.fixed.T
        by_log_ratio += (by_factor * effects.factor).sum(axis=2) @ arrays.scales.random.T
        scores[:, layout.scale] += by_log_ratio * arrays.scales.covariates


def _association_scores(part: CausePart, moments: CauseMoments, coded: CauseDesign) -> Array:
    flat = moments.with_course.reshape(len(moments.expected), -1)
    courses = np.array([link.course for link in coded.association]).reshape(-1, flat.shape[1])
    return np.asarray(part.arrays.interactions * (flat @ courses.T), dtype=np.float64)


def _baseline_scores(part: CausePart, moments: CauseMoments, strata: int) -> Array:
    hazards = part.hazards
    ended = np.where(part.arrays.died[:, None] > 0, hazards.log_end_slope, 0.0)
    rate = hazards.slope_weight * moments.relative
    own = ended - (rate[:, None, :] @ hazards.slope_nodes)[:, 0]
    if strata <= 1:
        return own
    spread = np.zeros((len(own), strata, own.shape[1]))
    spread[np.arange(len(own)), part.arrays.stratum] = own
    return spread.reshape(len(own), -1)


def _block(scores: Array, block: slice, inside: slice) -> Array:
    """View of the columns of a part of a block."""
    return scores[:, block.start + inside.start : block.start + inside.stop]
