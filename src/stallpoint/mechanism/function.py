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


def hazard_gain(left: Floats, involved: Floats, reserve: Floats, breathing_reserve: Floats, hazard: Hazard) -> Floats:
    """Slope of the log hazard per unit of the disease's clock, shape (n, t), from regions (n, 4, t): neurons fall as -S N."""
    lost = involved * left
    bulbar = _function_lost(left[:, 0], lost[:, 0], reserve[:, None])
    breathing = _function_lost((left[:, 1] + left[:, 2]) / 2, (lost[:, 1] + lost[:, 2]) / 2, breathing_reserve[:, None])
    return np.asarray(np.asarray(hazard.breathing)[..., None] * breathing + np.asarray(hazard.bulbar)[..., None] * bulbar)


def _function_lost(left: Floats, lost: Floats, reserve: Floats) -> Floats:
    return np.asarray((1 + reserve) * (1 - left) ** reserve * lost)


def cumulative_hazard(hazard: Floats, slope: Floats, clock: Floats, middle: Floats, days: Floats) -> Floats:
    """Cumulative hazard (n, t) at times (t,): the hazard is a smooth function of the clock, which need not run evenly between reports.

    Args:
        hazard: at the reports, shape (n, t).
        slope: of the hazard per unit of clock, shape (n, t); with the values it makes a cubic in each cell.
        clock: shape (n, t).
        middle: mean over each cell of the clock since its start, shape (n, t - 1).
        days: of the reports.
    """
    passed = np.diff(clock, axis=1)
    place = np.divide(middle, passed, out=np.full_like(passed, 0.5), where=passed > 0)
    rise, bend = np.diff(hazard, axis=1), (slope[:, :-1] - slope[:, 1:]) * passed / 12
    cells = (hazard[:, :-1] + rise * place + bend) * np.diff(days)
    return np.concatenate([np.zeros((len(hazard), 1)), np.cumsum(cells, axis=1)], axis=1)
