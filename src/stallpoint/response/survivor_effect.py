"""The effect on function in those who would live to the horizon under either arm: bounds, since nobody says who they are.

Survivors of the two arms are different people if treatment changes who dies, so a comparison of survivors is no effect of treatment. Of the
survivors in an arm, a share q at least belongs to those who would live under both; the bounds take these to be the worst or the
best q of them. If treatment never shortens a life, all surviving controls would have lived under treatment too, q is the ratio of
the two survival shares, and strata of baseline covariates narrow the bounds. Without that assumption q is smaller, in both arms.

Sources: Zhang & Rubin (2003), doi:10.3102/10769986028004353; Lee (2009), doi:10.1111/j.1467-937X.2009.00536.x (strata); Imbens &
Manski (2004), doi:10.1111/j.1468-0262.2004.00555.x (intervals).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.models.product_limit import survival_share

Array = npt.NDArray[np.float64]

FEWEST_SURVIVORS = 5
"""An arm, or an arm in a stratum, needs this many people seen alive at the horizon."""


@dataclass(frozen=True)
class SurvivorBounds:
    """Least and most that the effect in those who live under either arm can be, and an interval that holds the effect.

    share_least: the smallest share of all people whom the bounds speak of. contradicted: fewer live treated than untreated, although
    treatment was assumed never to shorten a life.
    """

    least: float
    most: float
    low: float
    high: float
    share_least: float
    n: int
    contradicted: bool


@dataclass(frozen=True)
class _Arm:
    """One arm of one stratum: the share alive at the horizon, and the outcomes of those seen there, in order."""

    alive: float
    outcome: Array


def bound_survivor_effect(
    outcome: Array,
    time: Array,
    died: Array,
    treated: Array,
    *,
    horizon: float,
    rng: np.random.Generator,
    never_shortens_life: bool = False,
    stratum: npt.NDArray[np.int64] | None = None,
    repeats: int = 1000,
    level: float = 0.95,
) -> SurvivorBounds:
    """Bounds on the effect at the horizon in those who would be alive there under either arm.

    Args:
        outcome: function at the horizon (n,), nan where a person was not seen there, dead or alive.
        time: follow-up, at most to the horizon or beyond it (n,).
        died: 1 where it ended by death (n,).
        treated: 1 or 0 (n,).
        horizon: in the unit of `time`.
        rng: for the bootstrap of people.
        never_shortens_life: assume that whoever would live untreated would live treated.
        stratum: of baseline covariates (n,); used under that assumption only, since without it they need not narrow the bounds.
        repeats: bootstrap samples.
        level: confidence of the interval.

    Raises:
        FitError: too few people seen alive, or shares so low that nobody need live under both arms.
    """
    groups = stratum if stratum is not None and never_shortens_life else np.zeros(len(time), dtype=np.int64)

    def ends(at: npt.NDArray[np.int64]) -> tuple[float, float, float, bool]:
        """Least, most, the share they speak of, and whether the assumption fails."""
        one, other = (_arms(outcome, time, died, treated, groups, at, arm, horizon) for arm in (1, 0))
        return _ends(one, other, never_shortens_life)

    least, most, share, contradicted = ends(np.arange(len(time)))
    cells = [np.flatnonzero((groups == group) & (treated == arm)) for group in np.unique(groups) for arm in (0, 1)]
    drawn = []
    for _ in range(repeats):
        try:
            drawn.append(ends(np.concatenate([rng.choice(cell, len(cell)) for cell in cells]))[:2])
        except FitError:
            continue  # A sample without survivors says nothing of the bounds; they are refused below where that is common.
    if len(drawn) < 0.9 * repeats:
        raise FitError("too few survivors for an interval", where="survivor effect", do="have fewer strata or a nearer horizon")
    errors = np.std(drawn, axis=0, ddof=1)
    reach = set_reach(most - least, float(errors.max()), level)
    return SurvivorBounds(
        least, most, least - reach * float(errors[0]), most + reach * float(errors[1]), share, len(time), contradicted
    )


def set_reach(width: float, error: float, level: float) -> float:
    """How many standard errors beyond its bounds an interval must reach to hold what lies between them with this confidence.

    Between the one-sided normal quantile, where bounds lie far apart, and the two-sided one, where they meet.
    """
    if error == 0:
        return 0.0
    return float(brentq(lambda c: norm.cdf(c + width / error) - norm.cdf(-c) - level, 0.0, 10.0))


def _arms(
    outcome: Array,
    time: Array,
    died: Array,
    treated: Array,
    groups: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    arm: int,
    horizon: float,
) -> list[tuple[int, _Arm]]:
    """How many people each stratum has, and what is known of one of its arms."""
    found = []
    for group in np.unique(groups):
        mine = at[(groups[at] == group) & (treated[at] == arm)]
        seen = outcome[mine][~np.isnan(outcome[mine])]
        if len(seen) < FEWEST_SURVIVORS:
            raise FitError(
                f"{len(seen)} people of an arm seen alive at the horizon",
                where="survivor effect",
                do=f"have at least {FEWEST_SURVIVORS}, or fewer strata",
            )
        found.append((int((groups[at] == group).sum()), _Arm(survival_share(time[mine], died[mine], horizon), np.sort(seen))))
    return found


def _ends(treated: list[tuple[int, _Arm]], control: list[tuple[int, _Arm]], monotone: bool) -> tuple[float, float, float, bool]:
    people = np.array([n for n, _ in treated], dtype=np.float64)
    both, least, most = (np.empty(len(people)) for _ in range(3))
    for k, ((_, one), (_, other)) in enumerate(zip(treated, control, strict=True)):
        both[k] = min(other.alive, one.alive) if monotone else one.alive + other.alive - 1
        if both[k] <= 0:
            raise FitError(
                f"{one.alive:.0%} and {other.alive:.0%} live to the horizon: nobody need live under both arms",
                where="survivor effect",
                do="choose a nearer horizon, or assume that treatment never shortens a life",
            )
        treated_low, treated_high = trimmed_means(one.outcome, both[k] / one.alive)
        control_low, control_high = trimmed_means(other.outcome, both[k] / other.alive)
        least[k], most[k] = treated_low - control_high, treated_high - control_low
    weight = people * both / (people @ both)
    contradicted = (
        monotone and sum(n * (other.alive - one.alive) for (n, one), (_, other) in zip(treated, control, strict=True)) > 0
    )
    return float(weight @ least), float(weight @ most), float(people @ both / people.sum()), contradicted


def trimmed_means(ordered: Array, share: float) -> tuple[float, float]:
    """Means of the lowest and of the highest share of values in rising order (n,); one value may count in part."""
    kept = share * len(ordered)
    ranks = np.arange(len(ordered))
    weight = np.clip(kept - ranks, 0.0, 1.0)
    return float(weight @ ordered / kept), float(weight @ ordered[::-1] / kept)
