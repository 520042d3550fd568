"""Does the calibration to the trial record find what was planted? Simulation-based calibration.

A truth is drawn from the prior, trials of the size and error of the record are drawn from it, and the place of the truth in the
posterior is noted. Where the posterior is right these places are even (Talts et al. 2018, arXiv:1804.06788; with weighted draws the place
is the weight below the truth). The truth, the draws of the posterior, and what belongs to each drug come from separate streams, so the
check sees the Monte Carlo error of the importance sampling as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import kstest

from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.knowledge.trial_record import TrialResult
from stallpoint.mechanism.calibrate import Shared, draw_shared, log_likelihood, rates_of_drug
from stallpoint.mechanism.settle import SettledGain, outcome_per_log_rate, settled_gain

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RankCheck:
    """Places of the truth, 0 to 1, by parameter, shape (r,); effective draws behind each posterior, shape (r,)."""

    places: Mapping[str, Floats]
    effective_draws: Floats

    def p_values(self) -> dict[str, float]:
        """Of evenness, by Kolmogorov and Smirnov, one for each parameter."""
        return {name: float(kstest(place, "uniform").pvalue) for name, place in self.places.items()}

    def coverage(self, level: float) -> dict[str, float]:
        """Share of truths inside the central interval."""
        return {name: float((np.abs(place - 0.5) < level / 2).mean()) for name, place in self.places.items()}


def check_calibration_ranks(
    record: Sequence[TrialResult],
    *,
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    repeats: int,
    draws: int,
    per_drug: int,
) -> RankCheck:
    """Plant and find again.

    Args:
        record: trials whose drugs, end points and errors are taken; what they found is drawn anew.
        known: parameters of the model.
        rng: source of randomness.
        repeats: number of truths.
        draws, per_drug: as in `calibrate`, one set for all repeats.
    """
    streams = rng.spawn(4)
    points = {(trial.weeks, trial.kind) for trial in record}
    scale = outcome_per_log_rate(points, known=known, rng=streams[0])
    truth, shared = draw_shared(repeats, rng=streams[1]), draw_shared(draws, rng=streams[2])
    likelihood = np.zeros((repeats, draws))
    drugs = sorted({trial.drug for trial in record})
    for drug, stream in zip(drugs, streams[3].spawn(len(drugs)), strict=True):
        trials = tuple(trial for trial in record if trial.drug == drug)
        found = _plant(trials, truth, scale, known, stream)
        rates = rates_of_drug(
            trials,
            shared,
            gains=_gains(shared, {weeks for weeks, _ in points}),
            scale=scale,
            known=known,
            rng=stream,
            per_drug=per_drug,
        )
        likelihood += np.stack([log_likelihood(rates, each) for each in found])
    weights = np.exp(likelihood - logsumexp(likelihood, axis=1, keepdims=True))
    places = {name: (weights * (shared.table[name] < planted[:, None])).sum(axis=1) for name, planted in truth.table.items()}
    return RankCheck(places, 1 / (weights**2).sum(axis=1))


def _plant(
    trials: tuple[TrialResult, ...],
    truth: Shared,
    scale: Mapping[tuple[int, str], float],
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
) -> Floats:
    """What the trials of one drug find under each truth, shape (r, t), with the noise that each counts with."""
    rates = rates_of_drug(
        trials, truth, gains=_gains(truth, {trial.weeks for trial in trials}), scale=scale, known=known, rng=rng, per_drug=1
    )
    moves = rng.random(len(rates.moves)) < rates.moves
    effects = rates.factors * np.where(moves[:, None], rates.moved[:, 0], rates.unmoved[:, 0])
    return np.asarray(effects + rates.errors * rng.standard_normal(effects.shape))


def _gains(shared: Shared, weeks: set[int]) -> dict[int, SettledGain]:
    return {each: settled_gain(shared.bypass, each) for each in weeks}
