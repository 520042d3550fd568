"""What is known beforehand about single coefficients: normal priors that are added to the log-likelihood (maximum a posteriori)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import FitError
from stallpoint.core.nearest import ask_nearest
from stallpoint.models.joint.layout import Layout

Array = npt.NDArray[np.float64]
Priors = Mapping[tuple[str, str], "Normal"]
"""(part, term) of a coefficient to its prior, as in ("association", "value"): Normal(0, 0.2)."""


@dataclass(frozen=True)
class Normal:
    """A normal distribution; `sd` is its standard deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not self.sd > 0:
            raise FitError(f"a prior's standard deviation is {self.sd}", where="prior", do="give one above 0")


@dataclass(frozen=True)
class PriorArrays:
    """Means and precisions (P,) of the parameters; precision 0 where nothing is known."""

    mean: Array
    precision: Array

    def log_density(self, theta: Array) -> tuple[float, Array]:
        """Log density up to a constant of the missing priors, and its gradient."""
        away = theta - self.mean
        known = self.precision[self.precision > 0]
        constant = 0.5 * (np.log(known) - np.log(2 * np.pi)).sum()
        return float(constant - 0.5 * self.precision @ away**2), -self.precision * away


def place_priors(priors: Priors, layout: Layout) -> PriorArrays:
    """Priors to the places of their coefficients.

    Raises:
        FitError: a prior names no coefficient, or one whose scale in the vector is not the scale it is read on.
    """
    names = layout.names()
    mean, precision = np.zeros(layout.size), np.zeros(layout.size)
    for key, prior in priors.items():
        if key not in names or key[0] in ("random", "residual", "threshold"):
            known = [f"{part}: {term}" for part, term in names if part not in ("random", "residual", "threshold")]
            raise FitError(
                f"no coefficient {': '.join(key)!r} can have a prior", where="prior", do=ask_nearest(": ".join(key), known)
            )
        mean[names.index(key)], precision[names.index(key)] = prior.mean, prior.sd**-2
    return PriorArrays(mean, precision)
