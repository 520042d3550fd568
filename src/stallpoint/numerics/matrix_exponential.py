"""The exponential of small matrices, triangular ones with nearly equal eigenvalues included.

scipy's own scaling treats triangular matrices by differences of exponentials over differences of eigenvalues, which lose four digits of
seven where these are 1e-7 apart, and more where they are closer. So matrices are scaled before it sees them, and squared here.

Source: Moler & Van Loan (2003), doi:10.1137/S00361445024180, method 3.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import expm

Array = npt.NDArray[np.float64]

UNSCALED = 1.0
"""Matrices of a 1-norm up to this are not scaled by scipy."""


def matrix_exponential(matrices: Array) -> Array:
    """Exp of matrices (..., s, s)."""
    norm = np.abs(matrices).sum(axis=-2).max(axis=-1)
    halvings = np.ceil(np.log2(np.maximum(norm / UNSCALED, 1.0))).astype(np.int64)
    found = np.asarray(expm(matrices / 2.0 ** halvings[..., None, None]), dtype=np.float64)
    for squared in range(int(halvings.max(initial=0))):
        found = np.where((halvings > squared)[..., None, None], np.matmul(found, found), found)
    return found
