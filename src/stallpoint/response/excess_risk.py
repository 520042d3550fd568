"""The relative excess risk due to interaction (RERI): whether two conditions together add more risk than each adds by itself.

On the scale of risks that is r11 - r10 - r01 + r00, in which no group is special. RERI is the same as a multiple of one group's risk:
RERI = RR11 - RR10 - RR01 + 1, with RR of treatment and modifier together, treatment alone, modifier alone, each against
neither. 0 means that risks add up, whatever the ratios do. It reads plainly only where neither is protective, so the group of the
lowest risk is the reference.

Sources: Rothman (1976), doi:10.1093/oxfordjournals.aje.a112335; Hosmer & Lemeshow (1992), doi:10.1097/00001648-199209000-00012 (its
interval); Knol et al. (2011), doi:10.1007/s10654-011-9554-9 (protective conditions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExcessRisk:
    """An excess with its interval. Of RERI, `reversed_treatment` and `reversed_modifier` say whether the reference has them instead."""

    value: float
    std_error: float
    low: float
    high: float
    p_value: float
    reversed_treatment: bool = False
    reversed_modifier: bool = False


def excess_risk(log_ratios: Array, covariance: Array, *, level: float = 0.95) -> ExcessRisk:
    """RERI from a regression of log risk, odds or hazard.

    Args:
        log_ratios: coefficients of treatment, modifier (one unit up, from where it is 0) and their product (3,).
        covariance: theirs (3, 3).
        level: of the interval.
    """
    both, treatment, modifier = np.exp([log_ratios.sum(), log_ratios[0], log_ratios[1]])
    gradient = np.array([both - treatment, both - modifier, both])
    return _interval(both - treatment - modifier + 1, float(np.sqrt(gradient @ covariance @ gradient)), level)


def excess_risk_of_groups(risk: Array, std_error: Array, *, level: float = 0.95) -> ExcessRisk:
    """RERI from the risks of four separate groups, the group of the lowest risk as reference.

    Args:
        risk: as of death by the horizon, risk[treatment, modifier] (2, 2).
        std_error: theirs (2, 2).
        level: of the interval.

    Raises:
        FitError: a risk of 0, against which nothing is relative.
    """
    if (risk <= 0).any():
        raise FitError("a group without risk", where="relative excess risk", do="compare differences of risk instead")
    at = np.unravel_index(int(risk.argmin()), (2, 2))
    turned, errors = (np.roll(values, (-int(at[0]), -int(at[1])), axis=(0, 1)) for values in (risk, std_error))
    ratio = turned / turned[0, 0]
    value = ratio[1, 1] - ratio[1, 0] - ratio[0, 1] + 1
    gradient = np.array([[-(value - 1), -1.0], [-1.0, 1.0]]) / turned[0, 0]
    found = _interval(float(value), float(np.sqrt((gradient**2 * errors**2).sum())), level)
    return ExcessRisk(found.value, found.std_error, found.low, found.high, found.p_value, bool(at[0] == 1), bool(at[1] == 1))


def added_risk(risk: Array, std_error: Array, *, level: float = 0.95) -> ExcessRisk:
    """The difference of risk differences, r11 - r10 - r01 + r00, from the risks of four separate groups.

    Args:
        risk: as of death by the horizon, risk[treatment, modifier] (2, 2).
        std_error: theirs (2, 2).
        level: of the interval.
    """
    value = risk[1, 1] - risk[1, 0] - risk[0, 1] + risk[0, 0]
    return _interval(float(value), float(np.sqrt((std_error**2).sum())), level)


def _interval(value: float, std_error: float, level: float) -> ExcessRisk:
    reach = float(norm.ppf((1 + level) / 2)) * std_error
    return ExcessRisk(
        float(value), std_error, float(value - reach), float(value + reach), float(2 * norm.sf(abs(value) / std_error))
    )
