"""Where each parameter of a joint model stands in the one vector that is optimised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CauseLayout:
    """One cause of the event: terms of the hazard, of the association, and parameters of the baseline (for each stratum in turn)."""

    name: str
    event: tuple[str, ...]
    association: tuple[str, ...]
    baseline: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Sizes and names. The vector is: beta, log sigma, Cholesky factor of D, scales, thresholds, and for each cause gamma, alpha, baseline.

    `log_sigma` has one entry per term of the residual's formula, for each measure. The factor's rows stand in order; its diagonal may
    have either sign, since D is the same, so that a variance of 0 lies inside the space and not at its edge.
    `scales` are log ratios that multiply columns of the measures' designs. `thresholds` are those of ordinal measures: the first,
    then logarithms of the steps to the next.
    """

    fixed: tuple[str, ...]
    random: tuple[str, ...]
    residual: tuple[str, ...]
    scales: tuple[str, ...]
    thresholds: tuple[str, ...]
    causes: tuple[CauseLayout, ...]

    @property
    def size(self) -> int:
        """Length of the parameter vector."""
        return sum(self._sizes())

    @property
    def beta(self) -> slice:
        """Fixed effects of the repeated measures."""
        return self._block(0)

    @property
    def log_sigma(self) -> slice:
        """Log residual standard deviations."""
        return self._block(1)

    @property
    def factor(self) -> slice:
        """Cholesky factor of the random effects' covariance."""
        return self._block(2)

    @property
    def scale(self) -> slice:
        """Log ratios that scale columns of the designs."""
        return self._block(3)

    @property
    def threshold(self) -> slice:
        """Thresholds of ordinal measures."""
        return self._block(4)

    def gamma(self, cause: int = 0) -> slice:
        """Effects on the log hazard of a cause."""
        return self._block(5 + 3 * cause)

    def alpha(self, cause: int = 0) -> slice:
        """Association of the measures with the log hazard of a cause."""
        return self._block(6 + 3 * cause)

    def baseline(self, cause: int = 0) -> slice:
        """Baseline hazard of a cause."""
        return self._block(7 + 3 * cause)

    def names(self) -> tuple[tuple[str, str], ...]:
        """Part and term of each entry of the vector."""
        pairs = [f"factor({self.random[i]},{self.random[j]})" for i, j in zip(*np.tril_indices(len(self.random)), strict=True)]
        return (
            *_named("longitudinal", self.fixed),
            *_named("residual", self.residual),
            *_named("random", pairs),
            *_named("scale", self.scales),
            *_named("threshold", self.thresholds),
            *(
                pair
                for cause in self.causes
                for pair in (
                    *_named("event", self.cause_terms(cause, cause.event)),
                    *_named("association", self.cause_terms(cause, cause.association)),
                    *_named("baseline", self.cause_terms(cause, cause.baseline)),
                )
            ),
        )

    def cause_terms(self, cause: CauseLayout, terms: tuple[str, ...]) -> tuple[str, ...]:
        """Terms as they are read: with the name of the cause before them where there are several."""
        return tuple(f"{cause.name}: {term}" for term in terms) if len(self.causes) > 1 else terms

    def _sizes(self) -> list[int]:
        q = len(self.random)
        shared = [len(self.fixed), len(self.residual), q * (q + 1) // 2, len(self.scales), len(self.thresholds)]
        return shared + [len(part) for cause in self.causes for part in (cause.event, cause.association, cause.baseline)]

    def _block(self, index: int) -> slice:
        sizes = self._sizes()
        begin = sum(sizes[:index])
        return slice(begin, begin + sizes[index])


def _named(part: str, terms: Iterable[str]) -> list[tuple[str, str]]:
    return [(part, term) for term in terms]
