"""Virtual people beside published margins: a posterior predictive check of natural history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import spearmanr

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.knowledge.mechanism import MechanismParameter, load_mechanism
from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.mechanism.attrition import still_there
from stallpoint.mechanism.follow import Courses, follow_people
from stallpoint.mechanism.neurofilament import serum_at_rest
from stallpoint.mechanism.neurons import Spread, spread_modes
from stallpoint.mechanism.people import People
from stallpoint.mechanism.virtual_people import clock_at_onset, draw_people

Floats = npt.NDArray[np.float64]

LABELS: Mapping[str, str] = {
    "alsfrs_r_baseline_mean": "ALSFRS-R at entry, mean",
    "alsfrs_r_baseline_sd": "ALSFRS-R at entry, SD",
    "slope_mean": "slope over a year, mean",
    "slope_sd": "slope over a year, SD between people",
    "onset_rate_mean": "points lost per month since onset, mean",
    "onset_months_mean": "months since onset, mean",
    "survival_12_months": "alive at 12 months",
    "survival_24_months": "alive at 24 months",
    "onset_to_death_median": "months from onset to death, median",
    "attrition_6_months": "died or left within 6 months",
    "attrition_12_months": "died or left within 12 months",
    "attrition_18_months": "died or left within 18 months",
    "nfl_median_pg_ml": "serum NfL, median",
    "nfl_lower_quartile_pg_ml": "serum NfL, lower quartile",
    "nfl_upper_quartile_pg_ml": "serum NfL, upper quartile",
    "nfl_ratio": "serum NfL over the healthy level",
    "nfl_change_12_months": "serum NfL at 12 months over entry, of the living",
    "nfl_slope_spearman": "serum NfL with slope, rank correlation",
    "presymptomatic_nfl_months": "months of raised NfL before onset, median",
}

WEEKS = 104
LONG_WEEKS = 520
UPPER_NORMAL = 1.96


def compare_with_published(
    n: int, *, rng: np.random.Generator, world: Mapping[str, MechanismParameter] | None = None
) -> pl.DataFrame:
    """One row per margin: key, quantity, simulated, published, low, high, within, unit, tag, source.

    `low` and `high` bound what published data allow: an interval or the range over sources, as the note of the fact says.

    Args:
        n: people; the Monte Carlo error falls with its root.
        rng: source of randomness.
        world: parameters; those that come with the software where None.
    """
    known = load_mechanism() if world is None else world
    found = margins_of(draw_people(n, rng=rng, world=known), known, rng)
    rows = []
    for key, label in LABELS.items():
        fact = known.get(f"published_{key}") or load_natural_history()[f"published_{key}"]
        low = fact.value if fact.low is None else fact.low
        high = fact.value if fact.high is None else fact.high
        rows.append(
            {
                "key": key,
                "quantity": label,
                "simulated": found[key],
                "published": fact.value,
                "low": low,
                "high": high,
                "within": low <= found[key] <= high,
                "unit": fact.unit,
                "tag": fact.tag,
                "source": fact.source,
            }
        )
    return pl.DataFrame(rows)


def margins_of(people: People, known: Mapping[str, MechanismParameter], rng: np.random.Generator) -> dict[str, float]:
    """Every margin by key, of untreated people."""
    courses = follow_people(people, weeks=WEEKS)
    year = int(np.argmin(np.abs(courses.time_months - 12)))
    score = courses.alsfrs_r
    slope = (score[:, year] - score[:, 0]) / courses.time_months[year]
    measured = courses.nfl_serum[:, 0] * _assay(people.n, known, rng)
    quartiles = np.quantile(measured, [0.25, 0.5, 0.75])
    survival = courses.survival.mean(axis=0)
    return {
        "alsfrs_r_baseline_mean": float(score[:, 0].mean()),
        "alsfrs_r_baseline_sd": float(np.hypot(score[:, 0].std(ddof=1), known["residual_sd"].value)),
        "slope_mean": float(slope.mean()),
        "slope_sd": float(slope.std(ddof=1)),
        "onset_rate_mean": float(((48 - score[:, 0]) / people.onset_months).mean()),
        "onset_months_mean": float(people.onset_months.mean()),
        "survival_12_months": float(survival[year]),
        "survival_24_months": float(survival[-1]),
        "onset_to_death_median": _onset_to_death(people, known),
        **{f"attrition_{m}_months": _attrition(courses, known, m) for m in (6, 12, 18)},
        **dict(
            zip((f"nfl_{q}_pg_ml" for q in ("lower_quartile", "median", "upper_quartile")), map(float, quartiles), strict=True)
        ),
        "nfl_ratio": float(quartiles[1] / np.median(people.neurofilament.healthy)),
        "nfl_change_12_months": _median(courses.nfl_serum[:, year] / courses.nfl_serum[:, 0], courses.survival[:, year]),
        "nfl_slope_spearman": float(spearmanr(measured, _as_observed(slope, known, rng)).statistic),
        "presymptomatic_nfl_months": _raised_before_onset(people, known),
    }


def at_onset(people: People, known: Mapping[str, MechanismParameter]) -> People:
    """The same people when they first lost function."""
    points = known["onset_points"].value
    onset = clock_at_onset(people.onset_region, people.spread, people.reserve, people.breathing_reserve, points_lost=points)
    return replace(people, clock=onset, onset_months=np.zeros(people.n))


def _median(values: Floats, weights: Floats) -> float:
    """Median of weighted values: who is alive with a chance counts with it, for cohorts can only ask the living."""
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2)])


def _assay(n: int, known: Mapping[str, MechanismParameter], rng: np.random.Generator) -> Floats:
    return np.exp(known["nfl_measurement_log_sd"].value * rng.standard_normal(n))


def _as_observed(slope: Floats, known: Mapping[str, MechanismParameter], rng: np.random.Generator) -> Floats:
    """Slopes with the noise of visits every three months for a year, as in the cohorts that the correlation comes from."""
    visits = np.arange(0.0, 13.0, 3.0)
    noise = known["residual_sd"].value / np.sqrt(((visits - visits.mean()) ** 2).sum())
    return np.asarray(slope + noise * rng.standard_normal(len(slope)))


def _onset_to_death(people: People, known: Mapping[str, MechanismParameter]) -> float:
    courses = follow_people(at_onset(people, known), weeks=LONG_WEEKS)
    alive = courses.survival.mean(axis=0)
    return float(np.interp(-0.5, -alive, courses.time_months))


def _attrition(courses: Courses, known: Mapping[str, MechanismParameter], months: float) -> float:
    there = courses.survival * still_there(courses.time_months, known)
    return float(1 - np.interp(months, courses.time_months, there.mean(axis=0)))


def _raised_before_onset(people: People, known: Mapping[str, MechanismParameter]) -> float:
    """Median of the months for which serum NfL stood above what healthy people have, before onset."""
    onset = at_onset(people, known)
    modes = spread_modes(people.onset_region, people.spread)
    upper = people.neurofilament.healthy * np.exp(UPPER_NORMAL * (known["nfl_healthy_serum"].between or 0.0))
    months = np.arange(0.0, 61.0)
    raised = np.stack([_raised(onset, month, modes, upper) for month in months])
    return float(np.median(np.where(raised.all(axis=0), months[-1], np.argmin(raised, axis=0))))


def _raised(onset: People, months: float, modes: Spread, upper: Floats) -> npt.NDArray[np.bool_]:
    earlier = replace(onset, clock=onset.clock - onset.rate_per_day * months * DAYS_PER_MONTH)
    return np.asarray(serum_at_rest(earlier, modes).blood > upper)
