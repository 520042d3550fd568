"""Many pairs at once: what may be announced of each, with the error rate held over all of them.

A pair is called synergistic only where it does more than Bliss and more than Loewe expect. A drug with itself is additive by Loewe and
may look synergistic by Bliss; independent drugs are additive by Bliss and may look synergistic by Loewe: neither may be announced.
The larger of two p-values tests that both hold (Berger 1982 Technometrics 24:295, doi:10.1080/00401706.1982.10487790); over pairs they
are corrected by Holm (1979) Scand J Stat 6:65; recalled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from stallpoint.combine.measure import Measure
from stallpoint.core.dose_matrix import DoseMatrix

Array = npt.NDArray[np.float64]
Verdict = Literal[
    "synergy in these wells", "antagonism in these wells", "depends on the reference", "not distinguishable from additive"
]

ERROR_RATE = 0.05


class Measured(Protocol):
    """A pair whose excess over Bliss and Loewe was measured: a `pair.PairFit` or `pair.ReferenceFit`."""

    @property
    def matrix(self) -> DoseMatrix:
        """The wells."""

    @property
    def means(self) -> tuple[Measure, ...]:
        """Mean excesses."""


@dataclass(frozen=True)
class PairVerdict:
    """What may be said of a pair beside the others of its family; p-values are two-sided and corrected over the family."""

    pair: str
    verdict: Verdict
    p_value: float
    why: str


def judge_family(fits: Sequence[Measured]) -> tuple[PairVerdict, ...]:
    """One verdict per pair; the chance of any false announcement among them is at most 5%."""
    more = [_largest(fit, "p_more") for fit in fits]
    less = [_largest(fit, "p_less") for fit in fits]
    corrected = holm(np.minimum(1.0, 2 * np.minimum(more, less)))
    return tuple(
        PairVerdict(fit.matrix.name, *_verdict(fit, bool(up < down), float(p)))
        for fit, up, down, p in zip(fits, more, less, corrected, strict=True)
    )


def holm(p_values: Array) -> Array:
    """p-values corrected so that the chance of any false rejection among them is held."""
    order = np.argsort(p_values)
    count = len(p_values)
    stepped = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    corrected = np.empty(count)
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def _largest(fit: Measured, side: Literal["p_more", "p_less"]) -> float:
    """The weaker of the two references; 1 where Loewe's is not defined, for then nothing may be announced."""
    found = [float(getattr(each, side)) for each in fit.means if each.name in ("bliss", "loewe")]
    return max(found) if len(found) == 2 else 1.0


def _verdict(fit: Measured, more: bool, p_value: float) -> tuple[Verdict, float, str]:
    said = "; ".join(f"{each.label} {each.estimate:+.1%} ({each.low:+.1%} to {each.high:+.1%})" for each in fit.means[:2])
    if p_value <= ERROR_RATE:
        return ("synergy in these wells" if more else "antagonism in these wells"), p_value, said
    decided = [each for each in fit.means if each.name in ("bliss", "loewe") and (each.low > 0 or each.high < 0)]
    if len(decided) == 1 or (len(decided) == 2 and decided[0].low * decided[1].low < 0):
        named = " and ".join("Bliss" if each.name == "bliss" else "Loewe" for each in decided)
        return "depends on the reference", p_value, f"{said}; against {named} alone it stands out, which shows no interaction"
    return "not distinguishable from additive", p_value, said
