"""The people that the model follows, as arrays; how they are drawn is told in `virtual_people`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.mechanism.function import Hazard
from stallpoint.mechanism.pathways import Network

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

BYPASS_GRID = np.linspace(0.0, 1.0, 21)
"""Shares of bypass that a person may have: people with the same one share a network, and so are stepped together. From one to the next
the mean effect of a drug on the log rate moves by some 5%, where what is not known of it is many times that."""


@dataclass(frozen=True)
class Neurofilament:
    """How neurofilament light follows the loss of neurons. Serum levels in pg/mL; scalars are shared by all people.

    Attributes:
        healthy: level without any loss, shape (n,).
        per_loss: level per share of all motor neurons lost per month, shape (n,).
        release_per_day, blood_per_day: rates of release from dying axons and of loss from blood.
        csf_ratio: level in CSF over level in blood.
    """

    healthy: Floats
    per_loss: Floats
    release_per_day: float
    blood_per_day: float
    csf_ratio: float


@dataclass(frozen=True)
class People:
    """n people at the start of a trial. Arrays are (n,) unless said otherwise.

    Attributes:
        networks: one for each share of bypass that people differ by.
        group: index into `networks`; people of one group stand together.
        genotype: names.
        onset_region: index into `neurons.REGIONS`.
        rate_per_day: speed of the clock without treatment.
        clock: where it stands at the start.
        weights: driver weights of the six pathways, shape (n, 6); they sum to less than 1, the rest runs through none of them.
        spread, reserve, breathing_reserve: see `neurons` and `function`.
        onset_years, onset_months: age at onset, and time from onset to the start.
        hazard, neurofilament: see there.
    """

    networks: tuple[Network, ...]
    group: Indices
    genotype: npt.NDArray[np.str_]
    onset_region: Indices
    rate_per_day: Floats
    clock: Floats
    weights: Floats
    spread: Floats
    reserve: Floats
    breathing_reserve: Floats
    onset_years: Floats
    onset_months: Floats
    hazard: Hazard
    neurofilament: Neurofilament

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.group)

    def take(self, who: slice | Indices | npt.NDArray[np.bool_]) -> People:
        """Some of them."""
        parts: dict[str, Any] = {name: value[who] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        hazard = Hazard(self.hazard.at_full_function[who], self.hazard.breathing, self.hazard.bulbar)
        nfl = replace(self.neurofilament, healthy=self.neurofilament.healthy[who], per_loss=self.neurofilament.per_loss[who])
        return replace(self, **parts, hazard=hazard, neurofilament=nfl)
