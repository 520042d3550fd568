"""How much of the largest effect a concentration or dose reaches."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError

Array = npt.NDArray[np.float64]
Number = float | Array


class EngagementError(DrugError):
    """A concentration, potency or dose that cannot be."""


def reached_share(amount: Number, half: Number, *, hill: Number = 1.0) -> Number:
    """Share of the largest effect, or of the target that is occupied: x^h / (x^h + half^h).

    Args:
        amount: unbound concentration, or daily dose; 0 or more.
        half: the amount of half the effect (EC50, IC50, Kd, or a dose), in the same unit, above 0.
        hill: the exponent, above 0.

    Source: Hill (1910) J Physiol 40:iv; Emax model in Holford & Sheiner (1981) Clin Pharmacokinet 6:429,
    doi:10.2165/00003088-198106060-00002.
    """
    if not (np.all(np.asarray(amount) >= 0) and np.all(np.asarray(half) > 0) and np.all(np.asarray(hill) > 0)):
        raise EngagementError("a share needs an amount of 0 or more, and a half-effect amount and exponent above 0")
    scaled = np.power(np.asarray(amount, dtype=float) / half, hill)
    share: Number = scaled / (1 + scaled)
    return share


def scaled_share(share: Number, factor: Number) -> Number:
    """The share reached when the amount at the target is multiplied, with exponent 1: f s / (1 + (f - 1) s).

    Little changes where the share is near 1, and the change is proportional where it is small: resistance by exposure depends on where
    on its curve a drug works.
    """
    return factor * share / (1 + (factor - 1) * share)


def factor_to_reach(share: Number, wanted: Number) -> Number:
    """By what the amount at the target must be multiplied for a wanted share, with exponent 1; infinite for a wanted share of 1."""
    with np.errstate(divide="ignore"):
        factor: Number = (wanted / (1 - np.asarray(wanted, dtype=float))) * (1 - share) / share
    return factor


def log_hazard_ratio(dose_mg_day: Number, *, largest: Number, half_dose_mg_day: Number) -> Number:
    """Log hazard ratio of a daily dose under a saturating dose response in people."""
    return largest * reached_share(dose_mg_day, half_dose_mg_day)


def micromolar(conc_mg_l: Number, molar_mass_g_mol: float) -> Number:
    """Concentration in umol/L from mg/L."""
    return conc_mg_l / molar_mass_g_mol * 1000
