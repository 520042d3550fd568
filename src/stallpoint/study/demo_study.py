"""The built-in study, written as a study folder with what was planted beside it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.core.plan import Plan
from stallpoint.core.tables import TABLES
from stallpoint.simulate.trial import SimulatedTrial
from stallpoint.study.json_text import render_json
from stallpoint.study.output_folder import STAGES, require_output, write_whole
from stallpoint.study.study_file import NO_PLAN, PLANTED_FILE, STUDY_FILE
from stallpoint.study.toml_text import list_of, quoted


def write_demo_study(out: Path) -> Path:
    """Simulate the built-in study into OUT/study, the same every time; returns that folder.

    Raises:
        OutputError: OUT cannot be written or holds other things.
    """
    from stallpoint.simulate.demo import DRUG, simulate_demo

    require_output(out)
    return write_simulated_study(simulate_demo(), out, plan=Plan(planned_level=DRUG.trough_median_ng_ml, level_unit="ng/mL"))


def write_simulated_study(simulated: SimulatedTrial, out: Path, *, plan: Plan = NO_PLAN) -> Path:
    """A simulated trial as OUT/study: study.toml, tables as CSV, and planted.json."""
    folder = out / "study"
    for file, content in _render_files(simulated, plan).items():
        write_whole(folder / file, content)
    (out / STAGES).mkdir(exist_ok=True)  # marks OUT as a run's own folder, should the run be interrupted
    return folder


def _render_files(simulated: SimulatedTrial, plan: Plan) -> dict[str, bytes]:
    cohort = simulated.trial.cohort
    tables = {name: getattr(cohort, name) for name in TABLES if getattr(cohort, name).height}
    return {
        STUDY_FILE: render_study_toml(simulated.trial, simulated.truth.text, plan).encode(),
        PLANTED_FILE: render_json({"text": simulated.truth.text, "effects": planted_effects(simulated)}),
        **{f"data/{name}.csv": frame.write_csv().encode() for name, frame in tables.items()},
    }


def planted_effects(simulated: SimulatedTrial) -> dict[str, float]:
    """True values under the names, and in the units, that the analyses give their effects."""
    truth, patients = simulated.truth, simulated.trial.cohort.patients
    named = (*simulated.trial.modifiers.prespecified, *simulated.trial.modifiers.explored)
    yes_or_no = [name for name in named if patients.schema.get(name) == pl.Boolean]
    return {
        "slope_difference": truth.slope_difference,
        "percent_slowing": truth.percent_slowing,
        "survival_difference": 100 * truth.survival_difference,
        **{f"modifier_{name}_1": truth.contrast(name) for name in yes_or_no},
    }


def render_study_toml(trial: Trial, description: str, plan: Plan = NO_PLAN) -> str:
    """The study file of a trial."""
    estimand, modifiers = trial.estimand, trial.modifiers
    return "\n".join(
        [
            "[study]",
            f"name = {quoted(trial.cohort.name)}",
            f"description = {quoted(description)}",
            f"simulated = {str(trial.cohort.simulated).lower()}",
            "",
            "[trial]",
            f"control = {quoted(trial.control)}",
            f"treatment = {quoted(trial.treatment)}",
            f"allocation = {trial.allocation}",
            f"strata = {list_of(trial.strata)}",
            "",
            "[estimand]",
            f"endpoint = {quoted(estimand.endpoint)}",
            f"horizon_months = {estimand.horizon_months}",
            f"death = {quoted(estimand.death)}",
            f"stopping = {quoted(estimand.stopping)}",
            f"survival_events = {list_of(estimand.survival_events)}",
            f"population = {quoted(estimand.population)}",
            "",
            "[modifiers]",
            f"prespecified = {list_of(modifiers.prespecified)}",
            f"explored = {list_of(modifiers.explored)}",
            "",
            *_render_plan(plan),
        ]
    )


def _render_plan(plan: Plan) -> list[str]:
    if plan.planned_level is None:
        return []
    return ["[chain]", f"planned_level = {plan.planned_level}", f"level_unit = {quoted(plan.level_unit)}", ""]
