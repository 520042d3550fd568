"""What the trial sees of the true course: visits with jitter, noise, gaps, and an end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.simulate.course import Course
from stallpoint.simulate.follow_up import FollowUp
from stallpoint.simulate.items import MOST_POINTS, item_columns, simulate_items
from stallpoint.simulate.natural_history import NaturalHistory
from stallpoint.simulate.people import Flags, Floats, People
from stallpoint.simulate.trial_design import TrialDesign

JITTER_LIMIT = 0.4
"""Largest shift of a visit, as a share of the shortest gap, so that visits keep their order."""


@dataclass(frozen=True)
class Visits:
    """All scheduled visits, (n, visits): when, the total there, and whether it took place."""

    time_months: Floats
    totals: Floats
    seen: Flags


def simulate_visits(
    course: Course, treated: Flags, follow_up: FollowUp, history: NaturalHistory, design: TrialDesign, rng: np.random.Generator
) -> Visits:
    """Totals are the true score plus noise; as a design asks by default, rounded to whole points and cut at floor and ceiling."""
    time_months = _visit_months(len(treated), design, rng)
    score = course.untreated(time_months) + treated[:, None] * course.gain(time_months)
    noisy = score + history.residual_sd * rng.standard_normal(score.shape)
    kept = rng.random(score.shape) >= design.missed_visit_probability
    kept[:, 0] = True
    return Visits(
        time_months=time_months,
        totals=np.clip(np.rint(noisy), 0, MOST_POINTS) if design.bounded_scores else noisy,
        seen=kept & _in_trial(time_months, follow_up),
    )


def _visit_months(n: int, design: TrialDesign, rng: np.random.Generator) -> Floats:
    schedule = np.array(design.visit_months, dtype=np.float64)
    limit = JITTER_LIMIT * np.min(np.diff(schedule), initial=design.horizon_months)
    shift = np.clip(design.visit_jitter_months * rng.standard_normal((n, schedule.size)), -limit, limit)
    shift[:, 0] = 0.0
    return np.minimum(schedule + shift, design.horizon_months)


def _in_trial(time_months: Floats, follow_up: FollowUp) -> Flags:
    """Before the event; the end of the trial itself may hold the last visit."""
    end = follow_up.end_months[:, None]
    at_the_end = (time_months == end) & (follow_up.event == "end")[:, None]
    return np.asarray((time_months < end) | at_the_end, dtype=np.bool_)


def visits_frame(
    people: People, visits: Visits, history: NaturalHistory, design: TrialDesign, rng: np.random.Generator
) -> pl.DataFrame:
    """The visits table; with items where the design records them."""
    person = np.repeat(np.arange(people.n), visits.seen.sum(axis=1))
    frame = pl.DataFrame(
        {
            "patient": people.patients["patient"].gather(person),
            "time_months": visits.time_months[visits.seen],
            "alsfrs_r": visits.totals[visits.seen],
        }
    )
    if not design.record_items:
        return frame
    items = simulate_items(visits.totals.astype(np.int64), people.patients["onset_site"], history, rng)
    return frame.with_columns(**item_columns(items, visits.seen))
