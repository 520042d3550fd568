"""What has no closed form: the event, and rows known only as intervals, averaged over Gaussian random effects.

Both are log-concave in the random effects and are integrated by adaptive quadrature: nodes are centred at the mode of each person's whole
integrand and scaled by its curvature there. The hazards see the random effects only through u = A v, the coefficients of few functions
of time, so the integral has the dimension of u where that is smaller than the number of random effects.

Sources: Pinheiro & Bates (1995), doi:10.1080/10618600.1995.10474663 (adaptive quadrature); Crowther, Andersson, Lambert, Abrams &
Humphreys (2016), doi:10.1002/sim.6779 (delayed entry).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.arrays import CauseArrays, Integers, IntervalRows, JointArrays, take_people
from stallpoint.models.joint.baseline.placed import BaselineHazard, Hazards
from stallpoint.models.joint.design import CauseDesign, JointDesign
from stallpoint.models.joint.interval import IntervalTerms, interval_ends, interval_terms
from stallpoint.models.joint.measures import Posterior
from stallpoint.models.joint.parameters import CauseParameters, Parameters, PersonEffects

Array = npt.NDArray[np.float64]
Rule = Callable[[int], tuple[Array, Array]]
"""Points (K, r) and weights (K,) of a rule for the standard normal in r dimensions."""

MODE_STEPS = 12
MODE_BOUND = 1e-4
"""The search for the modes stops when no step exceeds this. The mode only places the nodes, so it need not be exact."""

LONGEST_STEP = 4.0
"""Newton's steps are cut to this length, in standard deviations of the random effects."""


class CausePart(NamedTuple):
    """One cause as a function of the integrated vector x: shift of the log hazard (n,), the courses' map (n or 1, m0, m), and u as its mean
    (n, m0) and root (n, m0, r), u = mean + root x.
    """

    arrays: CauseArrays
    hazards: Hazards
    log_shift: Array
    course: Array
    mean: Array
    root: Array


class RowsPart(NamedTuple):
    """The M interval rows that are there: whose (M,), in ascending order; latent mean (M,) and root (M, r) in x, ends and sigma (M,)."""

    rows: IntervalRows
    person: Integers
    mean: Array
    root: Array
    lower: Array
    upper: Array
    sigma: Array


class CauseMoments(NamedTuple):
    """Averages: cumulative hazard (n,), relative hazard at the nodes (n, J); the gradient of the log density by u (n, m0), and its products
    with e (n, m0, q) and with v (n, m0, m).
    """

    expected: Array
    relative: Array
    by_course: Array
    with_effects: Array
    with_course: Array


class RowsMoments(NamedTuple):
    """Averages over the random effects of the derivatives of interval rows, (n, R), and of that by the mean times e, (n, R, q)."""

    by_mean: Array
    with_effects: Array
    by_log_sigma: Array
    by_lower: Array
    by_upper: Array


class EventPart(NamedTuple):
    """log_value (n,), mean (n, q) and second moment (n, q, q) of e given everything, and what the gradients need."""

    log_value: Array
    effects: Array
    effects_square: Array
    parts: tuple[CausePart, ...]
    causes: tuple[CauseMoments, ...]
    rows: tuple[RowsMoments, ...]


class _Integral(NamedTuple):
    log_value: Array
    points: Array
    share: Array
    relative: tuple[Array, ...]
    terms: tuple[IntervalTerms, ...]


def integrate_event(
    parameters: Parameters,
    effects: PersonEffects,
    posterior: Posterior,
    arrays: JointArrays,
    causes: tuple[CauseArrays, ...],
    interval: tuple[IntervalRows, ...],
    design: JointDesign,
    rule: Rule,
) -> EventPart:
    """Average the causes' densities and the interval rows' probabilities over e ~ N(mean, root root') of `posterior`."""
    mean = (effects.factor @ posterior.mean[..., None])[..., 0]
    root = effects.factor @ posterior.root
    course_mean = ((arrays.from_fixed @ effects.beta[..., None]) + (arrays.from_random @ mean[..., None]))[..., 0]
    course_root = arrays.from_random @ root
    parts = tuple(
        _cause_part(cause, own, coded, effects.log_hazard, course_mean, course_root)
        for cause, own, coded in zip(causes, parameters.causes, design.causes, strict=True)
    )
    rows = tuple(_rows_part(one, parameters, effects, mean, root) for one in interval)
    turn = None if rows else _fewer_dimensions(parts, root.shape[2])
    if turn is not None:
        parts, course_root = _turned(parts, turn), course_root @ turn
    along = posterior.root if turn is None else posterior.root @ turn
    found = _integrate(parts, rows, along.shape[2], rule)
    return _moments(found, posterior, along, parts, rows, course_mean, course_root)


def evaluate_hazards(baseline: BaselineHazard, parameters: Array, cause: CauseArrays) -> Hazards:
    """The baseline hazard, each stratum with its own parameters (S, B)."""
    if len(parameters) == 1:
        return baseline.evaluate(parameters[0], cause.placed)
    out: list[Array] = []
    for stratum in range(len(parameters)):
        rows = np.flatnonzero(cause.stratum == stratum)
        own = baseline.evaluate(parameters[stratum], take_people(cause.placed, rows))
        out = out or [np.zeros((len(cause.died), *part.shape[1:])) for part in own]
        for whole, part in zip(out, own, strict=True):
            whole[rows] = part
    return Hazards(*out)


def _cause_part(
    cause: CauseArrays, own: CauseParameters, coded: CauseDesign, log_hazard: Array, course_mean: Array, course_root: Array
) -> CausePart:
    courses = np.array([link.course for link in coded.association]).reshape(-1, cause.basis_end.shape[1], course_mean.shape[1])
    if any(link.covariate for link in coded.association):
        course = np.tensordot(cause.interactions * own.alpha, courses, axes=1)
    else:
        course = np.tensordot(own.alpha, courses, axes=1)[None]
    return CausePart(
        arrays=cause,
        hazards=evaluate_hazards(coded.baseline, own.baseline, cause),
        log_shift=cause.covariates @ own.gamma + log_hazard,
        course=course,
        mean=(course @ course_mean[..., None])[..., 0],
        root=course @ course_root,
    )


def _rows_part(rows: IntervalRows, parameters: Parameters, effects: PersonEffects, mean: Array, root: Array) -> RowsPart:
    latent = (rows.x @ effects.beta[:, rows.fixed, None])[..., 0] + (rows.z @ mean[:, rows.random, None])[..., 0]
    across = (rows.z @ root[:, rows.random, :])[rows.present]
    return RowsPart(rows, np.nonzero(rows.present)[0], latent[rows.present], across, *interval_ends(rows, parameters))


def _fewer_dimensions(parts: tuple[CausePart, ...], size: int) -> Array | None:
    """Orthonormal directions (n, q, r) in which the hazards vary, where they are fewer than the random effects."""
    if sum(part.root.shape[1] for part in parts) >= size:
        return None
    stacked = np.concatenate([part.root for part in parts], axis=1)
    return np.asarray(np.linalg.qr(np.swapaxes(stacked, 1, 2))[0], dtype=np.float64)


def _turned(parts: tuple[CausePart, ...], turn: Array) -> tuple[CausePart, ...]:
    return tuple(part._replace(root=part.root @ turn) for part in parts)


def _integrate(parts: tuple[CausePart, ...], rows: tuple[RowsPart, ...], size: int, rule: Rule) -> _Integral:
    mode, scale, log_scale = _place_nodes(parts, rows, size)
    grid, weights = rule(size)
    points = mode[:, None, :] + grid @ np.swapaxes(scale, 1, 2)
    log_terms = log_scale[:, None] + 0.5 * (grid**2).sum(axis=1) - 0.5 * (points**2).sum(axis=2)
    relative, row_terms = [], []
    for part in parts:
        log_density, rates = _log_density(part, points)
        log_terms += log_density
        relative.append(rates)
    for row in rows:
        latent = row.mean[:, None] + (points[row.person] @ row.root[..., None])[..., 0]
        terms_of_row = interval_terms(latent, row.lower, row.upper, row.sigma)
        log_terms += _sum_by_person(terms_of_row.log_value, row.person, len(mode))
        row_terms.append(terms_of_row)
    largest = log_terms.max(axis=1, keepdims=True)
    terms = weights * np.exp(log_terms - largest)
    total = terms.sum(axis=1, keepdims=True)
    return _Integral(largest[:, 0] + np.log(total[:, 0]), points, terms / total, tuple(relative), tuple(row_terms))


def _log_density(part: CausePart, points: Array) -> tuple[Array, Array]:
    """Log density of one cause at the nodes (n, K), and the relative hazards there (n, K, J)."""
    cause = part.arrays
    u = part.mean[:, None, :] + points @ np.swapaxes(part.root, 1, 2)
    relative = u @ np.swapaxes(cause.basis_nodes, 1, 2)
    relative += part.log_shift[:, None, None]
    np.exp(relative, out=relative)
    cumulative = (relative @ part.hazards.weight[..., None])[..., 0]
    log_end = np.where(cause.died > 0, part.hazards.log_end + part.log_shift, 0.0)
    at_end = (u @ cause.basis_end[..., None])[..., 0]
    return log_end[:, None] + cause.died[:, None] * at_end - cumulative, relative


def _place_nodes(parts: tuple[CausePart, ...], rows: tuple[RowsPart, ...], size: int) -> tuple[Array, Array, Array]:
    """Mode (n, r) of each person's log integrand; a square root (n, r, r) of its inverse curvature; log determinant of that."""
    n = len(parts[0].mean)
    mode, eye = np.zeros((n, size)), np.eye(size)
    for _ in range(MODE_STEPS):
        gradient, curvature = -mode, np.broadcast_to(eye, (n, size, size))
        for part in parts:
            by_u, across = _slope_and_curvature(part, mode)
            turned = np.swapaxes(part.root, 1, 2)
            gradient = gradient + (turned @ by_u[..., None])[..., 0]
            curvature = curvature + turned @ across @ part.root
        for row in rows:
            latent = row.mean + (row.root * mode[row.person]).sum(axis=1)
            terms_of_row = interval_terms(latent[:, None], row.lower, row.upper, row.sigma)
            gradient = gradient + _sum_by_person(terms_of_row.by_mean * row.root, row.person, n)
            across = (terms_of_row.by_mean_twice * row.root)[:, :, None] * row.root[:, None, :]
            curvature = curvature - _sum_by_person(across, row.person, n)
        step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
        length = np.sqrt((step**2).sum(axis=1))
        if not length.max() > MODE_BOUND:
            break
        mode = mode + step * np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-300))[:, None]
    root = np.linalg.cholesky(curvature)
    log_scale = -np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return mode, np.swapaxes(np.linalg.inv(root), 1, 2), log_scale


def _sum_by_person(values: Array, person: Integers, n: int) -> Array:
    """Sums (n, ...) of the values (M, ...) of each person's rows."""
    out = np.zeros((n, *values.shape[1:]))
    whose, first = np.unique(person, return_index=True)
    if len(whose):
        out[whose] = np.add.reduceat(values, first, axis=0)
    return out


def _slope_and_curvature(part: CausePart, point: Array) -> tuple[Array, Array]:
    """Gradient (n, m0) of a cause's log density by u, and minus its second derivative (n, m0, m0)."""
    cause = part.arrays
    u = part.mean + (part.root @ point[..., None])[..., 0]
    rate = part.hazards.weight * np.exp((cause.basis_nodes @ u[..., None])[..., 0] + part.log_shift[:, None])
    weighted = np.swapaxes(cause.basis_nodes * rate[..., None], 1, 2)
    return cause.died[:, None] * cause.basis_end - weighted.sum(axis=2), weighted @ cause.basis_nodes


def _moments(
    found: _Integral,
    posterior: Posterior,
    along: Array,
    parts: tuple[CausePart, ...],
    rows: tuple[RowsPart, ...],
    course_mean: Array,
    course_root: Array,
) -> EventPart:
    weighted = np.concatenate([found.share[..., None], found.share[..., None] * found.points], axis=2)
    mean_x = weighted[..., 1:].sum(axis=1)
    square_x = np.swapaxes(weighted[..., 1:], 1, 2) @ found.points
    moved = (along @ mean_x[..., None])[..., 0]
    spread = posterior.covariance + along @ (square_x - np.eye(along.shape[2])) @ np.swapaxes(along, 1, 2)
    crossed = posterior.mean[:, :, None] * moved[:, None, :]
    square = spread + crossed + np.swapaxes(crossed, 1, 2) + posterior.mean[:, :, None] * posterior.mean[:, None, :]
    causes = tuple(
        _cause_moments(part, relative, weighted, mean_x, posterior.mean, along, course_mean, course_root)
        for part, relative in zip(parts, found.relative, strict=True)
    )
    return EventPart(
        found.log_value,
        posterior.mean + moved,
        square,
        parts,
        causes,
        tuple(_rows_moments(row, terms, weighted, posterior.mean, along) for row, terms in zip(rows, found.terms, strict=True)),
    )


def _cause_moments(
    part: CausePart,
    relative: Array,
    weighted: Array,
    mean_x: Array,
    effects_mean: Array,
    along: Array,
    course_mean: Array,
    course_root: Array,
) -> CauseMoments:
    cause = part.arrays
    averaged = np.swapaxes(relative, 1, 2) @ weighted
    rates = part.hazards.weight[..., None] * averaged
    pulled = np.swapaxes(cause.basis_nodes, 1, 2) @ rates
    at_end = cause.died[:, None] * cause.basis_end
    by_course = at_end - pulled[..., 0]
    with_x = at_end[:, :, None] * mean_x[:, None, :] - pulled[..., 1:]
    return CauseMoments(
        expected=rates[..., 0].sum(axis=1),
        relative=averaged[..., 0],
        by_course=by_course,
        with_effects=by_course[:, :, None] * effects_mean[:, None, :] + with_x @ np.swapaxes(along, 1, 2),
        with_course=by_course[:, :, None] * course_mean[:, None, :] + with_x @ np.swapaxes(course_root, 1, 2),
    )


def _rows_moments(row: RowsPart, terms: IntervalTerms, weighted: Array, effects_mean: Array, along: Array) -> RowsMoments:
    weighted = weighted[row.person]
    by_mean = (terms.by_mean[:, None, :] @ weighted)[:, 0]
    first, with_x = by_mean[:, :1], by_mean[:, None, 1:]
    with_effects = first * effects_mean[row.person] + (with_x @ np.swapaxes(along, 1, 2)[row.person])[:, 0]
    averages = [(weighted[..., 0] * part).sum(axis=1) for part in (terms.by_log_sigma, terms.by_lower, terms.by_upper)]
    return RowsMoments(*(_spread(part, row.rows.present) for part in (first[:, 0], with_effects, *averages)))


def _spread(values: Array, present: npt.NDArray[np.bool_]) -> Array:
    """Values (M, ...) of the rows that are there, in their places (n, R, ...)."""
    out = np.zeros((*present.shape, *values.shape[1:]))
    out[present] = values
    return out
