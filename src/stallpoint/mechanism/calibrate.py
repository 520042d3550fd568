"""The trial record confronted with the mechanism: what trials say of driver weights, of bypass, and of how often a target matters.

Everything shared by all drugs (driver weights of broad ALS, bypass, the chance that an engaged target moves its pathway) is drawn from
its prior; everything of one drug (engagement from `exposure`, how far the target carries, harm at the limit of tolerance) is averaged out
for each of these draws. So the likelihood of each drug's trials under each draw is known, and the posterior is the prior with these
weights: importance sampling, exact up to Monte Carlo error, whose effective sample size is reported. Leaving a drug out only drops its
factor, so every drug is predicted without having been seen. Trial noise is normal on the log ratio; recalled results count with an error
twice as large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import norm

from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import PATHWAYS, MechanismParameter, load_genotypes
from stallpoint.knowledge.trial_record import TrialResult
from stallpoint.mechanism.settle import SettledGain, outcome_per_log_rate, settled_gain
from stallpoint.mechanism.treatment import Treatment, prepare_treatment

Floats = npt.NDArray[np.float64]

RECALLED_ERROR = 2.0
BROAD = "sporadic"
MOVES_PRIOR = (1.5, 2.5)
"""Beta prior of the chance that an engaged target moves its pathway; openly assumed, mean 0.375."""


@dataclass(frozen=True)
class Shared:
    """Draws of what all drugs share: weights (g, 7) of the pathways and of the rest, bypass (g,), chance to move (g,)."""

    weights: Floats
    bypass: Floats
    moves: Floats

    @property
    def table(self) -> dict[str, Floats]:
        """Each parameter by name, shape (g,)."""
        names = (*(f"weight of {name}" for name in PATHWAYS), "weight of anything else")
        columns = dict(zip(names, self.weights.T, strict=True))
        return {**columns, "bypass": self.bypass, "chance that a target moves its pathway": self.moves}


@dataclass(frozen=True)
class DrugRates:
    """Change of the log rate of loss in each trial of a drug, shape (g, l, t), where its target moves its pathway and where not.

    `moves` is the chance that it does, shape (g,); `factors` turn it into what is measured and `errors` are those of the trials, (t,).
    """

    trials: tuple[TrialResult, ...]
    moved: Floats
    unmoved: Floats
    moves: Floats
    factors: Floats
    errors: Floats


@dataclass(frozen=True)
class DrugFit:
    """One drug: its trials, log likelihood (g,) of them under each draw, and draws (g, t) of what each trial would find.

    `effects` is without the noise of the trial.
    """

    trials: tuple[TrialResult, ...]
    log_likelihood: Floats
    effects: Floats


@dataclass(frozen=True)
class Calibration:
    """The shared draws and every drug's fit; the posterior weighs draws by the product of all likelihoods."""

    shared: Shared
    drugs: Mapping[str, DrugFit]

    def weights(self, *, without: str | None = None) -> Floats:
        """Posterior weights of the draws (g,), summing to 1, with one drug left out where named."""
        total = np.sum([fit.log_likelihood for name, fit in self.drugs.items() if name != without], axis=0)
        return np.asarray(np.exp(total - logsumexp(total)))

    def effective_draws(self, *, without: str | None = None) -> float:
        """Effective sample size of the weights (Kong 1992)."""
        return float(1 / (self.weights(without=without) ** 2).sum())


def draw_shared(count: int, *, rng: np.random.Generator) -> Shared:
    """The prior of what all drugs share."""
    broad = load_genotypes()[BROAD]
    return Shared(rng.dirichlet(broad.weights, count), rng.uniform(*broad.bypass, count), rng.beta(*MOVES_PRIOR, count))


def calibrate(
    record: Sequence[TrialResult],
    *,
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    draws: int = 4000,
    per_drug: int = 200,
) -> Calibration:
    """Confront the record with the mechanism.

    Args:
        record: trials with comparable end points.
        known: parameters of the model.
        rng: source of randomness.
        draws: of what all drugs share.
        per_drug: draws of what belongs to one drug, for each of these.
    """
    shared = draw_shared(draws, rng=rng)
    points = {(trial.weeks, trial.kind) for trial in record}
    scale = outcome_per_log_rate(points, known=known, rng=rng)
    gains = {weeks: settled_gain(shared.bypass, weeks) for weeks, _ in points}
    drugs = sorted({trial.drug for trial in record})
    fits = {}
    for drug, stream in zip(drugs, rng.spawn(len(drugs)), strict=True):
        trials = tuple(trial for trial in record if trial.drug == drug)
        rates = rates_of_drug(trials, shared, gains=gains, scale=scale, known=known, rng=stream, per_drug=per_drug)
        fits[drug] = fit_drug(rates, np.array([trial.log_ratio for trial in trials]), stream)
    return Calibration(shared, fits)


def trial_error(trial: TrialResult) -> float:
    """The standard error that a result counts with."""
    return trial.std_error * (RECALLED_ERROR if trial.tag == "recalled" else 1.0)


def fit_drug(rates: DrugRates, found: Floats, rng: np.random.Generator) -> DrugFit:
    """One drug's trials confronted with what they found, log ratios (t,): averaged over all that belongs to the drug."""
    likelihood = log_likelihood(rates, found)
    count, per_drug, _ = rates.moved.shape
    pick, branch = rng.integers(per_drug, size=count), rng.random(count) < rates.moves
    rows = np.arange(count)
    effects = rates.factors * np.where(branch[:, None], rates.moved[rows, pick], rates.unmoved[rows, pick])
    return DrugFit(rates.trials, likelihood, effects)


def log_likelihood(rates: DrugRates, found: Floats) -> Floats:
    """Of what the drug's trials found, log ratios (t,), under each shared draw, shape (g,): the target moves its pathway, or not."""
    per_drug = rates.moved.shape[1]
    by_branch = [
        logsumexp(np.sum(norm.logpdf(found, rates.factors * each, rates.errors), axis=2), axis=1) - np.log(per_drug)
        for each in (rates.moved, rates.unmoved)
    ]
    return np.asarray(np.logaddexp(np.log(rates.moves) + by_branch[0], np.log1p(-rates.moves) + by_branch[1]))


def rates_of_drug(
    trials: tuple[TrialResult, ...],
    shared: Shared,
    *,
    gains: Mapping[int, SettledGain],
    scale: Mapping[tuple[int, str], float],
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    per_drug: int,
) -> DrugRates:
    """What a drug's trials would see under each shared draw and each draw of what belongs to the drug.

    Args:
        trials: all of one drug.
        shared: draws of what all drugs share.
        gains: of a constant push, by weeks, for these draws.
        scale: of the log rate in what is measured, by weeks and kind.
        known: parameters of the model.
        rng: source of randomness.
        per_drug: draws for each shared one.
    """
    moved, unmoved = _log_rates(trials, shared, gains, known, rng, per_drug)
    return DrugRates(
        trials=trials,
        moved=moved,
        unmoved=unmoved,
        moves=_chance_to_move(trials[0], shared, known),
        factors=np.array([scale[trial.weeks, trial.kind] for trial in trials]),
        errors=np.array([trial_error(trial) for trial in trials]),
    )


def _chance_to_move(trial: TrialResult, shared: Shared, known: Mapping[str, MechanismParameter]) -> Floats:
    treatment = prepare_treatment(load_drug(trial.drug), known=known, rng=np.random.default_rng(0), dose=trial.dose or None)
    own = treatment.hypothesis.moves if treatment.hypothesis else None
    return shared.moves if own is None else np.full(len(shared.moves), own)


def _log_rates(
    trials: tuple[TrialResult, ...],
    shared: Shared,
    gains: Mapping[int, SettledGain],
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    per_drug: int,
) -> tuple[Floats, Floats]:
    """Mean change of the log rate of loss in each trial, shape (g, l, t): where the target moves its pathway, and where not."""
    moved, unmoved = [], []
    count = len(shared.bypass)
    carried = rng.random((count, per_drug, len(PATHWAYS)))
    harm_z = rng.standard_normal((count, per_drug))
    for trial in trials:
        treatment = prepare_treatment(load_drug(trial.drug), known=known, rng=rng, dose=trial.dose or None)
        share = rng.choice(treatment.share, (count, per_drug))
        weights = _weights(trial, shared, rng)
        push = push_of(treatment, share, carried, known)
        reached = gains[trial.weeks].apply(weights[:, :-1])
        through = np.zeros_like(share)
        for pathway in treatment.pathways:
            through += reached[:, None, pathway] * push[pathway]
        if not treatment.pathways:
            through = weights[:, None, -1] * push[0]
        harm = harm_of(treatment, known, harm_z) * share
        moved.append(through + harm)
        unmoved.append(harm)
    return np.stack(moved, axis=2), np.stack(unmoved, axis=2)


def _weights(trial: TrialResult, shared: Shared, rng: np.random.Generator) -> Floats:
    """Driver weights of the people of a trial: those of all, or of a genotype, about which broad trials say nothing."""
    if not trial.genotype:
        return shared.weights
    return np.asarray(rng.dirichlet(load_genotypes()[trial.genotype].weights, len(shared.bypass)))


def push_of(treatment: Treatment, share: Floats, carried: Floats, known: Mapping[str, MechanismParameter]) -> dict[int, Floats]:
    """Log drive left of each pathway that the drug acts on, shape (g, l); key 0 where it acts on none of the six."""
    spread = known["largest_shift"]
    hypothesis = treatment.hypothesis
    low, high = (spread.low, spread.high) if hypothesis is None or hypothesis.largest is None else hypothesis.largest
    columns = treatment.pathways or (0,)
    return {pathway: np.log1p(-(low + (high - low) * carried[:, :, pathway]) * share) for pathway in columns}


def harm_of(treatment: Treatment, known: Mapping[str, MechanismParameter], z: Floats) -> Floats:
    """Log rate that full engagement adds at doses people barely tolerate, for standard normal draws z; else 0."""
    if treatment.hypothesis is None or not treatment.hypothesis.tolerance_limit:
        return np.zeros_like(z)
    harm = known["harm_at_tolerance_limit"]
    return np.asarray(np.exp(np.log(harm.value) + np.log(harm.high / harm.low) / 3.92 * z))
