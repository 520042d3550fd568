"""Six burdens on the motor neuron, tied to each other: what a drug takes from one, the others may make up for.

The model is linear in x, the logarithm of each burden (so burdens stay positive, and no drug means no change):

    dx_i/dt = (sum_j c_ij x_j + u_i(t) - x_i) / tau_i

u_i is the logarithm of what drugs leave of the drive of pathway i. c holds weak cross-talk and the bypass: a suppressed pathway pushes all
others up by a share of what it lost. Drugs on one pathway or on several add on this scale, which is Bliss independence on the rate of loss.

Sources: linear feedback between categories of pathology as in Lee and Mitchell 2025 (Int J Mol Sci 26:872); loops after Burlando 2020
(doi:10.1371/journal.pone.0244234). Strengths are assumed. The exact step is that of exponential integrators (Hochbruck & Ostermann 2010,
doi:10.1017/S0962492910000048).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.mechanism import PATHWAYS, load_couplings, load_mechanism
from stallpoint.numerics.matrix_exponential import matrix_exponential

Floats = npt.NDArray[np.float64]
COUNT = len(PATHWAYS)


@dataclass(frozen=True)
class Network:
    """Relaxation times, days, shape (6,), and couplings, shape (6, 6): row i is what pushes pathway i."""

    relaxation_days: Floats
    coupling: Floats

    @property
    def rates(self) -> Floats:
        """A in dx/dt = A x + u / tau, per day, shape (6, 6)."""
        return np.asarray((self.coupling - np.eye(COUNT)) / self.relaxation_days[:, None])

    @property
    def gain(self) -> Floats:
        """Log burdens at rest per unit of log drive, shape (6, 6): what is left of a drug's push once the others have answered."""
        return np.asarray(np.linalg.inv(np.eye(COUNT) - self.coupling))


@dataclass(frozen=True)
class Step:
    """Exact step of one length: the burdens at its end and their mean over it, from the start and from the drive at some nodes.

    Attributes:
        nodes: times of the drive within the step, days, shape (q,); dense after the start, where a dose arrives.
        weights: shares of the step, shape (q,), that give a mean over it from values at the nodes.
        carry: shape (12, 6); the first six rows give the end, the last six the mean.
        push: shape (12, 6 q); the same for drives at the nodes, node by node.
    """

    nodes: Floats
    weights: Floats
    carry: Floats
    push: Floats


def build_network(*, bypass: float, relaxation_days: Floats | None = None) -> Network:
    """The bundled network with a share of bypass.

    Raises:
        StallpointError: a bypass that makes burdens run away.
    """
    known = load_mechanism()
    if relaxation_days is None:
        relaxation_days = np.array([known[f"relaxation_{name.replace(' ', '_')}"].in_unit("day") for name in PATHWAYS])
    coupling = -bypass / (COUNT - 1) * (1 - np.eye(COUNT))
    for source, target, strength in load_couplings():
        coupling[target, source] += strength
    network = Network(relaxation_days, coupling)
    if np.linalg.eigvals(network.rates).real.max() >= 0:
        raise StallpointError(f"a bypass of {bypass:g} makes the pathways run away", do="give a bypass from 0 to 1")
    return network


def exact_step(network: Network, days: float, *, nodes: int = 12) -> Step:
    """The step of a given length.

    Gauss-Legendre nodes in the square root of time: a level after a dose rises at once and falls slowly.
    """
    at, weight = np.polynomial.legendre.leggauss(nodes)
    root, weight = (at + 1) / 2, weight / 2
    times, lengths = days * root**2, days * 2 * root * weight
    end, total = _flow(network.rates, days)
    push = []
    for time, length in zip(times, lengths, strict=True):
        later, sum_later = _flow(network.rates, days - time)
        push.append(np.vstack([later, sum_later / days]) * length / network.relaxation_days)
    return Step(times, lengths / days, np.vstack([end, total / days]), np.hstack(push))


def _flow(rates: Floats, days: float) -> tuple[Floats, Floats]:
    """exp(A t) and its integral from 0 to t."""
    block = np.zeros((2 * COUNT, 2 * COUNT))
    block[:COUNT, :COUNT], block[:COUNT, COUNT:] = rates, np.eye(COUNT)
    whole = matrix_exponential(block * days)
    return whole[:COUNT, :COUNT], whole[:COUNT, COUNT:]
