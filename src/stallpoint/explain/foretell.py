"""What each world that remains foretells of a measurement that was not made."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from scipy.stats import norm

from stallpoint.core.costs import Costs
from stallpoint.core.link import Array
from stallpoint.explain.draw_chain import Worlds, look_up
from stallpoint.explain.passage import Curves, mean_passages
from stallpoint.explain.study_chain import Evidence, Judged
from stallpoint.knowledge.chain import load_chain_assumptions

FLOOR = -6.0
"""A logarithm below this is no longer told apart by any assay."""


@dataclass(frozen=True, eq=False)
class Foretold:
    """What worlds (d,) foretell of a measurement in so many people: `means` (d, k) with standard `errors` (k,).

    `visible` (d,) is that of a longer trial, None where it stays what it is. `price_each` is per person, without lumbar
    punctures. `another_trial` says that it takes
    a new trial, not a further measurement in this one.
    """

    measurement: str
    people: int
    means: Array
    errors: Array
    punctures_each: int = 0
    price_each: float | None = None
    visible: Array | None = None
    another_trial: bool = False


@dataclass(frozen=True, eq=False)
class _Shares:
    """What each world passes (d,): up to the target's site while treatment is taken, and each part of the whole."""

    taken: Array
    reached: Array
    engaged: Array
    relevant: Array
    timely: Array
    potential: Array
    steepness: Array


def foretell_measurements(evidence: Evidence, judged: Judged, costs: Costs) -> list[Foretold]:
    """Measurements that were not made, for each number of people; then other trials of the same size."""
    shares = _shares(evidence, judged)
    made: list[Foretold] = []
    for people in costs.people:
        alone = _in_people(evidence, judged.worlds, shares, people, costs)
        made += [*alone, *([_together(alone)] if len(alone) > 1 else [])]
    return [*made, *_other_trials(evidence, judged, shares, costs)]


def _shares(evidence: Evidence, judged: Judged) -> _Shares:
    worlds, passages = judged.worlds, judged.passages

    def passed(*links: str) -> Array:
        return look_up(mean_passages(passages, judged.weights, tuple(each for each in passages.read if each in links)), worlds)

    taken = passed("taken")
    all_three = passed("taken", "absorbed", "timely")
    before_time = passed("taken", "absorbed")
    carriers = evidence.carrier_share
    return _Shares(
        taken=taken * worlds.taken,
        reached=before_time / taken * worlds.absorbed * worlds.delivered,
        engaged=worlds.engaged,
        relevant=carriers * worlds.relevant_carriers + (1 - carriers) * worlds.relevant_others,
        timely=all_three / np.maximum(before_time, 1e-12) * worlds.timely,
        potential=worlds.potential,
        steepness=judged.curves.steepness[worlds.curve],
    )


def _in_people(evidence: Evidence, worlds: Worlds, shares: _Shares, people: int, costs: Costs) -> list[Foretold]:
    known, plan, seen = load_chain_assumptions(), evidence.plan, evidence.seen
    two_arms = 2 / sqrt(people)
    on_target = shares.reached * shares.engaged * worlds.still_taking
    found = []
    if plan.planned_csf_ratio is None or not evidence.treated["csf_ratio"].count():
        ratio = np.maximum(np.log(np.maximum(worlds.delivered, 1e-12)) / shares.steepness, FLOOR)
        found.append(_one("CSF unbound drug", people, ratio, known["csf_log_sd"] / sqrt(people), 1, costs.csf_level))
    if seen.marker is None:
        full = np.log1p(known["marker_full_change"])
        punctures = 2 if costs.marker_in_csf else 0
        price = _sum(costs.engagement_marker, costs.engagement_marker)
        error = known["marker_log_sd"] * two_arms
        found.append(_one("engagement marker", people, full * on_target, error, punctures, price))
    if seen.nfl is None:
        fall = worlds.nfl_log_fall * on_target * shares.relevant
        found.append(_one("NfL", people, fall, known["nfl_change_log_sd"] * two_arms, 0, _sum(costs.nfl, costs.nfl)))
    if not evidence.people["carrier"].count():
        found.append(_genotype(evidence, shares, people, costs.genotype))
    return found


def _together(alone: list[Foretold]) -> Foretold:
    """All of these in the same people; a lumbar puncture serves every sample of its day."""
    return Foretold(
        "all of these",
        alone[0].people,
        np.hstack([each.means for each in alone]),
        np.concatenate([each.errors for each in alone]),
        max(each.punctures_each for each in alone),
        _sum(*(each.price_each for each in alone)),
    )


def _genotype(evidence: Evidence, shares: _Shares, people: int, price: float | None) -> Foretold:
    """The effect in carriers and in others, among so many people who are typed; where the target is relevant it is so in carriers first."""
    share = load_chain_assumptions()["carrier_share"]
    carriers = np.maximum(shares.relevant, 1.0 - (1.0 - shares.relevant) * 0.1)
    others = np.clip((shares.relevant - share * carriers) / (1 - share), 0.0, 1.0)
    rest = shares.potential * shares.taken * shares.reached * shares.engaged * shares.timely
    error = _trial_error(evidence) * sqrt(evidence.people.height / people)
    errors = np.array([error / sqrt(share), error / sqrt(1 - share)])
    return Foretold("genotype", people, np.column_stack([rest * carriers, rest * others]), errors, 0, price)


def _other_trials(evidence: Evidence, judged: Judged, shares: _Shares, costs: Costs) -> list[Foretold]:
    known, n, error = load_chain_assumptions(), evidence.people.height, _trial_error(evidence)
    behind = shares.potential * shares.taken * shares.relevant
    site = shares.reached * shares.engaged
    higher = np.minimum(site * known["dose_factor"] ** shares.steepness, 1.0)
    earlier = _timely_when_earlier(evidence, judged, known["earlier_share"])
    longer = _longer_error(evidence, error, known["longer_factor"])
    seen_longer = norm.cdf(shares.potential / longer - norm.ppf(0.975))
    trials = (
        ("higher dose", behind * higher * shares.timely, error, None),
        ("earlier start", behind * site * earlier, error, None),
        ("longer trial", behind * site * shares.timely, longer, np.asarray(seen_longer)),
    )
    return [
        Foretold(name, n, mean[:, None], np.array([spread]), 0, costs.person, visible, another_trial=True)
        for name, mean, spread, visible in trials
    ]


def _timely_when_earlier(evidence: Evidence, judged: Judged, kept: float) -> Array:
    left = evidence.treated["function_left"].drop_nulls().to_numpy()
    earlier = left + kept * (1 - left)
    curves: Curves = judged.curves
    by_burden = (earlier[:, None] ** curves.burden).mean(axis=0)
    return np.asarray(by_burden[judged.worlds.burden] * judged.worlds.timely)


def _trial_error(evidence: Evidence) -> float:
    """Standard error of the trial's difference of slopes."""
    return float(1 / np.sqrt(np.nansum(evidence.seen.cells.std_error**-2)))


def _longer_error(evidence: Evidence, error: float, factor: float) -> float:
    """Slopes of people differ as before; their own error falls with the cube of time at the same rhythm of visits. Drop-out is ignored."""
    time = pl.col("time_months")
    spread = evidence.followed.visits.group_by("patient").agg((time - time.mean()).pow(2).sum().alias("spread"))
    times = spread["spread"].to_numpy()
    own = evidence.mixed.sigma**2 / max(float(np.median(times)), 1e-9)
    between = float(evidence.mixed.random_covariance[1, 1])
    return error * sqrt((between + own / factor**3) / (between + own))


def _one(name: str, people: int, mean: Array, error: float, punctures: int, price: float | None) -> Foretold:
    return Foretold(name, people, mean[:, None], np.array([error]), punctures, price)


def _sum(*prices: float | None) -> float | None:
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None
