"""How far a point lies from a cloud whose variables go together (probabilistic principal components, Tipping and Bishop 1999).

Along the leading components distance counts in their own standard deviations, across all others in one common one, so a point is far
where it breaks how variables go together as well as where it is extreme.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PrincipalSpread:
    """`directions` (components, variables) of length 1, their `variances`, and the `common` variance of all other directions."""

    directions: np.ndarray
    variances: np.ndarray
    common: float


def fit_principal_spread(residuals: np.ndarray, *, components: int) -> PrincipalSpread:
    """The spread of residuals around their centres.

    Args:
        residuals: (points, variables).
        components: how many directions have a variance of their own; fewer than points and variables.
    """
    n, variables = residuals.shape
    _, lengths, directions = np.linalg.svd(residuals, full_matrices=False)
    variances = lengths**2 / n
    common = variances[components:].sum() / (variables - components)
    return PrincipalSpread(directions[:components], np.maximum(variances[:components], common), float(common))


def distance_in_spread(spread: PrincipalSpread, residuals: np.ndarray) -> np.ndarray:
    """Root mean square of a residual in standard deviations, (points,); about 1 for points of the cloud."""
    along = residuals @ spread.directions.T
    across = (residuals**2).sum(axis=1) - (along**2).sum(axis=1)
    squared = (along**2 / spread.variances).sum(axis=1) + across / spread.common
    distance: np.ndarray = np.sqrt(np.maximum(squared, 0) / residuals.shape[1])
    return distance
