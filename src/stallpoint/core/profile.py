"""What is known of one person: genotype, markers, molecular state, stage and history; and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.variant import RepeatCall, VariantCall

Censoring = Literal["", "below limit"]
MarkerQuality = Literal["usable", "implausible", "unknown marker", "unknown unit"]
StateAnswer = Literal["higher", "lower", "not altered", "cannot tell"]


@dataclass(frozen=True)
class MarkerReading:
    """One measurement of a marker in its standard unit. Where it is censored, `value` is the limit that it lies below.

    `value` is None where the unit cannot be converted: `said` keeps what was written. `position` is where an age-matched
    reference puts it, in words, and `upper_95` the limit that it was held against; `z` is a standard score where a reference with a
    spread exists.
    """

    marker: str
    matrix: str
    value: float | None
    unit: str
    said: str
    censored: Censoring = ""
    quality: MarkerQuality = "usable"
    reason: str = ""
    platform: str = ""
    date: str = ""
    time_months: float | None = None
    z: float | None = None
    position: str = ""
    source: str = ""
    upper_95: float | None = None


@dataclass(frozen=True)
class PathwayState:
    """Activity of one pathway in one sample against controls.

    `activity` is a t value, `low` to `high` where 95% of activities of a new control would lie, `p_value` the rank among controls,
    corrected for all pathways asked. `answer` follows from it and from how many controls there are.
    """

    pathway: str
    label: str
    tissue: str
    activity: float | None
    low: float | None
    high: float | None
    p_value: float | None
    answer: StateAnswer
    genes: int
    reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class ReliabilityBin:
    """Samples whose highest probability lies between `low` and `high`: `said` on average, and `right` in so many, with a 95% interval."""

    low: float
    high: float
    samples: int
    said: float
    right: float
    right_low: float
    right_high: float


@dataclass(frozen=True)
class SubtypeCalibration:
    """How good the probabilities were on people of the reference that were left out: Brier score over all subtypes, log loss, and the log
    loss of the shares of the subtypes alone; errors are standard errors over people.
    """

    reference: str
    tissue: str
    platform: str
    samples: int
    people: int
    genes: int
    brier: float
    brier_error: float
    log_loss: float
    log_loss_error: float
    log_loss_of_shares: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Subtype:
    """Molecular subtype as probabilities, or why there are none. It is never tied to a treatment."""

    probabilities: tuple[tuple[str, float], ...]
    answer: str
    reason: str
    caution: str
    calibration: SubtypeCalibration | None = None


@dataclass(frozen=True)
class Entry:
    """One fact of stage or history, with its day and where it comes from."""

    name: str
    value: str
    date: str = ""
    source: str = ""


@dataclass(frozen=True)
class Conflict:
    """Two things that are both said and cannot both be."""

    about: str
    text: str


@dataclass(frozen=True)
class Profile:
    """Everything that is known of one person for research; what is not in it is not known, never normal."""

    person: str
    calls: tuple[VariantCall, ...] = ()
    repeats: tuple[RepeatCall, ...] = ()
    markers: tuple[MarkerReading, ...] = ()
    pathways: tuple[PathwayState, ...] = ()
    subtype: Subtype | None = None
    stage: tuple[Entry, ...] = ()
    history: tuple[Entry, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[str, ...] = ()
