"""Tests between nested joint models: likelihood ratio, and score.

Source: Rao (1948), doi:10.1017/S0305004100023987.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import chi2

from stallpoint.core.errors import FitError
from stallpoint.models.joint.data import code_joint
from stallpoint.models.joint.fit import JointFit, build_objective, to_polars
from stallpoint.models.joint.prior import place_priors
from stallpoint.numerics.delta import jacobian


@dataclass(frozen=True)
class NestedTest:
    """A chi-squared statistic, its degrees of freedom and p-value; `terms` are those that the larger model has more."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    terms: tuple[str, ...]


def compare_fits(smaller: JointFit, larger: JointFit) -> NestedTest:
    """Likelihood-ratio test of two fits to the same people.

    The p-value is conservative where a term of the larger one is a variance, which cannot be negative.

    Raises:
        FitError: the fits are of different people or of the same size, one of them has priors or has not converged, or the larger
            one fits worse, which shows that it is not larger.
    """
    _check_alike(smaller, larger)
    degrees = len(larger.theta) - len(smaller.theta)
    statistic = 2 * (larger.log_likelihood - smaller.log_likelihood)
    if degrees <= 0 or statistic < -1e-3:
        raise FitError("the second fit does not contain the first", where="likelihood ratio", do="give the smaller model first")
    return _test(max(statistic, 0.0), degrees, _further_terms(smaller, larger.design.layout.names()))


def score_test(smaller: JointFit, visits: Any, events: Any, **further: str | Sequence[str] | Mapping[str, str]) -> NestedTest:
    """Test terms without fitting them: the gradient of the larger model at the smaller one's estimate.

    Args:
        smaller: a fit.
        visits: the frames of that fit.
        events: likewise.
        further: fields of the model that change, as association={"event": "value + slope"}.

    Raises:
        FitError: the larger model does not contain the smaller one's terms.
    """
    design, data = code_joint(replace(smaller.design.model, **further), to_polars(visits), to_polars(events))  # type: ignore[arg-type]
    names, own = design.layout.names(), smaller.design.layout.names()
    missing = [": ".join(name) for name in own if name not in names]
    if missing or len(names) == len(own):
        raise FitError("the larger model does not contain the smaller one", where="score test", rows=missing)
    theta = np.zeros(len(names))
    theta[[names.index(name) for name in own]] = smaller.theta
    objective = build_objective(design, data, place_priors({}, design.layout))
    gradient = objective(theta)[1]
    information = -jacobian(lambda x: objective(x)[1], theta)
    information = 0.5 * (information + information.T)
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        raise FitError("the information is not positive at the smaller fit", where="score test", do="fit both models") from None
    statistic = float(gradient @ np.linalg.solve(information, gradient))
    return _test(statistic, len(names) - len(own), _further_terms(smaller, names))


def _check_alike(one: JointFit, other: JointFit) -> None:
    if set(one.data.people) != set(other.data.people):
        raise FitError("the fits are of different people", where="likelihood ratio", do="fit both to the same frames")
    if any(fit.prior.precision.any() for fit in (one, other)):
        raise FitError("a fit with priors is no maximum of the likelihood", where="likelihood ratio", do="fit without priors")
    if not (one.converged and other.converged):
        raise FitError("a fit has not converged", where="likelihood ratio", do="see its checks")


def _further_terms(smaller: JointFit, names: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    own = set(smaller.design.layout.names())
    return tuple(": ".join(name) for name in names if name not in own)


def _test(statistic: float, degrees: int, terms: tuple[str, ...]) -> NestedTest:
    return NestedTest(statistic, degrees, float(chi2.sf(statistic, degrees)), terms)
