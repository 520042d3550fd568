"""What the trial record tells of the assumptions that all drugs share: shrinkage of the prior, and the profile of the likelihood.

The likelihood of a shared point is averaged over what belongs to each drug (engagement, how far a target carries, harm), with the same
draws for every point, so that it is a smooth function of the point. Profiled over one parameter, all other shared ones do their best.
Shrinkage leans on the prior and a profile does not: where the profile is flat over what the prior allows, the data say nothing and the
number is driven by assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import logsumexp
from scipy.stats import norm

from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import MechanismParameter, load_genotypes
from stallpoint.knowledge.trial_record import TrialResult
from stallpoint.mechanism.calibrate import BROAD, Calibration, Shared, harm_of, push_of, trial_error
from stallpoint.mechanism.settle import outcome_per_log_rate, settled_gain
from stallpoint.mechanism.treatment import prepare_treatment
from stallpoint.numerics.profile import DROP, interval, profile

Floats = npt.NDArray[np.float64]

LOGITS = (-5.0, 5.0)
CHANCES = (0.01, 0.99)
POINTS = 13
KEPT = 0.99
"""Share of the prior, about its middle, that a profile goes over."""


@dataclass(frozen=True)
class _Trial:
    """One trial with the draws of what belongs to its drug: push by pathway and harm, shape (l,); weights of a genotype, (l, 7)."""

    result: TrialResult
    pathways: tuple[int, ...]
    push: Mapping[int, Floats]
    harm: Floats
    weights: Floats | None
    own_chance: float | None
    factor: float


class RecordLikelihood:
    """Log likelihood of shared points under the record, each drug averaged over its own draws."""

    def __init__(
        self, record: Sequence[TrialResult], *, known: Mapping[str, MechanismParameter], rng: np.random.Generator, per_drug: int
    ) -> None:
        scale = outcome_per_log_rate({(trial.weeks, trial.kind) for trial in record}, known=known, rng=rng)
        self._drugs: dict[str, list[_Trial]] = {}
        for drug in sorted({trial.drug for trial in record}):
            carried, z = rng.random((1, per_drug, 6)), rng.standard_normal((1, per_drug))
            for trial in (each for each in record if each.drug == drug):
                treatment = prepare_treatment(load_drug(drug), known=known, rng=rng, dose=trial.dose or None)
                share = rng.choice(treatment.share, (1, per_drug))
                gene = load_genotypes()[trial.genotype].weights if trial.genotype else None
                self._drugs.setdefault(drug, []).append(
                    _Trial(
                        result=trial,
                        pathways=treatment.pathways,
                        push={key: value[0] for key, value in push_of(treatment, share, carried, known).items()},
                        harm=(harm_of(treatment, known, z) * share)[0],
                        weights=None if gene is None else rng.dirichlet(gene, per_drug),
                        own_chance=treatment.hypothesis.moves if treatment.hypothesis else None,
                        factor=scale[trial.weeks, trial.kind],
                    )
                )

    def __call__(self, shared: Shared) -> Floats:
        """Of each point, shape (g,)."""
        weeks = {trial.result.weeks for trials in self._drugs.values() for trial in trials}
        gains = {each: settled_gain(shared.bypass, each).gain for each in weeks}
        return np.asarray(sum(_of_drug(trials, shared, gains) for trials in self._drugs.values()))


def _of_drug(trials: Sequence[_Trial], shared: Shared, gains: Mapping[int, Floats]) -> Floats:
    moved, unmoved = np.zeros((len(shared.moves), len(trials[0].harm))), np.zeros(len(trials[0].harm))
    for trial in trials:
        error, found = trial_error(trial.result), trial.result.log_ratio
        through = _through(trial, shared, gains[trial.result.weeks]) + trial.harm
        moved = moved + norm.logpdf(found, trial.factor * through, error)
        unmoved = unmoved + norm.logpdf(found, trial.factor * trial.harm, error)
    chance = shared.moves if trials[0].own_chance is None else np.full(len(shared.moves), trials[0].own_chance)
    draws = np.log(len(trials[0].harm))
    with_it = logsumexp(moved, axis=1) - draws
    without = logsumexp(unmoved) - draws
    return np.asarray(np.logaddexp(np.log(chance) + with_it, np.log1p(-chance) + without))


def _through(trial: _Trial, shared: Shared, gain: Floats) -> Floats:
    """Change of the log rate by way of the pathways, shape (g, l)."""
    if not trial.pathways:
        own = shared.weights[:, None, -1] if trial.weights is None else trial.weights[None, :, -1]
        return np.asarray(own * trial.push[0])
    if trial.weights is None:
        reached = np.einsum("gi,gij->gj", shared.weights[:, :-1], gain)[:, None]
    else:
        reached = np.einsum("li,gij->glj", trial.weights[:, :-1], gain)
    return np.asarray(sum(reached[..., pathway] * trial.push[pathway] for pathway in trial.pathways))


def identify(fitted: Calibration, likelihood: RecordLikelihood, *, points: int = POINTS) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every shared parameter: what shrank, and what the likelihood alone says.

    Args:
        fitted: the calibration, for the shrinkage.
        likelihood: for the profiles.
        points: values of each parameter, over the middle 99% of its prior.

    Returns:
        A table with parameter, prior, prior_sd, posterior, posterior_sd, shrinkage (1 less the ratio of variances), least and most (what
        the profile goes over), low and high (of its 95% interval; empty where it is open) and flat; and one with parameter, value and
        drop (below the top).
    """
    rows, curves = [], []
    weights = fitted.weights()
    for place, (name, draws) in enumerate(fitted.shared.table.items()):
        least, most = np.quantile(draws, [(1 - KEPT) / 2, (1 + KEPT) / 2])
        grid = np.linspace(least, most, points)
        values = _profile_of(place, grid, likelihood, fitted.shared.weights.shape[1])
        low, high = interval(grid, values)
        mean = float(weights @ draws)
        sd = float(np.sqrt(weights @ (draws - mean) ** 2))
        rows.append(
            {
                "parameter": name,
                "prior": float(draws.mean()),
                "prior_sd": float(draws.std()),
                "posterior": mean,
                "posterior_sd": sd,
                "shrinkage": float(1 - (sd / draws.std()) ** 2),
                "least": float(least),
                "most": float(most),
                "low": low,
                "high": high,
                "flat": bool(np.ptp(values) < DROP),
            }
        )
        curves += [{"parameter": name, "value": at, "drop": value - values.max()} for at, value in zip(grid, values, strict=True)]
    return pl.DataFrame(rows, schema_overrides={"low": pl.Float64, "high": pl.Float64}), pl.DataFrame(curves)


def _profile_of(place: int, grid: Floats, likelihood: RecordLikelihood, count: int) -> Floats:
    """Profile over a weight (place below count), bypass or chance. Weights are held by their share; the others split the rest."""
    low, high = load_genotypes()[BROAD].bypass
    others = count - 1 if place < count else count
    bounds = np.array([[grid[0], grid[-1]], *[LOGITS] * others])
    free = {count: [CHANCES], count + 1: [(low, high)]}.get(place, [(low, high), CHANCES])
    bounds = np.vstack([bounds, free])

    def at(points: Floats) -> Floats:
        return likelihood(_shared(points, place, count))

    return profile(at, 0, grid, bounds.mean(axis=1), bounds)


def _shared(points: Floats, place: int, count: int) -> Shared:
    held, others = points[:, 0], count - 1 if place < count else count
    split = np.exp(points[:, 1 : 1 + others])
    split /= split.sum(axis=1, keepdims=True)
    rest = points[:, 1 + others :]
    if place < count:
        weights = np.insert((1 - held)[:, None] * split, place, held, axis=1)
        return Shared(weights, rest[:, 0], rest[:, 1])
    if place == count:
        return Shared(split, held, rest[:, 0])
    return Shared(split, rest[:, 0], held)
