"""Which measurement would decide: how often each would turn "cannot tell" into an answer.

Worlds that the trial left are taken as the truth in turn. Each foretells what a measurement would show; with its error it is drawn, all
worlds are weighed again by it, and it is seen whether one link now stands out. So a measurement is worth what it would change.

Source: preposterior analysis, Raiffa & Schlaifer (1961) Applied Statistical Decision Theory, chapter 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import norm

from stallpoint.core.costs import Costs
from stallpoint.core.link import Array, Chain
from stallpoint.core.parameter import LINKS
from stallpoint.explain.foretell import Foretold, foretell_measurements
from stallpoint.explain.stall import find_stall, required_probability
from stallpoint.explain.study_chain import Evidence, Judged
from stallpoint.knowledge.chain import load_chain_assumptions

TRUTHS = 300
"""The Monte Carlo error of a share of 0.5 is 0.03."""


@dataclass(frozen=True)
class MeasurementValue:
    """What one measurement would be worth.

    `answers` is the share of worlds in which it would name a link or say that none impedes, `right` the share of worlds in which that would
    be so and true. `gained_per_patient` is what is gained over the answer that is there already, for each person measured. `cost` is in
    the user's currency, None where a price is missing.
    """

    measurement: str
    people: int
    answers: float
    right: float
    gained_per_patient: float
    lumbar_punctures: int
    cost: float | None
    another_trial: bool
    text: str


def value_measurements(
    chain: Chain, evidence: Evidence, judged: Judged, costs: Costs, *, rng: np.random.Generator
) -> tuple[MeasurementValue, ...]:
    """The worth of each measurement that the trial has not made yet, and of another trial of the same size; unranked, in a fixed order."""
    now = float(find_stall(chain).answer != "cannot be told apart")
    foretold = foretell_measurements(evidence, judged, costs)
    return tuple(_value(each, chain, now, costs.lumbar_puncture, rng) for each in foretold)


def label_worlds(draws: Array, limit: float) -> Array:
    """Which link each world stalls at (d,), by its place; the number of links where none does."""
    return np.where(draws.min(axis=1) < limit, draws.argmin(axis=1), len(LINKS))


def _value(foretold: Foretold, chain: Chain, now: float, puncture: float | None, rng: np.random.Generator) -> MeasurementValue:
    known = load_chain_assumptions()
    draws = chain.draws.copy()
    if foretold.visible is not None:
        draws[:, LINKS.index("visible")] = foretold.visible
    labels = label_worlds(draws, known["stall_share"])
    needed = [required_probability(link) for link in (*LINKS, None)]
    answers = right = 0
    for truth in rng.integers(len(labels), size=TRUTHS):
        shown = foretold.means[truth] + foretold.errors * rng.standard_normal(foretold.errors.size)
        weight = np.asarray(norm.pdf(shown, foretold.means, foretold.errors)).prod(axis=1)
        probability = np.bincount(labels, weight, len(LINKS) + 1) / weight.sum()
        likeliest = int(probability.argmax())
        if probability[likeliest] >= needed[likeliest]:
            answers += 1
            right += likeliest == labels[truth]
    share, error = answers / TRUTHS, sqrt(max(answers * (TRUTHS - answers), 1) / TRUTHS**3)
    name, people = foretold.measurement, foretold.people
    punctures = people * foretold.punctures_each
    text = (
        f"{name[:1].upper()}{name[1:]} in {people} people would give an answer {share:.0%} of the time (Monte Carlo error {error:.0%})"
        + (f", with {punctures} lumbar punctures." if punctures else ".")
    )
    cost = _cost(foretold, puncture)
    return MeasurementValue(
        name, people, share, right / TRUTHS, max(share - now, 0.0) / people, punctures, cost, foretold.another_trial, text
    )


def _cost(foretold: Foretold, puncture: float | None) -> float | None:
    """None where a price is missing; a lumbar puncture that is not needed needs no price."""
    by_puncture = puncture if foretold.punctures_each else 0.0
    if foretold.price_each is None or by_puncture is None:
        return None
    return foretold.people * (foretold.price_each + foretold.punctures_each * by_puncture)
