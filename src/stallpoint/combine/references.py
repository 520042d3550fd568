"""What two drugs should leave together if they did not interact: Bliss, HSA and Loewe.

All levels are what is left; an excess is what the reference leaves less what is left in truth, over the untreated level: above 0 the
combination did more than the reference says (synergy), below 0 less (antagonism).

Sources: Bliss (1939) Ann Appl Biol 26:585, doi:10.1111/j.1744-7348.1939.tb06990.x; Berenbaum (1989) Pharmacol Rev 41:93, for the
highest single agent; Loewe (1953) Arzneimittelforschung 3:285; recalled.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.combine.hill import arm_levels, hill_levels, log_dose

Array = npt.NDArray[np.float64]

HALVINGS = 60
PLATEAU_SHOWN = 0.8
"""A curve's plateau is seen where the dose below the top already does this share of the largest effect that is fitted."""


def bliss(first: Array, second: Array, untreated: Array) -> Array:
    """Independent action: the shares that each drug leaves are multiplied."""
    return first * second / untreated


def highest_single(first: Array, second: Array, untreated: Array) -> Array:
    """What the drug leaves that moves the level farther from the untreated one."""
    return np.where(np.abs(first - untreated) >= np.abs(second - untreated), first, second)


def loewe(arms: Array, doses: Array) -> Array:
    """Dose additivity of two Hill curves with one untreated level: d1/D1(E) + d2/D2(E) = 1, solved for E, shape (m, n).

    Beyond what the weaker drug can do at any dose, its dose counts for nothing, so the level is that of the stronger drug alone; where
    the drugs move the level in opposite directions nothing is defined, and the result is NaN.

    Args:
        arms: (m, 7) of `hill.arm_levels`.
        doses: (n, 2).
    """
    logs = log_dose(doses.T)
    first = hill_levels(arms[:, [0, 1, 3, 5]], logs[0])[0] - arms[:, :1]
    second = hill_levels(arms[:, [0, 2, 4, 6]], logs[1])[0] - arms[:, :1]
    reach = np.where(np.abs(arms[:, 1] - arms[:, 0]) >= np.abs(arms[:, 2] - arms[:, 0]), arms[:, 1], arms[:, 2]) - arms[:, 0]
    sign = np.sign(reach)[:, None]
    low, high = np.maximum(sign * first, sign * second), np.broadcast_to(np.abs(reach)[:, None], first.shape).copy()
    low = np.maximum(low, 0.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = _dose_sum(arms, doses, sign, middle) >= 1
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    opposed = np.sign(arms[:, 1] - arms[:, 0]) * np.sign(arms[:, 2] - arms[:, 0]) < 0
    return np.where(opposed[:, None], np.nan, arms[:, :1] + sign * (low + high) / 2)


def _dose_sum(arms: Array, doses: Array, sign: Array, moved: Array) -> Array:
    """d1/D1 + d2/D2 (m, n) at levels that lie `moved` away from the untreated one; it falls as `moved` grows."""
    total = np.zeros_like(moved)
    for drug in (0, 1):
        full = sign * (arms[:, 1 + drug] - arms[:, 0])[:, None]
        room = full - moved
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = np.where(room > 0, np.maximum(moved, 0) / np.where(room > 0, room, 1.0), np.inf)
            needed = np.exp(arms[:, 3 + drug, None] + np.log(ratio) / np.exp(arms[:, 5 + drug, None]))
            share = np.where(doses[:, drug] > 0, doses[:, drug] / needed, 0.0)
        total += share
    return total


def within_arms(arms: Array, doses: Array, wells: Array) -> npt.NDArray[np.bool_]:
    """Where (w,) Loewe's reference rests on single doses that were given, not on curves drawn beyond them.

    Where both plateaus are seen, everywhere. Else only up to the line of equal effect through both top doses, d1/top1 + d2/top2 <= 1:
    beyond it a drug with itself looks synergistic or antagonistic by whatever plateau its curve is given.

    Args:
        arms: (1, 7) single curves.
        doses: (n, 2) of all wells.
        wells: (w, 2) pairs of doses.
    """
    top = doses.max(axis=0)
    if all(_plateau_seen(arms, np.unique(doses[:, drug]), drug) for drug in (0, 1)):
        return np.ones(len(wells), dtype=bool)
    return np.asarray((wells / top).sum(axis=1) <= 1 + 1e-9)


def _plateau_seen(arms: Array, given: Array, drug: int) -> bool:
    below_top = given[-2:-1]
    curve = arms[:, [0, 1 + drug, 3 + drug, 5 + drug]]
    reached = hill_levels(curve, log_dose(below_top))[0][0, 0] - arms[0, 0]
    return bool(abs(reached) >= PLATEAU_SHOWN * abs(arms[0, 1 + drug] - arms[0, 0]))


def fitted_arms(arms: Array, doses: Array) -> tuple[Array, Array]:
    """What each drug alone would leave at its dose in every well by its fitted curve, shapes (m, n)."""
    logs = log_dose(doses.T)
    absent = np.full_like(logs[0], log_dose(np.zeros(1))[0])
    return arm_levels(arms, np.stack([logs[0], absent]))[0], arm_levels(arms, np.stack([absent, logs[1]]))[0]
