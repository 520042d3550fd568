"""Dynamic prediction: what the history of one person says of events and of the measure to come, as the history grows.

pi(t | s) = Pr(T > t | T > s, y until s), averaged over the person's random effects given that history, and over the uncertainty of the
parameters where draws are asked for.

Source: Rizopoulos (2011), doi:10.1111/j.1541-0420.2010.01546.x.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.formulas import require_columns
from stallpoint.models.joint.arrays import JointArrays
from stallpoint.models.joint.data import build_arrays, cause_arrays
from stallpoint.models.joint.event import integrate_event
from stallpoint.models.joint.fit import JointFit, to_polars
from stallpoint.models.joint.likelihood import person_scores, rule_for
from stallpoint.models.joint.measures import posterior_given_measures
from stallpoint.models.joint.parameters import person_effects, unpack
from stallpoint.models.joint.predict import incidence_nodes
from stallpoint.models.joint.trajectory import design_at

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DynamicPrediction:
    """For people known to be free of events at a landmark (n,) each: people, and values of shape (n, m) at times (n, m).

    `value` is at the estimate; low and high (95%) come from draws of the parameters, and are not-a-number without draws.
    """

    people: tuple[str, ...]
    landmark: Array
    times: Array
    value: Array
    low: Array
    high: Array


def predict_person_survival(
    fit: JointFit,
    visits: Any,
    people: Any,
    *,
    landmark: npt.ArrayLike,
    times: Array,
    draws: int = 0,
    rng: np.random.Generator | None = None,
) -> DynamicPrediction:
    """Probability of no event until each time, given no event until the landmark and the measures until then.

    Args:
        fit: the fitted model, of these people or of others.
        visits: rows with the group, time, covariates and measures; those after the landmark are not looked at.
        people: one row per person with the group and covariates. People without a visit until the landmark are predicted from those.
        landmark: time until which each is known to be free of events; one for all, or one each (n,), as months since a first visit.
        times: times after the landmark, (m,) for all or (n, m).
        draws: draws of the parameters from their normal approximation, for the intervals.
        rng: source of randomness for the draws.

    Raises:
        FitError: columns are absent or missing, or a time is not after the landmark.
    """
    known, frame, begin, when = _known(fit, visits, people, landmark, times)
    until, *ends = [_followed(fit, known, frame, time, None) for time in (begin, *when.T)]

    def survival(theta: Array) -> Array:
        start = person_scores(theta, until, fit.design)[0]
        return np.exp(np.stack([person_scores(theta, end, fit.design)[0] - start for end in ends], axis=1))

    return _with_draws(fit, frame, begin, when, survival, draws, rng)


def predict_person_incidence(
    fit: JointFit,
    visits: Any,
    people: Any,
    *,
    landmark: npt.ArrayLike,
    times: Array,
    cause: str,
    draws: int = 0,
    rng: np.random.Generator | None = None,
) -> DynamicPrediction:
    """Probability that the event of one cause comes until each time, where several compete; see `predict_person_survival`."""
    names = [coded.name for coded in fit.design.causes]
    if cause not in names:
        raise FitError(f"no cause {cause!r}", where="joint model", do=f"use one of {', '.join(names)}")
    known, frame, begin, when = _known(fit, visits, people, landmark, times)
    until = _followed(fit, known, frame, begin, None)
    rules = [incidence_nodes(fit.design, begin, time) for time in when.T]
    ends = [[_followed(fit, known, frame, point, names.index(cause)) for point in points.T] for points, _ in rules]

    def incidence(theta: Array) -> Array:
        start = person_scores(theta, until, fit.design)[0]
        columns = [
            (weights.T * np.exp([person_scores(theta, at, fit.design)[0] - start for at in row])).sum(axis=0)
            for row, (_, weights) in zip(ends, rules, strict=True)
        ]
        return np.stack(columns, axis=1)

    return _with_draws(fit, frame, begin, when, incidence, draws, rng)


def predict_person_course(
    fit: JointFit,
    visits: Any,
    people: Any,
    *,
    landmark: npt.ArrayLike,
    times: Array,
    outcome: int = 0,
    draws: int = 0,
    rng: np.random.Generator | None = None,
) -> DynamicPrediction:
    """Expected latent value of a measure at each time, given the same; as it would go on if the person lived."""
    known, frame, begin, when = _known(fit, visits, people, landmark, times)
    coded, design = fit.design.outcomes[outcome], fit.design
    columns = design_at(coded.design, design.time, frame, when)
    q = len(coded.design.random.names)
    x, z = coded.fixed_columns(columns[..., q:]), columns[..., :q]
    arrays = _followed(fit, known, frame, begin, None)

    def course(theta: Array) -> Array:
        parameters = unpack(theta, design.layout, len(design.strata))
        effects = person_effects(parameters, arrays.scales)
        posterior = posterior_given_measures(parameters, effects, arrays)
        event = integrate_event(parameters, effects, posterior, arrays, arrays.causes, arrays.interval, design, rule_for(arrays))
        b = (effects.factor @ event.effects[..., None])[..., 0]
        return (x @ effects.beta[:, coded.fixed, None] + z @ b[:, coded.random, None])[..., 0]

    return _with_draws(fit, frame, begin, when, course, draws, rng)


def _known(
    fit: JointFit, visits: Any, people: Any, landmark: npt.ArrayLike, times: Array
) -> tuple[JointArrays, pl.DataFrame, Array, Array]:
    """Arrays of the histories until the landmarks, without any follow-up; the people's frame, landmarks (n,) and times (n, m)."""
    design = fit.design
    frame, seen = to_polars(people), to_polars(visits)
    require_columns(frame, (design.group, *sorted(design.covariates)), where="people")
    begin, when = _each(frame.height, landmark, times)
    frame = frame.with_columns(pl.col(design.group).cast(pl.String))
    own = frame.select(design.group, pl.Series("_landmark", begin))
    seen = seen.with_columns(pl.col(design.group).cast(pl.String)).join(own, on=design.group, maintain_order="left")
    seen = seen.filter(pl.col(design.time) <= pl.col("_landmark")).drop("_landmark")
    # Conditioning on the landmark makes an earlier entry say nothing more, so entries are left out.
    plain = replace(design, model=replace(design.model, entry=None, weights=None))
    ends = tuple((np.maximum(begin, 1e-12), np.zeros(frame.height)) for _ in design.causes)
    return build_arrays(plain, seen, frame, follow_up=ends), frame, begin, when


def _each(people: int, landmark: npt.ArrayLike, times: npt.ArrayLike) -> tuple[Array, Array]:
    """Everyone's own landmark and times."""
    try:
        begin = np.broadcast_to(np.asarray(landmark, dtype=np.float64), (people,))
        asked = np.asarray(times, dtype=np.float64)
        when = np.broadcast_to(asked, (people, asked.shape[-1]))
    except (ValueError, IndexError):
        raise FitError(
            f"landmark and times do not fit {people} people", where="dynamic prediction", do="give one row for all, or one each"
        ) from None
    if not (when > begin[:, None]).all():
        late = [f"{time:g}" for time in np.unique(when[~(when > begin[:, None])])]
        raise FitError("a time is not after the landmark", where="dynamic prediction", rows=late)
    return begin, when


def _followed(fit: JointFit, known: JointArrays, frame: pl.DataFrame, end: Array, cause: int | None) -> JointArrays:
    """The histories, survival until `end` (n,), and the event of a cause there if one is given."""
    causes = tuple(
        cause_arrays(fit.design, coded, frame, end, np.full(frame.height, float(index == cause)))
        for index, coded in enumerate(fit.design.causes)
    )
    return replace(known, causes=causes)


def _with_draws(
    fit: JointFit,
    frame: pl.DataFrame,
    landmark: Array,
    times: Array,
    values: Any,
    draws: int,
    rng: np.random.Generator | None,
) -> DynamicPrediction:
    at_estimate = values(fit.theta)
    low = high = np.full_like(at_estimate, np.nan)
    if draws:
        if rng is None:
            raise FitError("draws need a generator", where="dynamic prediction", do="give rng=numpy.random.default_rng(seed)")
        factor = np.linalg.cholesky(fit.covariance)
        drawn = np.array([values(fit.theta + factor @ rng.standard_normal(len(fit.theta))) for _ in range(draws)])
        low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    people = tuple(str(person) for person in frame[fit.design.group])
    return DynamicPrediction(people, landmark, times, at_estimate, low, high)
