"""Motor neurons in four regions of the neuraxis, and how disease spreads between them, on the disease's own clock.

The clock of a person runs at a rate of their own, times the product of burdens to the power of their driver weights: everything that
a drug does to disease, it does to this clock. On it, the share S_r of a region that is involved grows from nothing, fed by a seed in the
region of onset and by its neighbours along the chain, and neurons N_r are lost in proportion:

    dS_r/dL = s (sum_q (S_q - S_r) + (1 - S_r) where onset is);      dN_r/dL = -S_r N_r

Both have closed forms. Source of the form of spread: network diffusion, Pandya & Raj 2021 (bioRxiv 2021.02.24.431118); that spread and
loss run on one clock is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

REGIONS = ("bulbar", "cervical", "thoracic", "lumbar")
CHAIN = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
"""Which regions are neighbours, shape (4, 4)."""

SEED = np.eye(4)
"""Where the seed sits, by region of onset, shape (4, 4)."""


@dataclass(frozen=True)
class Spread:
    """Modes of spread of n people: rates per unit of clock, shape (n, 4), and their share in each region, shape (n, 4, 4)."""

    rates: Floats
    shares: Floats


@dataclass(frozen=True)
class Neurons:
    """By region and clock: shape (n, 4, t). `left` is the share of neurons left, `involved` the share of the region that is ill."""

    left: Floats
    involved: Floats

    @property
    def lost_per_clock(self) -> Floats:
        """Share of all motor neurons lost per unit of clock, shape (n, t)."""
        return np.asarray(np.einsum("nrt,nrt->nt", self.left, self.involved) / len(REGIONS))


@cache
def _modes(onset: int) -> tuple[Floats, Floats]:
    rates, vectors = np.linalg.eigh(np.diag(CHAIN.sum(axis=1) + SEED[onset]) - CHAIN)
    return rates, vectors * vectors.sum(axis=0)


def spread_modes(onset_region: Indices, spread: Floats) -> Spread:
    """Modes of people by region of onset (n,), index into `REGIONS`, and exchange per unit of clock (n,)."""
    modes = [_modes(region) for region in range(len(REGIONS))]
    rates = np.stack([each[0] for each in modes])[onset_region] * spread[:, None]
    return Spread(rates, np.stack([each[1] for each in modes])[onset_region])


def neurons_at(modes: Spread, clock: Floats) -> Neurons:
    """Neurons when the clock stands at given values (n, t), 0 or more."""
    decay = np.expm1(-modes.rates[:, :, None] * clock[:, None, :])
    spared = np.matmul(modes.shares, -decay / modes.rates[:, :, None])
    left = np.exp(spared - clock[:, None, :])
    return Neurons(left, np.matmul(modes.shares, -decay))
