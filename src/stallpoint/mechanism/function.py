"""From neurons to what a person can do: reinnervation, ALSFRS-R by domain and in total, and the hazard of death.

Surviving motor neurons take over orphaned muscle. A fibre is lost when the last of the neurons that can reach it has died: with N of them
left and 1 + c within reach of each fibre, function is f = 1 - (1 - N)^(1 + c). So the first neurons die in silence, a survivor carries up
to 1 + c times its own fibres, and near the end function falls with neurons one for one: a steady loss then takes points off steadily.
Scores are latent here: without the noise of a visit, and not rounded.

Sources: compensation keeps function until it reaches its limits, motor units grow 5- to 8-fold (Seven & Mitchell 2019,
doi:10.1016/j.resp.2019.01.001); a long preclinical period of compensation (Swash & Ingram 1988, doi:10.1136/jnnp.51.2.165). That neurons
within reach of one fibre die independently of each other is assumed.
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
    return np.asarray(1 - (1 - left) ** (1 + reserve))


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
