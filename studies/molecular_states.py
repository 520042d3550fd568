"""What molecular states, as wide priors, change: the share of the loss through their pathway, bypass, and what virtual trials would see.

Run: python studies/molecular_states.py --draws 8000 --per-drug 150 --repeats 400 --seed 20261123 --out studies/results

Shares: for every state, how the share of the loss through the pathway that it shifts most differs from everybody's, by the prior and after
the trial record has weighed everybody's weights (the record holds no trial of people chosen by a state, so it can move what is shared and
not what the state means). Trials: an invented drug on that pathway, of whose engagement nothing is known, in the same virtual trials with
the state present and without; differences are paired by trial. No real drug stands beside a state.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import PATHWAYS, load_genotypes, load_mechanism
from stallpoint.knowledge.molecular_states import MolecularState, load_molecular_states
from stallpoint.knowledge.trial_record import load_trial_record
from stallpoint.mechanism.calibrate import BROAD, Calibration, calibrate
from stallpoint.mechanism.molecular_states import ask_states, move_concentrations, move_weights
from stallpoint.mechanism.pathway_share import BYPASSED, DIFFERENCE, THROUGH, share_through
from stallpoint.mechanism.predict import Prediction, predict_trials
from stallpoint.mechanism.treatment import SHARE_RANGE, Treatment, prepare_treatment
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.virtual_people import Entry

Floats = npt.NDArray[np.float64]
TREATED, CONTROL, WEEKS = 150, 150, 48
MEANINGS = 20
"""Draws of what a state means for each draw of everybody's weights."""


def main() -> None:
    """Everything, as one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=8000)
    parser.add_argument("--per-drug", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    known = load_mechanism()
    fitted = calibrate(
        load_trial_record(), known=known, rng=np.random.default_rng(asked.seed), draws=asked.draws, per_drug=asked.per_drug
    )
    states = load_molecular_states().values()
    result = {
        "effective_draws": fitted.effective_draws(),
        "shares": [shares_of(state, fitted, asked.seed) for state in states],
        "trials": [trials_of(state, asked.repeats, asked.seed) for state in states],
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "molecular_states.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def main_pathway(state: MolecularState) -> int:
    """The pathway that a state is supposed to shift most."""
    return int(np.argmax([factor or 0.0 for factor in state.factors[:-1]]))


def shares_of(state: MolecularState, fitted: Calibration, seed: int) -> dict[str, Any]:
    """Population's share through the state's pathway: with the state, in everybody and the difference, prior and posterior."""
    rng, pathway = np.random.default_rng(seed), main_pathway(state)
    question = ask_states({state.name: 1.0})[0]
    answer = int(question.shares.argmax())
    weights, posterior = (np.repeat(each, MEANINGS, axis=0) for each in (fitted.shared.weights, fitted.weights() / MEANINGS))
    before = np.tile(load_genotypes()[BROAD].weights, (len(weights), 1))
    relative = np.stack([question.draw_relative(rng)[answer] for _ in before])
    whole = weights[:, pathway]
    moved = move_weights(weights, before, move_concentrations(before, relative), rng)[:, pathway]
    told = {
        name: {
            "everybody": _summary(whole, each),
            "with_the_state": _summary(moved, each),
            "difference": _summary(moved - whole, each),
        }
        for name, each in (("prior", np.full(len(whole), 1 / len(whole))), ("posterior", posterior))
    }
    shrinkage = 1 - (told["posterior"]["difference"]["sd"] / told["prior"]["difference"]["sd"]) ** 2
    return {"state": state.name, "pathway": PATHWAYS[pathway], **told, "shrinkage_of_difference": shrinkage}


def trials_of(state: MolecularState, repeats: int, seed: int) -> dict[str, Any]:
    """The same virtual trials of an invented drug on the state's pathway, with the state present and without it."""
    treatment = invented_drug(main_pathway(state))
    predictions = [
        predict_trials(
            TrialPlan(TREATED, CONTROL, WEEKS, entry=Entry(states=states)),
            treatment,
            repeats=repeats,
            rng=np.random.default_rng(seed),
        )
        for states in ({state.name: 1.0}, {})
    ]
    table = share_through(
        treatment.pathways, known=load_mechanism(), entry=Entry(states={state.name: 1.0}), rng=np.random.default_rng([seed, 2])
    )
    return {
        "state": state.name,
        "pathway_of_the_invented_drug": PATHWAYS[treatment.pathways[0]],
        "loss_spared": paired(predictions, "true_slowing"),
        "points_at_the_end": paired(predictions, "true_points"),
        "finds_a_benefit": paired(predictions, "benefit_found"),
        "loss_spared_where_the_target_moves_its_pathway": paired(predictions, "true_slowing", moved=True),
        "through": [row for row in table.to_dicts() if row["quantity"] == THROUGH],
        "bypassed": [row for row in table.to_dicts() if row["quantity"] == BYPASSED and row["whom"] == DIFFERENCE],
    }


def invented_drug(pathway: int) -> Treatment:
    """By mouth twice a day, on one pathway alone, with an engagement of which nothing is known. No real drug stands beside a state here."""
    model = prepare_treatment(load_drug("riluzole"), known=load_mechanism(), rng=np.random.default_rng(1))
    anything = np.linspace(*SHARE_RANGE, 1024)
    return replace(model, drug=replace(model.drug, name="invented"), pathways=(pathway,), share=anything, ground="not known")


def paired(predictions: list[Prediction], column: str, *, moved: bool = False) -> dict[str, Any]:
    """Mean with the state, without it, and of the differences by trial, with Monte Carlo errors and 95% of trials."""
    keep = predictions[0].trials["moves"].to_numpy() | (not moved)
    here, without = (each.trials[column].to_numpy().astype(float)[keep] for each in predictions)
    weights = np.full(len(here), 1 / len(here))
    rows = {"with": here, "without": without, "difference": here - without}
    return {
        name: {**_summary(values, weights), "error": float(values.std() / np.sqrt(len(values)))} for name, values in rows.items()
    }


def _summary(values: Floats, weights: Floats) -> dict[str, float]:
    """Weighted mean, spread and 95%."""
    order = np.argsort(values)
    ends = np.interp([0.025, 0.975], np.cumsum(weights[order]), values[order])
    return {
        "mean": float(weights @ values),
        "sd": float(np.sqrt(_variance(values, weights))),
        "low": float(ends[0]),
        "high": float(ends[1]),
    }


def _variance(values: Floats, weights: Floats) -> float:
    return float(weights @ (values - weights @ values) ** 2)


if __name__ == "__main__":
    main()
