"""Standard errors that do not trust the model: the sandwich of observed information and the scores of people or clusters.

Sources: White (1982), doi:10.2307/1912526; Liang & Zeger (1986), doi:10.1093/biomet/73.1.13.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.likelihood import all_person_scores
from stallpoint.models.joint.summary import summarise

Array = npt.NDArray[np.float64]

FEWEST_CLUSTERS = 10
"""Below this the sandwich is far too narrow to be of use."""


def all_scores(fit: JointFit) -> Array:
    """Each person's weighted score (n, P) at the estimate, in the order of `fit.data.people`."""
    arrays = fit.data.arrays
    return arrays.weight[:, None] * all_person_scores(fit.theta, arrays, fit.design)[1]


def with_robust_errors(fit: JointFit, *, cluster: str | None = None) -> JointFit:
    """The same fit with the sandwich covariance.

    Args:
        fit: a fit.
        cluster: column of the events' frame whose levels are independent, as sites; by default people are.

    Raises:
        FitError: no such column, or too few clusters.
    """
    scores = all_scores(fit)
    if cluster is not None:
        if cluster not in fit.data.frame.columns:
            raise FitError(
                f"no column {cluster!r}", where="cluster", do=f"columns there are: {', '.join(fit.data.frame.columns)}"
            )
        labels = fit.data.frame[cluster].cast(pl.String).to_numpy()
        _, which = np.unique(labels, return_inverse=True)
        scores = np.stack([np.bincount(which, column) for column in scores.T], axis=-1)
    clusters = len(scores)
    if clusters < FEWEST_CLUSTERS:
        raise FitError(
            f"{clusters} clusters are too few for robust errors", where="cluster", do=f"have at least {FEWEST_CLUSTERS}"
        )
    middle = clusters / (clusters - 1) * scores.T @ scores
    covariance = fit.covariance @ middle @ fit.covariance
    return replace(fit, covariance=covariance, coefficients=summarise(fit.design, fit.theta, covariance))
