"""How long each person is followed, and what ends it: death, withdrawal, or the end of the trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.simulate.course import Course
from stallpoint.simulate.death import cell_middles, cumulative_hazard, event_grid, simulate_event_times
from stallpoint.simulate.natural_history import Hazard, NaturalHistory
from stallpoint.simulate.people import Flags, Floats, People


@dataclass(frozen=True)
class FollowUp:
    """When and how each person's time in the trial ended, and their true survival at the horizon under either arm.

    Arrays are (n,). `survival_control` and `survival_treatment` are each person's own probabilities.
    """

    end_months: Floats
    event: npt.NDArray[np.str_]
    survival_control: Floats
    survival_treatment: Floats


def simulate_follow_up(
    people: People, course: Course, treated: Flags, history: NaturalHistory, horizon_months: float, rng: np.random.Generator
) -> FollowUp:
    """Draw deaths and withdrawals; both move with the current true score of the arm a person is in."""
    edges = event_grid(horizon_months)
    middles = cell_middles(edges)[None, :]
    untreated, gain = course.untreated(middles) - history.alsfrs_r_intercept_mean, course.gain(middles)
    covariates = _log_hazard_of_covariates(people, history)[:, None]
    association = history.death.log_hazard_per_point
    log_control = association * untreated + covariates
    log_treated = log_control + association * gain + course.log_hazard_ratio(middles)
    control = cumulative_hazard(history.death, log_control, edges)
    treatment = cumulative_hazard(history.death, log_treated, edges)
    death = simulate_event_times(history.death, np.where(treated[:, None], treatment, control), edges, rng)
    withdrawal = _withdrawal(history.withdrawal, untreated + treated[:, None] * gain, edges, rng)
    return FollowUp(
        end_months=np.minimum(np.minimum(death, withdrawal), horizon_months),
        event=_first_event(death, withdrawal, horizon_months),
        survival_control=np.exp(-control[:, -1]),
        survival_treatment=np.exp(-treatment[:, -1]),
    )


def _withdrawal(hazard: Hazard, score: Floats, edges: Floats, rng: np.random.Generator) -> Floats:
    return simulate_event_times(hazard, cumulative_hazard(hazard, hazard.log_hazard_per_point * score, edges), edges, rng)


def _first_event(death: Floats, withdrawal: Floats, horizon_months: float) -> npt.NDArray[np.str_]:
    ended = np.minimum(death, withdrawal) > horizon_months
    return np.select([ended, death <= withdrawal], ["end", "death"], default="withdrawal")


def _log_hazard_of_covariates(people: People, history: NaturalHistory) -> Floats:
    age = people.patients["age_years"].to_numpy() - history.age_years_mean
    bulbar = (people.patients["onset_site"] == "bulbar").to_numpy()
    genes = people.carriers @ np.log([gene.hazard_ratio for gene in history.genes])
    of_age, of_bulbar = np.log(history.death_hazard_ratio_age_per_year), np.log(history.death_hazard_ratio_bulbar)
    return np.asarray(of_age * age + of_bulbar * bulbar + genes, dtype=np.float64)


def events_frame(names: pl.Series, follow_up: FollowUp) -> pl.DataFrame:
    """The events table: exactly one row per person."""
    return pl.DataFrame({"patient": names, "time_months": follow_up.end_months, "event": follow_up.event.tolist()})
