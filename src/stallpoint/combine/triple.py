"""Three drugs together: the surface, and what it does beyond independent action and beyond the strongest drug, with bands.

No verdict is made of three: Loewe's reference of three drugs is not computed, and synergy is announced only against both references.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.combine.hill import log_dose
from stallpoint.combine.measure import Measure, measure_mean
from stallpoint.combine.musyc_three import PARAMETERS, fit_musyc_three, musyc_three_levels, refit_musyc_three
from stallpoint.core.dose_matrix import DoseMatrix
from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]

REPEATS = 40
LEAST_SPARE = 12


class TripleError(FitError):
    """A matrix to which no surface of three drugs can be fitted."""


@dataclass(frozen=True)
class TripleFit:
    """The surface (23,) of three drugs with its refits (r, 23), its residual spread, and mean excesses over the wells with all three."""

    matrix: DoseMatrix
    musyc: Array
    musyc_refits: Array
    residual_sd: float
    means: tuple[Measure, ...]


def fit_triple(matrix: DoseMatrix, *, rng: np.random.Generator, repeats: int = REPEATS) -> TripleFit:
    """Fit the surface of three drugs.

    Args:
        matrix: wells of three drugs, each alone among them.
        rng: of the refits.
        repeats: refits behind the bands.

    Raises:
        TripleError: not three drugs, or too few wells.
    """
    count = len(matrix.left)
    if len(matrix.drugs) != 3 or count < PARAMETERS + LEAST_SPARE:
        what = f"{len(matrix.drugs)} drugs in {count} wells are too few for a surface of three with {PARAMETERS} parameters"
        raise TripleError(what, where=matrix.name, do=f"give three drugs in at least {PARAMETERS + LEAST_SPARE} wells")
    fit = fit_musyc_three(matrix.doses, matrix.left)
    fitted = musyc_three_levels(fit.theta, log_dose(matrix.doses.T))[0]
    residual = (matrix.left - fitted[0]) * np.sqrt(count / (count - PARAMETERS))
    residual = residual - residual.mean()
    remade = fitted + residual[rng.integers(0, count, (repeats, count))]
    refits = refit_musyc_three(matrix.doses, remade, fit.theta[0])
    estimate, drawn = _excesses(matrix, fit.theta), _excesses(matrix, refits)
    labels = {"bliss": "beyond independent action (Bliss)", "hsa": "beyond the strongest drug alone (HSA)"}
    means = tuple(
        measure_mean(name, label, float(estimate[name][0]), drawn[name], freedom=count - PARAMETERS)
        for name, label in labels.items()
    )
    return TripleFit(matrix, fit.theta[0], refits, float(np.sqrt(fit.cost[0] / (count - PARAMETERS))), means)


def _excesses(matrix: DoseMatrix, theta: Array) -> dict[str, Array]:
    """Mean excess (m,) of fitted surfaces over both references in the wells with all three drugs."""
    doses = matrix.doses[matrix.together]
    level = theta[:, :1]
    alone = [musyc_three_levels(theta, log_dose((doses * np.eye(3)[drug]).T))[0] / level for drug in range(3)]
    left = musyc_three_levels(theta, log_dose(doses.T))[0] / level
    return {
        "bliss": (alone[0] * alone[1] * alone[2] - left).mean(axis=1),
        "hsa": (np.min(alone, axis=0) - left).mean(axis=1),
    }
