"""What is taken of what is prescribed: missed, late and doubled doses, breaks, stopping early."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.regimen import Floats, Regimen, dose_times_h

LATEST = 0.99
"""The latest a dose can be, as a share of the time to the next: doses never change places."""


@dataclass(frozen=True)
class Adherence:
    """A pattern of taking.

    Attributes:
        missed_probability: of each dose, independently; one for all, or one per person, shape (n,).
        doubles_after_miss: probability that a dose taken right after a missed one is taken double.
        late_mean_h: mean of the exponential delay of each dose.
        breaks_h: (start, length) of drug holidays in which nothing is taken, hours.
        stop_h: when taking ends for good; one for all, or one per person, shape (n,); infinite where never.

    Raises:
        StallpointError: a probability outside 0 to 1, negative or missing hours.
    """

    missed_probability: float | Floats = 0.0
    doubles_after_miss: float = 0.0
    late_mean_h: float = 0.0
    breaks_h: tuple[tuple[float, float], ...] = ()
    stop_h: float | Floats = np.inf

    def __post_init__(self) -> None:
        missed, stop = np.asarray(self.missed_probability), np.asarray(self.stop_h)
        _require(bool(((missed >= 0) & (missed <= 1)).all()), "missed_probability is no probability", "give 0 to 1")
        _require(0 <= self.doubles_after_miss <= 1, "doubles_after_miss is no probability", "give 0 to 1")
        _require(0 <= self.late_mean_h < np.inf, f"late_mean_h is {self.late_mean_h}", "give hours, 0 or more")
        sound = all(0 <= start < np.inf and 0 < length < np.inf for start, length in self.breaks_h)
        _require(sound, f"breaks_h is {self.breaks_h}", "give pairs of start and length, hours, the length above 0")
        _require(bool((stop >= 0).all()), "stop_h is negative or missing", "give hours; infinite where taking never stops")


@dataclass(frozen=True)
class Intakes:
    """Doses as taken.

    Attributes:
        times_h: shape (d,), or (n, d) where people take them at times of their own.
        multiples: shape (n, d), of the prescribed dose: 0 not taken, 1 as prescribed, 2 doubled.
    """

    times_h: Floats
    multiples: npt.NDArray[np.uint8]


def take_all(regimen: Regimen, until_h: float) -> Intakes:
    """Every dose as prescribed, for everybody: multiples have the shape (1, d)."""
    times = dose_times_h(regimen, until_h)
    return Intakes(times, np.ones((1, len(times)), dtype=np.uint8))


def draw_intakes(regimen: Regimen, adherence: Adherence, until_h: float, people: int, rng: np.random.Generator) -> Intakes:
    """Draw what each of `people` takes until `until_h`; memory is a byte per person and dose, nine where doses are late."""
    times = dose_times_h(regimen, until_h)
    missed = rng.random((people, len(times)), dtype=np.float32) < _column(adherence.missed_probability)
    multiples = (~missed).astype(np.uint8)
    if adherence.doubles_after_miss > 0:
        doubled = missed[:, :-1] & (rng.random((people, max(len(times) - 1, 0))) < adherence.doubles_after_miss)
        multiples[:, 1:] += doubled & ~missed[:, 1:]
    offered = times < _column(adherence.stop_h)
    for start, length in adherence.breaks_h:
        offered = offered & ~((times >= start) & (times < start + length))
    multiples *= offered
    return Intakes(_delay(times, adherence.late_mean_h, people, rng), multiples)


def _delay(times: Floats, mean_h: float, people: int, rng: np.random.Generator) -> Floats:
    if mean_h == 0 or len(times) == 0:
        return times
    to_next = np.diff(times, append=np.inf)
    delays = rng.exponential(mean_h, size=(people, len(times)))
    return np.asarray(times + np.minimum(delays, LATEST * to_next), dtype=np.float64)


def _column(value: float | Floats) -> Floats:
    return np.asarray(value, dtype=np.float64).reshape(-1, 1)


def _require(holds: bool, what: str, do: str) -> None:
    if not holds:
        raise StallpointError(what, where="adherence", do=do)
