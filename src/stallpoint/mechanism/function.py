"""From neurons to what a person can do: reinnervation, ALSFRS-R by domain and in total, and the hazard of death.

Surviving motor neurons take over orphaned muscle. With N of them left and reserve c, function is f = (1 + c) N / (1 + c N). While N falls
exponentially, f is the sigmoid of the D50 model, 48 / (1 + exp((t - D50) / dx)): the shape that fits nine in ten people follows from it.
Scores are latent here: without the noise of a visit, and not rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DOMAINS = ("bulbar", "fine motor", "gross motor", "breathing")
POINTS = 12.0
"""Points of ALSFRS-R in each of its four domains of three items (Cedarbaum 1999)."""


@dataclass(frozen=True)
class Hazard:
    """Log-linear hazard of death, tracheostomy or permanent ventilation, per day: h exp(b (1 - breathing) + k (1 - bulbar)).

    All of shape (n,) or scalars.
    """

    at_full_function: Floats
    breathing: Floats
    bulbar: Floats


def reinnervated(left: Floats, reserve: Floats) -> Floats:
    """Function, 0 to 1, from the share of neurons left."""
    return np.asarray((1 + reserve) * left / (1 + reserve * left))


def domain_function(left: Floats, reserve: Floats, breathing_reserve: Floats) -> Floats:
    """Function of each domain, shape (n, 4, t), from neurons by region (n, 4, t) and reserves (n,).

    Fine motor function is cervical, gross motor lumbar; breathing needs phrenic (cervical) and intercostal (thoracic) neurons alike.
    """
    limbs = reinnervated(left[:, [0, 1, 3]], reserve[:, None, None])
    breathing = reinnervated((left[:, 1] + left[:, 2]) / 2, breathing_reserve[:, None])
    return np.concatenate([limbs, breathing[:, None]], axis=1)


def hazard_per_day(function: Floats, hazard: Hazard) -> Floats:
    """Hazard at each time, shape (n, t), from the function of the domains (n, 4, t)."""
    lost = 1 - function
    log = np.asarray(hazard.breathing)[..., None] * lost[:, 3] + np.asarray(hazard.bulbar)[..., None] * lost[:, 0]
    return np.asarray(np.asarray(hazard.at_full_function)[..., None] * np.exp(log))


def cumulative_hazard(hazard: Floats, days: Floats) -> Floats:
    """Cumulative hazard (n, t) at times (t,): trapezoid with the first correction for its bend, from the slopes at the nodes."""
    width = np.diff(days)
    slope = np.gradient(hazard, days, axis=1, edge_order=2)
    cells = (hazard[:, 1:] + hazard[:, :-1]) / 2 * width + (slope[:, :-1] - slope[:, 1:]) * width**2 / 12
    return np.concatenate([np.zeros((len(hazard), 1)), np.cumsum(cells, axis=1)], axis=1)
