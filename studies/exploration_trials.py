"""Exploration of whole trials: from visits, deaths and dropout through the joint model to what held-out people say.

Run: python studies/exploration_trials.py --trials 40 --people 300 --seed 20261123 --out studies/results

Trials of the built-in natural history over 12 months, without early stopping of treatment, in two worlds: 0.30 points a month in
everyone, and 0.60 in women only. Slopes are one-step estimates from the scores of the joint model, survival times pseudo-values.
Counted: how often a ranking is called real on either outcome, and whether intervals on slopes hold the true average effect and what the
rankings are worth by the true effects of the people themselves.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from stallpoint.response.exploration.candidates import gather_candidates, independent
from stallpoint.response.exploration.judge import GROUPS, judge_learner
from stallpoint.response.exploration.learners import learn_by_scores
from stallpoint.response.exploration.outcomes import slope_outcomes, survival_outcomes
from stallpoint.response.exploration.over_splits import OverSplits
from stallpoint.response.exploration.ridge import Predict
from stallpoint.response.exploration.sample import Sample
from stallpoint.response.exploration.shuffled import is_called
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import Covariates, fit_trial
from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.planted import constant_benefit, only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

WORLDS = {"everyone": constant_benefit(0.3), "women only": only_in_subgroup(0.6, column="sex", equals="female")}
COVARIATES = ("sex", "age_years", "onset_site", "nfl_baseline", "fvc_percent")
SPLITS = 20
HORIZON_MONTHS = 12.0


def run_one(world: str, people: int, seed: int, index: int) -> dict[str, Any]:
    """One trial from its simulation to whether each interval holds."""
    rng = np.random.default_rng([seed, index, people, list(WORLDS).index(world)])
    history = replace(default_natural_history(), treatment_stop_per_month=0.0)
    simulated = simulate_trial(TrialDesign(n=people), WORLDS[world], natural_history=history, rng=rng)
    candidates = gather_candidates(simulated.trial.cohort, follow_trial(simulated.trial), COVARIATES)
    fit = fit_trial(candidates.followed, Covariates(adjust=independent(candidates.followed.people, candidates.columns)))
    order = pl.DataFrame({"patient": list(fit.data.people)})
    explored = order.join(candidates.followed.people, on="patient", how="left", maintain_order="left")
    effect = order.join(simulated.truth.people, on="patient", how="left", maintain_order="left")["effect"].to_numpy()
    X, treated = explored.select(candidates.columns).to_numpy(), explored["treated"].to_numpy()
    months = survival_outcomes(explored["time_months"].to_numpy(), explored["died"].to_numpy(), treated, HORIZON_MONTHS)
    learnt: list[Predict] = []

    def remembering(part: Sample, generator: np.random.Generator) -> Predict:
        learnt.append(learn_by_scores(part, generator))
        return learnt[-1]

    slope = judge_learner(Sample(X, slope_outcomes(fit, treated, X), treated, 0.5), remembering, splits=SPLITS, rng=rng)
    survival = judge_learner(Sample(X, months, treated, 0.5), learn_by_scores, splits=SPLITS, rng=rng)
    thirds = np.mean([[effect[each].mean() for each in np.array_split(np.argsort(by(X)), GROUPS)] for by in learnt], axis=0)
    shown = {
        "average": (slope.average, float(effect.mean())),
        "largest less smallest third": (slope.apart, float(thirds[-1] - thirds[0])),
        **{f"third {k + 1}": (slope.groups[k], float(thirds[k])) for k in range(GROUPS)},
    }
    return {
        "deaths": float(explored["died"].to_numpy().mean()),
        "called": float(is_called([slope.p_value, survival.p_value])),
        **{f"{name}: held": float(_holds(found, truth)) for name, (found, truth) in shown.items()},
        **{f"{name}: off": found.value - truth for name, (found, truth) in shown.items()},
    }


def _holds(found: OverSplits, truth: float) -> bool:
    return found.low <= truth <= found.high


def summarise(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over trials, and the Monte Carlo error of each."""
    out: dict[str, Any] = {"trials": len(results)}
    for name in results[0]:
        values = np.array([each[name] for each in results])
        out[name] = [round(float(values.mean()), 4), round(float(values.std() / np.sqrt(len(values))), 4)]
    return out


def main() -> None:
    """Run and write exploration_trials.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    found: dict[str, Any] = {"seed": wanted.seed, "people": wanted.people, "splits": SPLITS}
    with ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor:
        for world in WORLDS:
            found[world] = summarise(
                list(executor.map(partial(run_one, world, wanted.people, wanted.seed), range(wanted.trials)))
            )
            print(world, json.dumps(found[world]), flush=True)
    (wanted.out / "exploration_trials.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
