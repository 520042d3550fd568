"""A simulated study from people to tables, with its truth beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.cohort import Cohort, Modifiers, Trial
from stallpoint.core.estimand import Estimand
from stallpoint.core.tables import TABLES
from stallpoint.simulate.course import Course
from stallpoint.simulate.exposure import (
    DrugExposure,
    concentrations_frame,
    default_exposure,
    doses_frame,
    simulate_exposure,
    simulate_stop_months,
)
from stallpoint.simulate.follow_up import FollowUp, events_frame, simulate_follow_up
from stallpoint.simulate.genotypes import simulate_variants
from stallpoint.simulate.markers import markers_frame, simulate_nfl
from stallpoint.simulate.natural_history import NaturalHistory, default_natural_history
from stallpoint.simulate.observation import simulate_visits, visits_frame
from stallpoint.simulate.people import Flags, Floats, People, simulate_people
from stallpoint.simulate.planted import PlantedEffect, no_effect, share_reached
from stallpoint.simulate.trial_design import TrialDesign
from stallpoint.simulate.truth import Truth, people_frame, true_effects

POPULATION = "simulated adults with ALS"
NO_MODIFIERS = Modifiers()


@dataclass(frozen=True)
class SimulatedCohort:
    """People without arms, and who they truly are: `people` has patient, intercept and slope, latent and untreated."""

    cohort: Cohort
    people: pl.DataFrame


@dataclass(frozen=True)
class SimulatedTrial:
    """A trial and its truth."""

    trial: Trial
    truth: Truth


def simulate_cohort(
    design: TrialDesign,
    *,
    natural_history: NaturalHistory | None = None,
    name: str = "simulated cohort",
    rng: np.random.Generator,
) -> SimulatedCohort:
    """People followed by the schedule of `design` with no treatment; its arms and allocation are not used.

    Args:
        design: number of people, horizon and schedule.
        natural_history: the world; the default is calibrated to published margins.
        name: the cohort's name.
        rng: source of randomness.
    """
    history = natural_history or default_natural_history()
    people = simulate_people(design.n, history, rng)
    never = np.full(design.n, np.inf)
    course = Course(people.intercept, people.slope, history.acceleration, no_effect(), np.zeros(design.n), never)
    frames, _, _ = observe(people, course, np.zeros(design.n, dtype=bool), history, design, rng)
    latent = pl.DataFrame({"patient": people.patients["patient"], "intercept": people.intercept, "slope": people.slope})
    return SimulatedCohort(assemble_cohort(name, {"patients": people.patients, **frames}), latent)


def simulate_trial(
    design: TrialDesign,
    effect: PlantedEffect,
    *,
    natural_history: NaturalHistory | None = None,
    exposure: DrugExposure | None = None,
    modifiers: Modifiers = NO_MODIFIERS,
    name: str = "simulated trial",
    rng: np.random.Generator,
) -> SimulatedTrial:
    """A two-arm trial with a planted effect, and its truth.

    The same generator state gives the same people, allocation, noise and luck whatever the effect, so that two effects can be
    compared in the same people.

    Args:
        design: size, allocation, schedule and names of the arms.
        effect: what treatment truly does.
        natural_history: the world; the default is calibrated to published margins.
        exposure: how the drug varies between people; the default varies as riluzole does.
        modifiers: covariates named in the trial; the truth is given by level of those that are columns of patients, and of
            `nfl_baseline`.
        name: the cohort's name.
        rng: source of randomness.

    Raises:
        TableError: the effect names a column that patients lack.
    """
    history, drug = natural_history or default_natural_history(), exposure or default_exposure()
    people = simulate_people(design.n, history, rng)
    treated = allocate(design, rng)
    exposures = simulate_exposure(people.patients, drug, rng)
    stop_months = simulate_stop_months(design.n, history.treatment_stop_per_month, rng)
    reached = share_reached(effect, people.patients, exposures)
    course = Course(people.intercept, people.slope, history.acceleration, effect, reached, stop_months)
    frames, follow_up, nfl = observe(people, course, treated, history, design, rng)
    arms = pl.Series("arm", np.where(treated, design.treatment, design.control).tolist())
    names = people.patients["patient"]
    patients = people.patients.select("patient", arms, pl.exclude("patient"))
    doses = doses_frame(names, arms, np.where(treated, drug.dose_mg, 0.0), stop_months, follow_up.end_months)
    levels = concentrations_frame(names.filter(treated), exposures[treated], drug, design.treatment, rng)
    cohort = assemble_cohort(name, {"patients": patients, **frames, "doses": doses, "concentrations": levels})
    truth = true_effects(
        people_frame(names, arms, course, exposures, design.horizon_months),
        _modifier_columns(patients, nfl, design, modifiers),
        follow_up,
        design.horizon_months,
        effect.text,
        design.treatment,
    )
    trial = Trial(cohort, design.control, design.treatment, design_estimand(design), design.allocation, modifiers=modifiers)
    return SimulatedTrial(trial, truth)


def allocate(design: TrialDesign, rng: np.random.Generator) -> Flags:
    """Exactly the allocated share, in random order, shape (n,)."""
    return rng.permutation(design.n) < round(design.n * design.allocation)


def observe(
    people: People, course: Course, treated: Flags, history: NaturalHistory, design: TrialDesign, rng: np.random.Generator
) -> tuple[dict[str, pl.DataFrame], FollowUp, Floats]:
    """What is seen of people on their courses: tables of visits, events, markers and variants; the follow-up; NfL at every sample."""
    follow_up = simulate_follow_up(people, course, treated, history, design.horizon_months, rng)
    visits = simulate_visits(course, treated, follow_up, history, design, rng)
    nfl = simulate_nfl(people, history, design, rng)
    frames = {
        "visits": visits_frame(people, visits, history, design, rng),
        "events": events_frame(people.patients["patient"], follow_up),
        "markers": markers_frame(people, nfl, follow_up, design),
        "variants": simulate_variants(people, history, rng),
    }
    return frames, follow_up, nfl


def assemble_cohort(name: str, frames: Mapping[str, pl.DataFrame]) -> Cohort:
    """The cohort without the checks of `build_cohort`, which a thousand simulated trials need not repeat."""
    empty = {table: pl.DataFrame(schema=declared.dtypes) for table, declared in TABLES.items()}
    held = {**empty, **frames}
    return Cohort(
        name,
        patients=held["patients"],
        visits=held["visits"],
        events=held["events"],
        markers=held["markers"],
        variants=held["variants"],
        doses=held["doses"],
        concentrations=held["concentrations"],
        simulated=True,
    )


def design_estimand(design: TrialDesign) -> Estimand:
    """The question that a simulated trial asks."""
    return Estimand(
        treatment=design.treatment,
        control=design.control,
        population=POPULATION,
        endpoint="alsfrs_r",
        horizon_months=design.horizon_months,
        death="joint",
        stopping="treatment policy",
    )


def _modifier_columns(patients: pl.DataFrame, nfl: Floats, design: TrialDesign, modifiers: Modifiers) -> pl.DataFrame:
    known = patients.with_columns(nfl_baseline=nfl[:, 0]) if 0 in design.marker_months[:1] else patients
    return known.select(name for name in (*modifiers.prespecified, *modifiers.explored) if name in known.columns)
