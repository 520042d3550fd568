"""Virtual trials of one drug, answered and written down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from stallpoint.core.errors import OutputError, StallpointError
from stallpoint.core.source import Source
from stallpoint.knowledge.mechanism import MechanismParameter, load_genotypes, load_mechanism
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.trial_record import TrialResult, load_trial_record
from stallpoint.mechanism.counterfactual import compare_with_untreated
from stallpoint.mechanism.loss import lose_by_link, tabulate
from stallpoint.mechanism.predict import Prediction, Probability, predict_trials
from stallpoint.mechanism.treatment import prepare_treatment
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.virtual_people import Entry
from stallpoint.report.simulation import render_simulation
from stallpoint.study.expose import find_drug
from stallpoint.study.json_text import render_json

MOST_REPEATS = 10_000
MOST_PEOPLE = 20_000
MOST_DRAWS = 200
"""Of what might be true, for the tables of links and of with against without."""

BENEFIT = "the trial finds a benefit"

NFL_FALL = 0.8
"""A trial that ends with a neurofilament ratio below this has seen it fall."""


@dataclass(frozen=True)
class Simulated:
    """Everything that virtual trials of one drug say.

    `claims` are probabilities by a plain sentence; `links` and `course` are tables (see `loss` and `counterfactual`); `record` are the
    trials of the drug that were really done.
    """

    prediction: Prediction
    claims: Mapping[str, Probability]
    links: pl.DataFrame
    course: pl.DataFrame
    record: tuple[TrialResult, ...]
    sources: tuple[Source, ...]
    seed: int
    report: Path | None

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        found = self.claims[BENEFIT].value or 0.0
        name = self.prediction.treatment.drug.name
        return f"{name[0].upper()}{name[1:]}: {_percent(found)} of virtual trials find a benefit; what drives that is assumed."


def simulate_drug(
    drug: str,
    *,
    treated: int,
    control: int,
    weeks: int,
    visit_weeks: int = 4,
    dose: str | None = None,
    genotype: str | None = None,
    scenario: str = "healthy",
    delay_weeks: int = 0,
    repeats: int = 200,
    seed: int = 1,
    out: Path | None = None,
) -> Simulated:
    """Virtual trials of a drug.

    Args:
        drug: a name, or the path of a drug file (ending in .toml).
        treated, control: people in each arm.
        weeks: of treatment.
        visit_weeks: weeks between visits.
        dose: one of the drug's dose patterns; the first where None.
        genotype: only carriers; the gene that the drug is made for where None and there is one.
        scenario: circumstances of exposure.
        delay_weeks: when treatment begins after randomisation.
        repeats: virtual trials, and draws behind the tables of links and of with against without, up to 200.
        seed: of every draw.
        out: folder for simulation.html, simulation.json and trials.parquet.

    Raises:
        StallpointError: an unknown drug, dose, genotype or scenario, or a plan that cannot be.
    """
    _require_size(treated + control, repeats)
    known, rng = load_mechanism(), np.random.default_rng(seed)
    treatment = prepare_treatment(find_drug(drug), known=known, rng=rng, dose=dose, scenario=scenario)
    gene = genotype or (treatment.hypothesis.genotype if treatment.hypothesis else "") or None
    plan = TrialPlan(treated, control, weeks, visit_weeks, Entry(genotype=gene), delay_weeks)
    prediction = predict_trials(plan, treatment, repeats=repeats, rng=rng, known=known)
    draws = min(repeats, MOST_DRAWS)
    spread = {"known": known, "weeks": weeks, "delay_weeks": delay_weeks, "entry": plan.entry, "draws": draws}
    simulated = Simulated(
        prediction=prediction,
        claims=claims_of(prediction),
        links=tabulate(*lose_by_link(treatment, rng=rng, **spread)),  # type: ignore[arg-type]
        course=compare_with_untreated(treatment, rng=rng, **spread),  # type: ignore[arg-type]
        record=tuple(each for each in load_trial_record() if each.drug == treatment.drug.name),
        sources=_sources(known),
        seed=seed,
        report=None,
    )
    return simulated if out is None else _write(simulated, out)


def claims_of(prediction: Prediction) -> dict[str, Probability]:
    """What is asked of every set of virtual trials, as shares of them."""
    nfl = pl.when(pl.col("nfl_ratio").is_nan()).then(None).otherwise(pl.col("nfl_ratio") < NFL_FALL)
    return {
        BENEFIT: prediction.probability(pl.col("benefit_found")),
        "the trial finds harm": prediction.probability(pl.col("harm_found")),
        "treatment truly spares a tenth of the loss of neurons": prediction.probability(pl.col("true_slowing") >= 0.1),
        "a true sparing of a tenth is missed": prediction.probability(
            pl.when(pl.col("true_slowing") >= 0.1).then(~pl.col("benefit_found")).otherwise(None)
        ),
        "neurofilament ends a fifth lower than under control": prediction.probability(nfl),
    }


def record_of(simulated: Simulated) -> dict[str, object]:
    """Everything as plain values, for --json and simulation.json."""
    prediction = simulated.prediction
    treatment = prediction.treatment
    return {
        "schema": "stallpoint.simulation/1",
        "drug": treatment.drug.name,
        "dose": treatment.pattern,
        "headline": simulated.headline,
        "driven_by_assumption": True,
        "plan": prediction.plan,
        "seed": simulated.seed,
        "virtual_trials": prediction.trials.height,
        "silent": treatment.silent,
        "engagement": {
            "ground": treatment.ground,
            "verdict": treatment.verdict.answer,
            **dict(zip(("low", "middle", "high"), np.quantile(treatment.share, [0.025, 0.5, 0.975]).tolist(), strict=True)),
        },
        "claims": dict(simulated.claims),
        "links": simulated.links.to_dicts(),
        "course": simulated.course.to_dicts(),
        "record": simulated.record,
    }


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 or share == 0 else "fewer than 1%"


def _require_size(people: int, repeats: int) -> None:
    if not 1 <= repeats <= MOST_REPEATS or people > MOST_PEOPLE:
        raise StallpointError(
            f"{repeats} virtual trials of {people} people cannot be run",
            do=f"ask for 1 to {MOST_REPEATS} trials of at most {MOST_PEOPLE} people",
        )


def _sources(known: Mapping[str, MechanismParameter]) -> tuple[Source, ...]:
    named = [each.source for each in known.values()] + [each.source for each in load_genotypes().values()]
    named += ["lee2025", "burlando2020", "pandya2021", "hd_nfl_atrophy2024", "hochbruck2010", "dersimonian1986"]
    bundled = load_sources()
    return tuple(bundled[each] for each in dict.fromkeys(named))


def _write(simulated: Simulated, out: Path) -> Simulated:
    page = out / "simulation.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "simulation.json").write_bytes(render_json(record_of(simulated)))
        simulated.prediction.trials.write_parquet(out / "trials.parquet")
        page.write_text(
            render_simulation(
                simulated.prediction,
                headline=simulated.headline,
                claims=simulated.claims,
                links=simulated.links,
                course=simulated.course,
                record=simulated.record,
                sources=simulated.sources,
            ),
            encoding="utf-8",
        )
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault}", where=str(out), do="name a folder that you can write") from fault
    return replace(simulated, report=page)


def say_result(result: TrialResult) -> str:
    """What a real trial found, in words."""
    low, high = (math.exp(result.log_ratio + z * result.std_error) for z in (-1.96, 1.96))
    what = "decline" if result.kind == "function" else "hazard"
    return f"{result.trial}: ratio of {what} {math.exp(result.log_ratio):.2f} ({low:.2f} to {high:.2f}; {result.tag})"


def monte_carlo(probability: Probability) -> str:
    """A share of virtual trials with its Monte Carlo error, in words."""
    if probability.value is None or probability.std_error is None:
        return "no virtual trial can say"
    return f"{_percent(probability.value)} (Monte Carlo error {math.ceil(1000 * probability.std_error) / 10:g} points)"
