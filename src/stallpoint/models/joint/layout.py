"""Where each parameter of a joint model stands in the one vector that is optimised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Baseline = Literal["weibull", "piecewise"]


@dataclass(frozen=True)
class Layout:
    """Sizes and names. The vector is: beta, log sigma, Cholesky factor of D, gamma, alpha, baseline.

    The factor's diagonal is on the log scale, rows in order, so any real vector is a valid parameter.
    For `weibull` the last part is log shape; for `piecewise` it is the log hazard of each interval.
    """

    fixed: tuple[str, ...]
    random: tuple[str, ...]
    event: tuple[str, ...]
    baseline: Baseline
    intervals: int = 1

    @property
    def factor_size(self) -> int:
        """Number of free elements of the Cholesky factor of D."""
        return len(self.random) * (len(self.random) + 1) // 2

    @property
    def size(self) -> int:
        """Length of the parameter vector."""
        return int(self.baseline_slice.stop)

    @property
    def beta(self) -> slice:
        """Fixed effects of the repeated measures."""
        return slice(0, len(self.fixed))

    @property
    def log_sigma(self) -> int:
        """Log of the residual standard deviation."""
        return int(self.beta.stop)

    @property
    def factor(self) -> slice:
        """Cholesky factor of the random effects' covariance."""
        return slice(self.log_sigma + 1, self.log_sigma + 1 + self.factor_size)

    @property
    def gamma(self) -> slice:
        """Effects on the log hazard."""
        return slice(self.factor.stop, self.factor.stop + len(self.event))

    @property
    def alpha(self) -> int:
        """Association of the current value with the log hazard."""
        return int(self.gamma.stop)

    @property
    def baseline_slice(self) -> slice:
        """Baseline hazard."""
        return slice(self.alpha + 1, self.alpha + 1 + self.intervals)
