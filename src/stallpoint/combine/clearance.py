"""What one drug does to the clearance and binding of another, at steady levels.

Source: Rowland, Benet & Graham (1973) J Pharmacokinet Biopharm 1:123, doi:10.1007/BF01059626; Rowland & Matin (1973) J Pharmacokinet
Biopharm 1:553 for the share of clearance; recalled. In vitro Ki underpredicts: Ito et al. (1998) Pharmacol Rev 50:387 predicted 1.1-fold
for ciprofloxacin with caffeine where 1.6-fold was seen, so shares inhibited in people are preferred.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError

Array = npt.NDArray[np.float64]
Number = float | Array


class InteractionError(DrugError):
    """A share, concentration or constant of an interaction that cannot be."""


def inhibited_share(conc: Number, ki: Number) -> Number:
    """Share of a pathway's activity that an unbound concentration takes away: I / (I + Ki); both in one unit."""
    if not (np.all(np.asarray(conc) >= 0) and np.all(np.asarray(ki) > 0)):
        raise InteractionError("inhibition needs a concentration of 0 or more and a constant above 0")
    return conc / (conc + ki)


def clearance_left(share_of_clearance: Number, share_inhibited: Number) -> Number:
    """Clearance with an inhibitor over clearance without: 1 - fm * inhibited. The level rises by its inverse."""
    _require_shares(share_of_clearance, share_inhibited)
    left: Number = 1 - share_of_clearance * share_inhibited
    return left


def clearance_induced(share_of_clearance: Number, activity: Number) -> Number:
    """Clearance with an inducer over clearance without: 1 + fm (activity - 1), with activity over that without inducer."""
    _require_shares(share_of_clearance)
    if not np.all(np.asarray(activity) > 0):
        raise InteractionError("an induced activity must be above 0")
    induced: Number = 1 + share_of_clearance * (activity - 1)
    return induced


def total_after_displacement(unbound_rise: Number) -> Number:
    """Total level over that before, when binding is displaced and clearance is restrictive: the unbound level stays as it was.

    Args:
        unbound_rise: unbound fraction over that before, at least 1.
    """
    if not np.all(np.asarray(unbound_rise) >= 1):
        raise InteractionError("displacement cannot lower the unbound fraction")
    total: Number = 1 / unbound_rise
    return total


def _require_shares(*shares: Number) -> None:
    for share in shares:
        values = np.asarray(share)
        if not np.all((values >= 0) & (values <= 1)):
            raise InteractionError(f"{share} is no share", do="give numbers from 0 to 1")
