"""How likely a significant result is a false alarm, for a stated prior chance that the effect is real."""

from __future__ import annotations

from math import e, log

from stallpoint.core.errors import StallpointError


def false_positive_risk(p_value: float, *, prior: float, power: float) -> float:
    """Chance that there is no effect, given a result as significant as this: p (1 - prior) / (p (1 - prior) + power prior).

    Args:
        p_value: what was found, taken as the level of the test.
        prior: chance that the effect is real before the data.
        power: chance of such a result where it is real.

    Raises:
        StallpointError: a share outside 0 to 1.

    Source: Wacholder et al. (2004), doi:10.1093/jnci/djh075.
    """
    for name, share in (("p_value", p_value), ("prior", prior), ("power", power)):
        _require_share(name, share)
    false, true = p_value * (1 - prior), power * prior
    return false / (false + true)


def least_false_positive_risk(p_value: float, *, prior: float) -> float:
    """The smallest such risk that any effect size allows, from the bound -e p ln(p) on the Bayes factor; the prior itself from p = 1/e.

    Raises:
        StallpointError: a share outside 0 to 1.

    Source: Sellke, Bayarri & Berger (2001), doi:10.1198/000313001300339950.
    """
    for name, share in (("p_value", p_value), ("prior", prior)):
        _require_share(name, share)
    bound = -e * p_value * log(p_value) if p_value < 1 / e else 1.0
    return bound * (1 - prior) / (bound * (1 - prior) + prior)


def _require_share(name: str, share: float) -> None:
    if not 0 < share < 1:
        raise StallpointError(f"{share:g} is no share between 0 and 1", where=name, do="give a number such as 0.1")
