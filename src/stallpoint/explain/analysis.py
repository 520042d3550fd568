"""An explanation as an analysis: findings, looks and checks like any other, and tables for charts and results.

Series: `chain_links` (one row per subject and link), `chain_stalls` (one row per subject), `chain_measurements` (one row per measurement).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.costs import Costs
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.finding import Finding
from stallpoint.core.plan import Plan
from stallpoint.explain.explanation import Explanation, explain_trial
from stallpoint.explain.link_rows import list_links
from stallpoint.explain.study_chain import ChainFinding
from stallpoint.response.analysis import Analysis

_MEASUREMENT = {
    "measurement": pl.String,
    "people": pl.Int64,
    "answers": pl.Float64,
    "right": pl.Float64,
    "gained_per_patient": pl.Float64,
    "lumbar_punctures": pl.Int64,
    "cost": pl.Float64,
    "another_trial": pl.Boolean,
    "text": pl.String,
}


def analyse_chain(trial: Trial, *, plan: Plan, costs: Costs, rng: np.random.Generator) -> Analysis:
    """Where a trial's treatment stalls, for a run. Where no chain can be judged, a failed check says why."""
    try:
        found = explain_trial(trial, plan=plan, costs=costs, rng=rng)
    except (EstimandError, FitError) as error:
        check = Check("chain", "failed", f"Where it stalls could not be judged. {error.text}")
        question = f"Where does {trial.treatment} stall?"
        return Analysis(
            findings=(Finding(question, check.text, trial.cohort.basis, False, False, False, checks=(check,)),), checks=(check,)
        )
    return Analysis(
        findings=found.findings,
        looks=found.looks,
        checks=found.checks,
        methods=found.methods,
        sources=found.sources,
        series={
            "chain_links": tabulate_links(found),
            "chain_stalls": tabulate_stalls(found),
            "chain_measurements": tabulate_measurements(found),
        },
    )


def tabulate_links(explanation: Explanation) -> pl.DataFrame:
    """One row per subject and link, as `link_rows.list_links` gives them."""
    rows = [row for found in explanation.chains for row in list_links(found.chain, found.loss, found.stall)]
    return pl.DataFrame(rows, schema_overrides={"sources": pl.List(pl.String)})


def say_most_lost(found: ChainFinding) -> str:
    """The link that takes most of the potential effect, and how much that is."""
    most = max(found.loss, key=lambda each: each.mean)
    return (
        f"Most of what the treatment could do is lost at {most.link}: {most.mean:.0%} of it "
        f"(95% interval {max(most.low, 0):.0%} to {most.high:.0%})."
    )


def tabulate_stalls(explanation: Explanation) -> pl.DataFrame:
    """One row per subject: its kind (trial, group, value), the answer, the link that is named, what remains possible, and the sentence."""
    kinds = ["trial", *["group"] * len(explanation.groups), *["value"] * len(explanation.at_values)]
    return pl.DataFrame(
        [
            {
                "subject": each.chain.subject,
                "kind": kind,
                "n_treated": each.n,
                "answer": each.stall.answer,
                "named": each.stall.named,
                "possible": list(each.stall.possible),
                "none_possible": each.stall.none_possible,
                "no_stall_probability": each.stall.no_stall,
                "threshold": each.stall.threshold,
                "text": each.stall.text,
                "most_lost": say_most_lost(each),
            }
            for kind, each in zip(kinds, explanation.chains, strict=True)
        ],
        schema_overrides={"named": pl.String, "possible": pl.List(pl.String)},
    )


def tabulate_measurements(explanation: Explanation) -> pl.DataFrame:
    """One row per measurement and number of people, in a fixed order that is no ranking."""
    return pl.DataFrame(
        [{name: getattr(each, name) for name in _MEASUREMENT} for each in explanation.measurements], schema=_MEASUREMENT
    )
