"""Results of trials on one scale: the share of the decline, or of the hazard, that treatment took away, with its standard error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log, sqrt
from statistics import median
from typing import Literal

from scipy.stats import norm

from stallpoint.core.claim import Claim
from stallpoint.knowledge.evidence.base import EvidenceBase

Ground = Literal["interval", "p value", "size of the trial", "size of the trial, no number"]
_RATIOS = ("hazard ratio", "rate ratio")
_WIDTH = 2 * 1.959963984540054


@dataclass(frozen=True)
class Outcome:
    """What one trial saw: `slowing` 0.2 is a fifth less decline or hazard, below 0 is worse.

    `ground` says what it rests on; where a trial gave no number, no effect stands for "no difference", as wide as its size makes it.
    """

    claim: Claim
    slowing: float
    std_error: float
    ground: Ground

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the slowing."""
        return self.slowing - _WIDTH / 2 * self.std_error, self.slowing + _WIDTH / 2 * self.std_error


def is_result(claim: Claim) -> bool:
    """Whether a claim is a planned result of randomised people on the whole chain: the only kind that shows an effect."""
    planned = claim.standing in ("primary", "secondary")
    return claim.kind in ("function", "survival") and claim.design == "randomised" and claim.link is None and planned


def read_outcomes(base: EvidenceBase, claims: Iterable[Claim]) -> tuple[Outcome, ...]:
    """One outcome for each trial: its primary result where there is one, with a number rather than without."""
    spread = error_of_one_person(base)
    by_trial: dict[str, list[Claim]] = {}
    for claim in claims:
        if is_result(claim) and claim.trial:
            by_trial.setdefault(claim.trial, []).append(claim)
    found = (_read(min(each, key=_precedence), spread) for each in by_trial.values())
    return tuple(sorted((each for each in found if each is not None), key=lambda each: (each.claim.known_from, each.claim.id)))


def error_of_one_person(base: EvidenceBase) -> float:
    """Standard error of slowing times the square root of the people: the median over trials with an interval or p value of their own."""
    held = [
        (error, claim.n)
        for claim in base.claims
        if is_result(claim) and claim.n
        for _, error in [_scaled(claim)]
        if error is not None
    ]
    return median(error * sqrt(n) for error, n in held) if held else float("inf")


def _read(claim: Claim, spread: float) -> Outcome | None:
    slowing, error = _scaled(claim)
    if slowing is not None and error is not None:
        return Outcome(claim, slowing, error, "p value" if claim.low is None else "interval")
    if claim.n is None or spread == float("inf"):
        return None
    error = spread / sqrt(claim.n)
    told = _errors_from_none(claim)
    if slowing is None and told is None:
        return Outcome(claim, 0.0, error, "size of the trial, no number")
    return Outcome(claim, slowing if slowing is not None else (told or 0.0) * error, error, "size of the trial")


def harms(claim: Claim) -> bool:
    """Whether the interval of a result lies wholly on the side of harm."""
    if claim.low is None or claim.high is None or claim.better is None or claim.scale not in (*_RATIOS, "difference"):
        return False
    null = 1.0 if claim.scale in _RATIOS else 0.0
    return claim.high < null if claim.better == "higher" else claim.low > null


def _errors_from_none(claim: Claim) -> float | None:
    """How many standard errors a result on another scale lies from no effect, positive where it favours treatment; None if not told."""
    sign = _sign(claim)
    if claim.low is not None and claim.high is not None and claim.value is not None and claim.scale in ("difference", "rank"):
        return sign * abs(claim.value) * _WIDTH / (claim.high - claim.low)
    return sign * float(norm.isf(claim.p / 2)) if claim.p and sign else None


def _sign(claim: Claim) -> int:
    if claim.direction == "supports":
        return 1
    if claim.value is None or claim.better is None:
        return 0
    against = 1.0 if claim.scale in (*_RATIOS, "odds ratio") else (claim.control if claim.scale == "share" else 0.0)
    if against is None or claim.value == against:
        return 0
    return 1 if (claim.value > against) == (claim.better == "higher") else -1


def _scaled(claim: Claim) -> tuple[float | None, float | None]:
    """Slowing and its standard error, None where the row does not hold them."""
    if claim.value is None:
        return None, None
    if claim.scale in _RATIOS:
        return 1 - claim.value, _ratio_error(claim)
    if claim.scale == "difference" and claim.control:
        sign = 1 if claim.better == "higher" else -1
        error = _difference_error(claim)
        return sign * claim.value / claim.control, None if error is None else error / abs(claim.control)
    return None, None


def _ratio_error(claim: Claim) -> float | None:
    if claim.value is None:
        return None
    if claim.low is not None and claim.high is not None:
        return claim.value * (log(claim.high) - log(claim.low)) / _WIDTH
    return None if not claim.p else float(abs(log(claim.value)) / norm.isf(claim.p / 2)) * claim.value


def _difference_error(claim: Claim) -> float | None:
    if claim.low is not None and claim.high is not None:
        return (claim.high - claim.low) / _WIDTH
    return None if claim.value is None or not claim.p else float(abs(claim.value) / norm.isf(claim.p / 2))


def _precedence(claim: Claim) -> tuple[bool, bool, str]:
    return claim.standing != "primary", _scaled(claim)[0] is None, claim.id
