"""Virtual trials of one drug, answered and written down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from stallpoint.core.errors import OutputError, StallpointError
from stallpoint.core.numbers import format_number
from stallpoint.core.source import Source
from stallpoint.core.user_mechanism import UserMechanism
from stallpoint.io.mechanism_file import read_user_mechanism
from stallpoint.knowledge.mechanism import MechanismParameter, load_genotypes, load_mechanism
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.trial_record import TrialResult, load_trial_record
from stallpoint.mechanism.counterfactual import compare_with_untreated
from stallpoint.mechanism.left_out import LeftOut, count_left_out
from stallpoint.mechanism.loss import SCHEMA, lose_by_link, tabulate
from stallpoint.mechanism.molecular_states import ask_states
from stallpoint.mechanism.pathway_share import DIFFERENCE, share_through
from stallpoint.mechanism.predict import Prediction, Probability, predict_trials
from stallpoint.mechanism.sensitivity import find_drivers
from stallpoint.mechanism.treatment import Treatment, prepare_treatment
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.user.mechanism import OwnMechanism
from stallpoint.mechanism.virtual_people import Entry
from stallpoint.mechanism.with_states import Mean, WithStates, put_beside
from stallpoint.report.simulation import render_simulation
from stallpoint.study.expose import find_drug
from stallpoint.study.json_text import render_json

MOST_REPEATS = 10_000
MOST_PEOPLE = 20_000
MOST_DRAWS = 200
"""Of what might be true, for the tables of links and of with against without."""

LEAST_ROWS, MOST_ROWS = 8, 64
"""Of the matrices that say what the answers hang on."""

BENEFIT = "the trial finds a benefit"

NFL_FALL = 0.8
"""A trial that ends with a neurofilament ratio below this has seen it fall."""


@dataclass(frozen=True)
class Simulated:
    """Everything that virtual trials of one drug say.

    `claims` are probabilities by a plain sentence; `links` and `course` are tables (see `loss` and `counterfactual`); `record` are the
    trials of the drug that were really done; `own` is a user's model, where one took the place of the bundled mechanism. `drivers` say
    what the answers hang on (see `sensitivity`), `through` what share of the loss runs through the pathways that the drug acts on (see
    `pathway_share`); both are empty where the mechanism is silent on the drug, or the user's own. `with_states` is None where no molecular
    state was asked for. `left_out` says whom the criteria of entry leave out; None for a user's own model, to which they are not applied.
    """

    prediction: Prediction
    claims: Mapping[str, Probability]
    links: pl.DataFrame
    course: pl.DataFrame
    record: tuple[TrialResult, ...]
    sources: tuple[Source, ...]
    left_out: LeftOut | None
    seed: int
    report: Path | None
    own: UserMechanism | None = None
    drivers: pl.DataFrame = field(default_factory=pl.DataFrame)
    through: pl.DataFrame = field(default_factory=pl.DataFrame)
    with_states: WithStates | None = None

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        found = self.claims[BENEFIT].value or 0.0
        name = self.prediction.treatment.drug.name
        driver = "assumed" if self.own is None else f"the user's own model, {self.own.name}, and assumed"
        whom = ""
        if self.with_states is not None:
            without = self.with_states.everybody[BENEFIT].value or 0.0
            whom = f" under the hypothesis of {self.with_states.text}, {_percent(without)} without it"
        return f"{name[0].upper()}{name[1:]}: {_percent(found)} of virtual trials find a benefit{whom}; what drives that is {driver}."


def simulate_drug(
    drug: str,
    *,
    treated: int,
    control: int,
    weeks: int,
    visit_weeks: int = 4,
    dose: str | None = None,
    genotype: str | None = None,
    states: Mapping[str, float] | None = None,
    scenario: str = "healthy",
    delay_weeks: int = 0,
    repeats: int = 200,
    seed: int = 1,
    model: Path | None = None,
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
        states: share of the people who have a molecular state, by its name: 1 present, 0 absent, not named not measured. The same trials
            without them then stand beside.
        scenario: circumstances of exposure.
        delay_weeks: when treatment begins after randomisation.
        repeats: virtual trials, and draws behind the tables of links and of with against without, up to 200.
        seed: of every draw.
        model: a mapping file with a user's own model (docs/own_mechanism.md), in the place of the bundled mechanism.
        out: folder for simulation.html, simulation.json and trials.parquet.

    Raises:
        StallpointError: an unknown drug, dose, genotype, state or scenario, or a plan that cannot be.
    """
    _require_size(treated + control, repeats)
    known, rng = load_mechanism(), np.random.default_rng(seed)
    own = None if model is None else read_user_mechanism(model)
    if own is not None and genotype is not None:
        raise StallpointError("a user's own model has no genotypes", where=own.place, do="leave out --genotype")
    if own is not None and states:
        raise StallpointError("a user's own model has no molecular states", where=own.place, do="leave out --state")
    ask_states(states or {})
    mechanism = None if own is None else OwnMechanism(own, known)
    treatment = prepare_treatment(find_drug(drug), known=known, rng=rng, dose=dose, scenario=scenario)
    gene = genotype or (treatment.hypothesis.genotype if treatment.hypothesis and own is None else "") or None
    plan = TrialPlan(treated, control, weeks, visit_weeks, Entry(genotype=gene, states=states or {}), delay_weeks)
    same = deepcopy(rng)
    prediction = predict_trials(plan, treatment, repeats=repeats, rng=rng, known=known, mechanism=mechanism)
    with_states = _beside(prediction, known, same) if states else None
    draws = min(repeats, MOST_DRAWS)
    spread = {"known": known, "weeks": weeks, "delay_weeks": delay_weeks, "entry": plan.entry, "draws": draws}
    simulated = Simulated(
        prediction=prediction,
        claims=claims_of(prediction),
        links=_links(treatment, rng, spread, own),
        course=compare_with_untreated(treatment, rng=rng, mechanism=mechanism, **spread),  # type: ignore[arg-type]
        record=tuple(each for each in load_trial_record() if each.drug == treatment.drug.name),
        sources=_sources(known, with_states),
        left_out=_count(plan, known, seed) if own is None else None,
        seed=seed,
        report=None,
        own=own,
        drivers=_drivers(prediction, repeats, known, seed) if own is None else pl.DataFrame(),
        through=_through(prediction, known, seed) if own is None else pl.DataFrame(),
        with_states=with_states,
    )
    return simulated if out is None else _write(simulated, out)


def _links(
    treatment: Treatment, rng: np.random.Generator, spread: Mapping[str, object], own: UserMechanism | None
) -> pl.DataFrame:
    """What each link passes on; of a user's own model there is nothing to say, for its links are not known."""
    if own is not None:
        return pl.DataFrame(schema=SCHEMA)
    return tabulate(*lose_by_link(treatment, rng=rng, **spread))  # type: ignore[arg-type]


def _count(plan: TrialPlan, known: Mapping[str, MechanismParameter], seed: int) -> LeftOut:
    """Whom the criteria of entry leave out, from a stream of its own."""
    return count_left_out(plan.entry, world=known, rng=np.random.default_rng([seed, 2]))


def _drivers(prediction: Prediction, repeats: int, known: Mapping[str, MechanismParameter], seed: int) -> pl.DataFrame:
    """By class of evidence, from a stream of its own; as many rows as half the virtual trials, within bounds."""
    if prediction.treatment.silent:
        return pl.DataFrame()
    count = 2 ** round(math.log2(min(max(repeats / 2, LEAST_ROWS), MOST_ROWS)))
    return find_drivers(prediction.treatment, prediction.plan, known=known, rng=np.random.default_rng([seed, 1]), count=count)


def _through(prediction: Prediction, known: Mapping[str, MechanismParameter], seed: int) -> pl.DataFrame:
    """From a stream of its own."""
    pathways, entry = prediction.treatment.pathways, prediction.plan.entry
    return share_through(pathways, known=known, entry=entry, rng=np.random.default_rng([seed, 2]))


def _beside(prediction: Prediction, known: Mapping[str, MechanismParameter], rng: np.random.Generator) -> WithStates:
    """The same trials without states: the same people, noise and draws of the drug, but for driver weights and bypass."""
    plan = prediction.plan
    plain = replace(plan, entry=replace(plan.entry, states={}))
    everybody = predict_trials(plain, prediction.treatment, repeats=prediction.trials.height, rng=rng, known=known)
    return put_beside(plan.entry.states, prediction, everybody, claims_of(everybody))


def claims_of(prediction: Prediction) -> dict[str, Probability]:
    """What is asked of every set of virtual trials, as shares of them."""
    spared = pl.col("true_slowing").fill_nan(None)
    return {
        BENEFIT: prediction.probability(pl.col("benefit_found")),
        "the trial finds harm": prediction.probability(pl.col("harm_found")),
        "treatment truly spares a tenth of the loss of neurons": prediction.probability(spared >= 0.1),
        "a true sparing of a tenth is missed": prediction.probability(
            pl.when(spared >= 0.1).then(~pl.col("benefit_found")).otherwise(None)
        ),
        "neurofilament ends a fifth lower than under control": prediction.probability(
            pl.col("nfl_ratio").fill_nan(None) < NFL_FALL
        ),
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
        "own_model": None if simulated.own is None else _describe(simulated.own),
        "plan": prediction.plan,
        "left_out": simulated.left_out,
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
        "drivers": simulated.drivers.to_dicts(),
        "through": simulated.through.to_dicts(),
        "with_states": _describe_states(simulated.with_states),
        "record": simulated.record,
    }


def _describe(own: UserMechanism) -> dict[str, object]:
    """A user's model as plain values, with what is the user's assumption."""
    return {
        "name": own.name,
        "tag": "assumed by the user",
        "input": own.drug,
        "outputs": dict(own.outputs),
        "constants": dict(own.model.constants),
        "between": dict(own.between),
        "range": dict(own.ranges),
        "start": own.start,
        "days_per_unit_of_time": own.days_per_time,
    }


def _describe_states(with_states: WithStates | None) -> dict[str, object] | None:
    """Molecular states as plain values, what speaks against them first."""
    if with_states is None:
        return None
    here, everybody, difference = with_states.spared
    return {
        "tag": "assumed",
        "shares": dict(with_states.shares),
        "claims": with_states.claims,
        "states": with_states.states,
        "limits": with_states.limits,
        "everybody": dict(with_states.everybody),
        "loss_spared": {"here": here, "everybody": everybody, "difference": difference},
    }


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 or share == 0 else "fewer than 1%"


def _require_size(people: int, repeats: int) -> None:
    if not 1 <= repeats <= MOST_REPEATS or people > MOST_PEOPLE:
        raise StallpointError(
            f"{repeats} virtual trials of {people} people cannot be run",
            do=f"ask for 1 to {MOST_REPEATS} trials of at most {MOST_PEOPLE} people",
        )


def _sources(known: Mapping[str, MechanismParameter], with_states: WithStates | None) -> tuple[Source, ...]:
    named = [each.source for each in known.values()] + [each.source for each in load_genotypes().values()]
    named += [] if with_states is None else [each.source for each in with_states.claims]
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
                left_out=simulated.left_out,
                own=simulated.own,
                drivers=simulated.drivers,
                through=simulated.through,
                with_states=simulated.with_states,
            ),
            encoding="utf-8",
        )
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault}", where=str(out), do="name a folder that you can write") from fault
    return replace(simulated, report=page)


def say_driver(simulated: Simulated, output: str) -> str:
    """What one output hangs on, in words."""
    rows = simulated.drivers.filter(pl.col("output") == output)
    shares = ", ".join(
        f"{row['group']} {min(max(row['total'], 0), 1):.0%} (error {row['total_error']:.0%})"
        for row in rows.iter_rows(named=True)
    )
    return f"{output}: {shares}{'; driven by assumption' if rows['driven_by_assumption'].any() else ''}"


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


def say_through(row: Mapping[str, Any]) -> str:
    """One row of `through` in words."""
    if row["whom"] == DIFFERENCE:
        said = (
            "not drawn: one assumed prior"
            if row["low"] is None
            else f"{_points(row['low'])} to {_points(row['high'])}, 95% of draws"
        )
        return f"{row['quantity']}, {row['whom']}: {_points(row['mean'])} points ({said})"
    return f"{row['quantity']}, {row['whom']}: {row['mean']:.0%} (95% of virtual people {row['low']:.0%} to {row['high']:.0%})"


def say_spared(with_states: WithStates) -> str:
    """What states change of the true effect, in words."""
    here, everybody, difference = (_say_mean(each) for each in with_states.spared)
    return f"loss of neurons truly spared: {here}; without that hypothesis {everybody}; difference {difference}"


def _say_mean(mean: Mean) -> str:
    error = "" if mean.std_error is None else f", Monte Carlo error {100 * mean.std_error:.2f}"
    value, low, high = (format_number(100 * share, 2) for share in (mean.value, mean.low, mean.high))
    return f"{value}% (95% of trials {low} to {high}{error})"


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"
