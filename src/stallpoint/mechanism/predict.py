"""What virtual trials of a drug would see, as probabilities over everything that is not known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.knowledge.mechanism import MechanismParameter, load_mechanism
from stallpoint.mechanism.mechanism import Mechanism
from stallpoint.mechanism.treatment import Treatment, suppose
from stallpoint.mechanism.trial import TrialOutcome, TrialPlan, run_trial


@dataclass(frozen=True)
class Probability:
    """A share of virtual trials, with its Monte Carlo standard error; None where no virtual trial could say."""

    value: float | None
    std_error: float | None


@dataclass(frozen=True)
class Prediction:
    """Virtual trials of one drug: `trials` has one row each, with what was supposed, what was seen and what was true.

    Columns: share, moves, largest, harm, slope_difference, std_error, benefit_found, harm_found, nfl_ratio, log_hazard_ratio,
    deaths_treated, deaths_control, true_slowing, true_points.
    """

    treatment: Treatment
    plan: TrialPlan
    trials: pl.DataFrame

    def probability(self, claim: pl.Expr) -> Probability:
        """Share of virtual trials of which a claim is true; trials of which it cannot be said are left out."""
        said = self.trials.select(claim.alias("claim"))["claim"].drop_nulls().cast(pl.Float64).to_numpy()
        if not len(said):
            return Probability(None, None)
        share = float(said.mean())
        return Probability(share, float(np.sqrt(max(share * (1 - share), 1 / len(said)) / len(said))))


def predict_trials(
    plan: TrialPlan,
    treatment: Treatment,
    *,
    repeats: int,
    rng: np.random.Generator,
    known: Mapping[str, MechanismParameter] | None = None,
    mechanism: Mechanism | None = None,
) -> Prediction:
    """Virtual trials, each with its own people and its own draw of what might be true of the drug.

    Args:
        plan: the design.
        treatment: the drug, with draws of its engagement.
        repeats: number of virtual trials.
        rng: source of randomness.
        known: parameters; those that come with the software where None.
        mechanism: in the place of the bundled one, where given.
    """
    parameters = load_mechanism() if known is None else known
    rows = []
    for stream in rng.spawn(repeats):
        supposed = suppose(treatment, parameters, stream)
        outcome = run_trial(plan, treatment, supposed, known=parameters, rng=stream, mechanism=mechanism)
        largest = float(np.mean(supposed.largest)) if len(supposed.largest) else 0.0
        told = {"share": supposed.share, "moves": supposed.moves, "largest": largest, "harm": supposed.harm}
        rows.append({**told, **_seen(outcome)})
    return Prediction(treatment, plan, pl.DataFrame(rows))


def _seen(outcome: TrialOutcome) -> dict[str, float | bool]:
    return {
        "slope_difference": outcome.slope.estimate,
        "std_error": outcome.slope.std_error,
        "benefit_found": outcome.benefit,
        "harm_found": outcome.harm,
        "nfl_ratio": outcome.nfl_ratio,
        "log_hazard_ratio": outcome.log_hazard_ratio,
        "deaths_treated": outcome.deaths_treated,
        "deaths_control": outcome.deaths_control,
        "true_slowing": outcome.true_slowing,
        "true_points": outcome.true_points,
    }
