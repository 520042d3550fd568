"""Natural history within published margins, up to the Monte Carlo error of a small run."""

import numpy as np
import polars as pl
import pytest

from stallpoint.knowledge.mechanism import load_genotypes, load_mechanism
from stallpoint.knowledge.sources import load_sources
from stallpoint.mechanism.attrition import draw_leaving, still_there
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.pathways import build_network
from stallpoint.mechanism.people import BYPASS_GRID
from stallpoint.mechanism.published import LABELS, compare_with_published
from stallpoint.mechanism.virtual_people import Entry, draw_people

MUST_HOLD = {
    "slope_mean": 0.05,
    "slope_sd": 0.05,
    "survival_12_months": 0.02,
    "survival_24_months": 0.02,
    "alsfrs_r_baseline_sd": 0.3,
    "nfl_ratio": 0.4,
    "nfl_change_12_months": 0.03,
    "nfl_slope_spearman": 0.06,
    "presymptomatic_nfl_months": 1.0,
    "attrition_6_months": 0.02,
    "attrition_12_months": 0.02,
    "attrition_18_months": 0.02,
}
"""Margins, and about three Monte Carlo errors of 1,500 people."""


@pytest.fixture(scope="module")
def margins() -> pl.DataFrame:
    return compare_with_published(1500, rng=np.random.default_rng(11))


def test_every_margin_is_there_with_its_source(margins: pl.DataFrame) -> None:
    assert margins["key"].to_list() == list(LABELS)
    assert set(margins["source"]) <= set(load_sources())


@pytest.mark.parametrize("key", MUST_HOLD)
def test_natural_history_lies_within_published_margins(margins: pl.DataFrame, key: str) -> None:
    row = margins.row(by_predicate=pl.col("key") == key, named=True)
    assert row["low"] - MUST_HOLD[key] <= row["simulated"] <= row["high"] + MUST_HOLD[key]


def test_onset_and_rate_are_drawn_apart() -> None:
    people = draw_people(400, rng=np.random.default_rng(2), entry=Entry(genotype="SOD1"))
    assert abs(np.corrcoef(people.onset_years, np.log(people.rate_per_day))[0, 1]) < 0.16


def test_criteria_of_entry_hold_and_groups_stand_together() -> None:
    entry = Entry(least_points=30, most_months=18)
    people = draw_people(150, rng=np.random.default_rng(3), entry=entry)
    assert people.n == 150
    assert people.onset_months.max() <= 18
    assert (np.diff(people.group) >= 0).all()
    assert (people.weights.sum(axis=1) < 1).all()


def test_a_cohort_lends_its_times_since_onset_and_fast_disease_still_enters_sooner() -> None:
    seen = tuple(np.linspace(6.0, 40.0, 35))
    people = draw_people(
        800, rng=np.random.default_rng(6), entry=Entry(least_points=0, least_breathing=0, most_months=60, months=seen)
    )
    assert people.onset_months.min() >= 6
    assert people.onset_months.max() <= 40
    assert people.onset_months.mean() == pytest.approx(23, abs=4 * 9.9 / np.sqrt(800))
    assert np.corrcoef(people.onset_months, np.log(people.rate_per_day))[0, 1] < -0.4


def test_neurofilament_of_the_living_falls_less_than_that_of_everybody() -> None:
    """Who loses neurons fast runs out of them, and dies first."""
    courses = follow_people(draw_people(1500, rng=np.random.default_rng(7)), weeks=52)
    change = np.log(courses.nfl_serum[:, -1] / courses.nfl_serum[:, 0])
    assert np.average(change, weights=courses.survival[:, -1]) > change.mean() + 0.01


def test_bypass_differs_between_people_over_the_whole_range_of_their_genotype() -> None:
    people = draw_people(2000, rng=np.random.default_rng(5), entry=Entry(genotype="SOD1"))
    bypass = BYPASS_GRID[people.group]
    low, high = load_genotypes()["SOD1"].bypass
    assert bypass.min() == low
    assert bypass.max() == high
    assert bypass.mean() == pytest.approx((low + high) / 2, abs=4 * (high - low) / np.sqrt(12 * 2000))
    for person in (0, 1999):
        exact = build_network(bypass=float(bypass[person]))
        np.testing.assert_allclose(people.networks[people.group[person]].coupling, exact.coupling)


def test_leaving_is_drawn_from_its_curve() -> None:
    known = load_mechanism()
    months = draw_leaving(20_000, known, np.random.default_rng(4))
    for at in (3.0, 12.0):
        share = float(still_there(np.array([at]), known)[0])
        assert (months > at).mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 20_000))


def test_what_is_assumed_says_so_and_every_source_is_known() -> None:
    for parameter in load_mechanism().values():
        assert (parameter.tag == "assumed") == (parameter.evidence == "assumed") == (parameter.source == "modelling_choice"), (
            parameter.key
        )
        assert parameter.source in load_sources()
        assert parameter.low <= parameter.value <= parameter.high, parameter.key
        assert parameter.note
    assert all(genotype.source in load_sources() and genotype.note for genotype in load_genotypes().values())
