"""The combined assessment of function and survival: every person against every other, death worse than any score.

Both died: the later death wins. One died: the survivor wins. Otherwise the smaller loss of function wins, at the last time that both
were followed to. A pair whose first death comes after the other person was lost is decided by function too: who would have lived
longer is not known, and a score that ignored this would depend on dropout.

Source: Berry et al. (2013) The combined assessment of function and survival, PMID 23323713.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm, rankdata

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WinOdds:
    """The comparison of two arms.

    theta: probability that a treated person does better than a control, ties by half; odds = theta / (1 - theta) with a 95% interval
    on the logit scale. mean_rank_*: of the summed scores; u, u_sd, z, p_value: rank test on them, corrected for ties and continuity.
    """

    theta: float
    odds: float
    low: float
    high: float
    log_odds_std_error: float
    mean_rank_treated: float
    mean_rank_control: float
    u: float
    u_sd: float
    z: float
    p_value: float
    n: int


def score_pairs(end: Array, died: Array, change: Array) -> Array:
    """Score of each ordered pair, +1 where the row's person did better, shape (n, n).

    Args:
        end: end of follow-up, months (n,).
        died: 1 where it ended by death (n,).
        change: change[i, j] is person i's change of function at the last time common to i and j (n, n).
    """
    dead = died.astype(bool)
    both = dead[:, None] & dead[None, :]
    # The row's person outlives the column's death: alive, and followed at least as long.
    outlives = ~dead[:, None] & dead[None, :] & (end[:, None] >= end[None, :])
    by_function = ~both & ~outlives & ~outlives.T
    later = np.sign(end[:, None] - end[None, :])
    better = np.sign(change - change.T)
    scores = np.where(both, later, 0.0) + outlives.astype(float) - outlives.T.astype(float) + np.where(by_function, better, 0.0)
    return np.asarray(scores, dtype=np.float64)


def common_time_change(visits: pl.DataFrame, patients: list[str]) -> Array:
    """Change from the first visit to the last time that two people were both seen, for each pair, shape (n, n).

    Between visits function is taken as linear. People never seen after the first visit have changed by nothing that is known: 0.
    """
    courses = {str(key[0]): rows for key, rows in visits.sort("time_months").group_by("patient")}
    times = [courses[p]["time_months"].to_numpy() if p in courses else np.zeros(1) for p in patients]
    values = [courses[p]["alsfrs_r"].to_numpy() if p in courses else np.zeros(1) for p in patients]
    last = np.array([time[-1] for time in times])
    # np.interp holds the last value beyond the last visit, which is the common time for whoever was seen longer.
    return np.stack([np.interp(last, time, value - value[0]) for time, value in zip(times, values, strict=True)])


def compare_arms(pairs: Array, treated: Array) -> WinOdds:
    """Win odds of treated against control from the scores of all pairs.

    The standard error of theta comes from each person's own share of wins, and is carried to the logit scale, so that the interval
    stays between 0 and infinity.

    Raises:
        FitError: an arm has fewer than two people, or one arm wins every comparison.

    Sources: Berry et al. (2013), PMID 23323713; Brunner, Vandemeulebroecke & Mütze (2021), doi:10.1002/sim.8967.
    """
    active = treated.astype(bool)
    n1, n0 = int(active.sum()), int((~active).sum())
    if min(n1, n0) < 2:
        raise FitError(f"{n1} treated and {n0} control people cannot be compared", where="CAFS", do="two in each arm are needed")
    wins = (pairs[np.ix_(active, ~active)] + 1) / 2
    theta = float(wins.mean())
    if theta in (0.0, 1.0):
        raise FitError("one arm wins every comparison, so the odds are not finite", where="CAFS")
    variance = wins.mean(axis=1).var(ddof=1) / n1 + wins.mean(axis=0).var(ddof=1) / n0
    log_odds, std_error = np.log(theta / (1 - theta)), float(np.sqrt(variance)) / (theta * (1 - theta))
    low, high = np.exp(log_odds + norm.ppf([0.025, 0.975]) * std_error)
    ranks = rankdata(pairs.sum(axis=1))
    u, u_sd = _rank_statistic(ranks, active, n1, n0)
    z = np.sign(u - n1 * n0 / 2) * max(abs(u - n1 * n0 / 2) - 0.5, 0.0) / u_sd
    return WinOdds(
        theta=theta,
        odds=float(np.exp(log_odds)),
        low=float(low),
        high=float(high),
        log_odds_std_error=std_error,
        mean_rank_treated=float(ranks[active].mean()),
        mean_rank_control=float(ranks[~active].mean()),
        u=u,
        u_sd=u_sd,
        z=float(z),
        p_value=float(2 * norm.sf(abs(z))),
        n=n1 + n0,
    )


def _rank_statistic(ranks: Array, active: npt.NDArray[np.bool_], n1: int, n0: int) -> tuple[float, float]:
    """Mann-Whitney U of the treated arm and its standard deviation under no effect, corrected for ties."""
    total = n1 + n0
    _, ties = np.unique(ranks, return_counts=True)
    tie_loss = (ties**3 - ties).sum() / (total * (total - 1))
    return float(ranks[active].sum() - n1 * (n1 + 1) / 2), float(np.sqrt(n1 * n0 / 12 * (total + 1 - tie_loss)))
