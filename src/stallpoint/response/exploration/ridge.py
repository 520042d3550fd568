"""Least squares with a penalty that leave-one-out errors choose: a regression that a few dozen people can carry.

Source: Golub, Heath & Wahba (1979), doi:10.1080/00401706.1979.10489751 (generalised cross-validation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Predict = Callable[[Array], Array]

PENALTIES = 10.0 ** np.arange(-3.0, 4.5, 0.5)
"""In units of the number of people: from next to none to one that leaves next to nothing of a slope."""


def fit_ridge(X: Array, y: Array) -> Predict:
    """A function from covariates (m, k) to predictions (m,), fitted to (n, k) and (n,); the mean is not penalised."""
    centre, scale = X.mean(axis=0), X.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    u, d, vt = np.linalg.svd((X - centre) / scale, full_matrices=False)
    mean = float(y.mean())
    along = u.T @ (y - mean)
    n = len(y)
    kept = d**2 / (d**2 + n * PENALTIES[:, None] + 1e-12)
    residual = ((y - mean) ** 2).sum() - (along**2).sum() + (((1 - kept) * along) ** 2).sum(axis=1)
    # The mean costs a degree of freedom too; with few people the cross-validated error must not be asked of a saturated fit.
    freedom = np.maximum(n - 1 - kept.sum(axis=1), 1e-6)
    best = int(np.argmin(residual / freedom**2))
    coefficients = vt.T @ (kept[best] / np.where(d > 1e-10, d, np.inf) * along) / scale
    return lambda new: np.asarray(mean + (new - centre) @ coefficients, dtype=np.float64)
