"""Where the search for a joint model's maximum begins: the mixed model of each measure, and constant hazards that depend on nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.models.joint.data import JointData
from stallpoint.models.joint.design import JointDesign
from stallpoint.models.joint.outcomes import OutcomeDesign
from stallpoint.models.longitudinal import sum_moments
from stallpoint.models.mixed import fit_mixed_moments

Array = npt.NDArray[np.float64]

SMALLEST_SHARE = 0.01
"""Random effects start with at least this share of the variance they have been given, so that none starts at a standstill at 0."""


def find_start(design: JointDesign, data: JointData, visits: pl.DataFrame) -> Array:
    """A parameter vector to start from."""
    layout = design.layout
    theta = np.zeros(layout.size)
    covariance = np.zeros((len(layout.random), len(layout.random)))
    for outcome in design.outcomes:
        own = slice(outcome.random.start, outcome.random.stop)
        if outcome.levels:
            covariance[own, own] = _ordinal_spread(outcome, visits)
            block = layout.threshold
            place = slice(block.start + outcome.thresholds.start, block.start + outcome.thresholds.stop)  # type: ignore[union-attr]
            theta[place] = _marginal_thresholds(outcome, visits)
            continue
        moments = sum_moments(outcome.design, outcome.measured(visits), people=data.people)
        mixed = fit_mixed_moments(moments, outcome.fixed_names, outcome.design.random.names, method="ml")
        theta[layout.beta][outcome.fixed] = mixed.coefficients["estimate"].to_numpy()
        theta[layout.log_sigma.start + outcome.log_sigma.start] = np.log(mixed.sigma)
        smallest = (SMALLEST_SHARE * mixed.sigma) ** 2 / np.maximum(_mean_square(outcome, visits), 1e-300)
        covariance[own, own] = mixed.random_covariance + np.diag(SMALLEST_SHARE * np.diag(mixed.random_covariance) + smallest)
    theta[layout.factor] = np.linalg.cholesky(covariance)[np.tril_indices(len(covariance))]
    for index, (cause, arrays) in enumerate(zip(design.causes, data.arrays.causes, strict=True)):
        log_rate = float(np.log(arrays.died.sum() / arrays.placed.end.sum()))
        theta[layout.baseline(index)] = np.tile(cause.baseline.start(log_rate), max(len(design.strata), 1))
        if "Intercept" in cause.covariates.names:
            theta[layout.gamma(index).start + cause.covariates.names.index("Intercept")] = log_rate
    return theta


def _mean_square(outcome: OutcomeDesign, visits: pl.DataFrame) -> Array:
    """Mean square (q,) of each random column."""
    return np.asarray((outcome.design.random.matrix(outcome.measured(visits)) ** 2).mean(axis=0), dtype=np.float64)


def _ordinal_spread(outcome: OutcomeDesign, visits: pl.DataFrame) -> Array:
    """A latent variance of the size of the residual's, spread evenly over the random columns."""
    squares = np.maximum(_mean_square(outcome, visits), 1e-300)
    return np.diag(1 / (squares * len(squares)))


def _marginal_thresholds(outcome: OutcomeDesign, visits: pl.DataFrame) -> Array:
    """First threshold and log steps that give each level its share of the rows, with a latent variance of 2."""
    values = outcome.measured(visits)[outcome.response].cast(pl.Float64).to_numpy()
    below = np.array([(values <= level).mean() for level in outcome.levels[:-1]])
    cuts = np.sqrt(2) * norm.ppf(below)
    return np.concatenate([cuts[:1], np.log(np.maximum(np.diff(cuts), 1e-3))])
