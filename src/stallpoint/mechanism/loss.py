"""How much of a drug's effect is lost at each link, from a drug that does all it could to the one that a trial sees.

The effect is the share of the disease's clock that is held back over the trial, and with it of spread and loss of neurons. Links are put
in one after another, so each transmission is what is left by it of what came to it:

    all it could: full engagement of a target that moves its pathway as far as supposed, and that pathway drives everything
    engaged:  the engagement of `exposure`, the way to the target and doses missed included
    relevant: whether the target moves the pathway at all, what share of the loss runs through it, and what others make up for
    timely:   the time that levels and pathways need, and a late start
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.parameter import Link
from stallpoint.knowledge.mechanism import PATHWAYS, MechanismParameter
from stallpoint.mechanism.follow import WEEK_DAYS, follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.treatment import Supposed, Treatment, act_on, suppose
from stallpoint.mechanism.virtual_people import Entry, draw_people

Floats = npt.NDArray[np.float64]

GROUNDS: Mapping[Link, str] = {
    "engaged": "engagement as `exposure` computes or bounds it",
    "relevant": "assumed: driver weights, bypass, and whether the target moves its pathway",
    "timely": "assumed: relaxation of pathways; half-life of the drug",
}


FIRST = "all it could"

SCHEMA = {
    "link": pl.String,
    **{f"{name}{end}": pl.Float64 for name in ("spared", "transmission") for end in ("", "_low", "_high")},
    "ground": pl.String,
}

NOTHING = 1e-9
"""A share of the clock below which nothing is left to be passed on."""


@dataclass(frozen=True)
class Lost:
    """One link: draws (k,) of the share of the clock held back after it, and of the transmission; what they rest on.

    A transmission is not a number where nothing came to the link.
    """

    link: Link
    spared: Floats
    transmission: Floats
    ground: str


def lose_by_link(
    treatment: Treatment,
    *,
    known: Mapping[str, MechanismParameter],
    weeks: int,
    rng: np.random.Generator,
    delay_weeks: int = 0,
    draws: int = 200,
    people: int = 40,
    entry: Entry | None = None,
) -> tuple[Floats, tuple[Lost, ...]]:
    """What full engagement could spare, shape (draws,), and what is left after each link.

    Args:
        treatment: the drug.
        known: parameters of the model.
        weeks: of the trial.
        rng: source of randomness.
        delay_weeks: when treatment begins.
        draws: of what might be true of the drug.
        people: virtual people in each draw.
        entry: criteria of the trial.
    """
    spared = np.array([_one(treatment, known, weeks, stream, delay_weeks, people, entry) for stream in rng.spawn(draws)])
    links: tuple[Link, ...] = tuple(GROUNDS)
    lost = []
    for index, link in enumerate(links, start=1):
        before, after = spared[:, index - 1], spared[:, index]
        share = np.divide(after, before, out=np.full(len(spared), np.nan), where=np.abs(before) > NOTHING)
        lost.append(Lost(link, after, share, GROUNDS[link]))
    return spared[:, 0], tuple(lost)


def tabulate(possible: Floats, lost: tuple[Lost, ...]) -> pl.DataFrame:
    """One row per link: what is held back after it and what it passes on, each with 95% of draws, and what that rests on.

    Columns: link, spared, spared_low, spared_high, transmission, transmission_low, transmission_high, ground. The transmission is the ratio
    of means, empty where nothing came to the link; its range is over the draws in which anything came. Data for the room that explains.
    """
    rows: list[dict[str, Any]] = [
        {"link": FIRST, **_range("spared", possible), "ground": "assumed: largest shift of the pathway"}
    ]
    before = possible
    for each in lost:
        passed: dict[str, float | None] = dict.fromkeys(("transmission", "transmission_low", "transmission_high"))
        if abs(before.mean()) > NOTHING:
            passed = {**_range("transmission", each.transmission), "transmission": float(each.spared.mean() / before.mean())}
        rows.append({"link": each.link, **_range("spared", each.spared), **passed, "ground": each.ground})
        before = each.spared
    return pl.DataFrame(rows, schema=SCHEMA)


def _range(name: str, draws: Floats) -> dict[str, float | None]:
    """Mean and 95% of the draws that are numbers; None where none is."""
    known = draws[np.isfinite(draws)]
    if not len(known):
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    low, high = np.quantile(known, [0.025, 0.975])
    return {name: float(known.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}


def _one(
    treatment: Treatment,
    known: Mapping[str, MechanismParameter],
    weeks: int,
    rng: np.random.Generator,
    delay_weeks: int,
    people: int,
    entry: Entry | None,
) -> Floats:
    """Spared shares for one draw: all it could, engaged, relevant, timely. The first three at rest, by their closed form."""
    drawn = draw_people(people, rng=rng, world=known, entry=entry)
    supposed = suppose(treatment, known, rng)
    at_rest = [
        _at_rest(drawn, treatment, replace(supposed, share=1.0, moves=True), alone=True),
        _at_rest(drawn, treatment, replace(supposed, moves=True), alone=True),
        _at_rest(drawn, treatment, supposed, alone=False),
    ]
    action = act_on(drawn, treatment, supposed, known, rng, start_days=delay_weeks * WEEK_DAYS)
    clock = follow_people(drawn, [action], weeks=weeks).clock
    passed = (clock[:, -1] - clock[:, 0]) / (weeks * WEEK_DAYS * drawn.rate_per_day)
    return np.array([1 - np.average(rate, weights=drawn.rate_per_day) for rate in (*at_rest, passed)])


def _at_rest(people: People, treatment: Treatment, supposed: Supposed, *, alone: bool) -> Floats:
    """Rate of loss over the untreated rate when everything has settled, shape (n,)."""
    gene = treatment.hypothesis.genotype if treatment.hypothesis else ""
    reached = (people.genotype == gene) if gene else np.ones(people.n, dtype=bool)
    push = np.zeros((people.n, len(PATHWAYS)))
    for column, pathway in enumerate(treatment.pathways):
        push[:, pathway] = np.log1p(-supposed.largest[column] * supposed.moves * supposed.share) * reached
    if alone:
        return np.asarray(np.exp(push.sum(axis=1) / max(len(treatment.pathways), 1)))
    logs = np.stack([people.networks[group].gain @ each for group, each in zip(people.group, push, strict=True)])
    return np.asarray(np.exp((people.weights * logs).sum(axis=1) + supposed.harm * supposed.share))
