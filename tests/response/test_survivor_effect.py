import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.response.survivor_effect import bound_survivor_effect, set_reach, trimmed_means


def draw(rng, n, *, protects=0.2, covariate=0.0, effect=1.0):
    """People who always live, whom treatment saves, and who always die; survivors' function differs between the first two."""
    x = rng.integers(0, 2, n)
    kind = rng.choice(3, n, p=[0.6, protects, 0.4 - protects])
    treated = rng.permutation(n) % 2
    died = (kind == 2) | ((kind == 1) & (treated == 0))
    function = rng.normal(size=n) + covariate * x - 1.5 * (kind == 1) + effect * treated
    outcome = np.where(died, np.nan, function)
    time = np.where(died, rng.uniform(1, 11, n), 12.0)
    return outcome, time, died.astype(float), treated.astype(float), x


@given(st.integers(1, 40), st.floats(0.05, 1.0), st.integers(0, 1000))
def test_trimmed_means_are_areas_under_the_quantile_function(n, share, seed):
    values = np.sort(np.random.default_rng(seed).normal(size=n))
    grid = (np.arange(200_000) + 0.5) / 200_000
    quantiles = values[(grid * n).astype(int)]
    lowest, highest = trimmed_means(values, share)
    assert lowest == pytest.approx(quantiles[grid < share].mean(), abs=2e-3)
    assert highest == pytest.approx(quantiles[grid > 1 - share].mean(), abs=2e-3)


def test_bounds_of_a_normal_outcome_are_those_of_the_closed_form():
    """q of a standard normal lies above a with mean phi(a) / q; 200,000 people, error about 0.006."""
    rng = np.random.default_rng(1)
    n = 200_000
    treated = np.arange(n) % 2.0
    lives = rng.random(n) < np.where(treated == 1, 0.8, 0.6)
    outcome = np.where(lives, rng.normal(size=n) + 0.5 * treated, np.nan)
    time, died = np.where(lives, 12.0, 6.0), (~lives).astype(float)

    def mean_of_best(share):
        return norm.pdf(norm.ppf(1 - share)) / share

    alone = bound_survivor_effect(outcome, time, died, treated, horizon=12, rng=rng, repeats=3)
    most = 0.5 + mean_of_best(0.4 / 0.8) + mean_of_best(0.4 / 0.6)
    assert alone.most == pytest.approx(most, abs=0.02)
    assert alone.least == pytest.approx(1.0 - most, abs=0.02)
    assert alone.share_least == pytest.approx(0.4, abs=0.01)
    assumed = bound_survivor_effect(outcome, time, died, treated, horizon=12, rng=rng, repeats=3, never_shortens_life=True)
    assert assumed.most == pytest.approx(0.5 + mean_of_best(0.75), abs=0.02)
    assert assumed.least == pytest.approx(0.5 - mean_of_best(0.75), abs=0.02)


def test_where_nobody_dies_the_bounds_are_the_difference_of_means():
    rng = np.random.default_rng(2)
    outcome, treated = rng.normal(size=60), np.arange(60) % 2.0
    found = bound_survivor_effect(outcome, np.full(60, 12.0), np.zeros(60), treated, horizon=12, rng=rng)
    difference = outcome[treated == 1].mean() - outcome[treated == 0].mean()
    assert found.least == pytest.approx(difference)
    assert found.most == pytest.approx(difference)
    error = np.sqrt(sum(outcome[treated == arm].var() / 30 for arm in (0, 1)))
    assert found.high - difference == pytest.approx(1.96 * error, rel=0.08)


def test_survivors_alone_are_biased_and_the_bounds_are_not():
    """Treatment saves people who do worse: survivors differ by 0.63, the effect is 1."""
    outcome, time, died, treated, _ = draw(np.random.default_rng(3), 20_000)
    naive = np.nanmean(outcome[treated == 1]) - np.nanmean(outcome[treated == 0])
    assert naive < 0.7
    for assumed in (True, False):
        found = bound_survivor_effect(
            outcome, time, died, treated, horizon=12, rng=np.random.default_rng(1), never_shortens_life=assumed, repeats=3
        )
        assert found.least < 1.0 < found.most


@pytest.mark.parametrize("protects", [0.0, 0.2])
def test_the_interval_holds_the_effect(protects):
    """150 trials of 200 people; also where the bounds meet, at equal survival. At least 95% less two Monte Carlo errors (1.8%)."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(150):
        outcome, time, died, treated, _ = draw(rng, 200, protects=protects)
        found = bound_survivor_effect(outcome, time, died, treated, horizon=12, rng=rng, never_shortens_life=True, repeats=60)
        held += found.low <= 1.0 <= found.high
    assert held / 150 >= 0.914


def test_a_covariate_that_foretells_the_outcome_narrows_the_bounds_where_that_is_sound():
    outcome, time, died, treated, x = draw(np.random.default_rng(5), 8000, covariate=4.0)
    arguments = {"horizon": 12, "repeats": 3}
    wide, narrow = (
        bound_survivor_effect(
            outcome, time, died, treated, rng=np.random.default_rng(1), never_shortens_life=True, stratum=stratum, **arguments
        )
        for stratum in (None, x)
    )
    assert narrow.most - narrow.least < 0.7 * (wide.most - wide.least)
    assert narrow.least < 1.0 < narrow.most
    without, ignored = (
        bound_survivor_effect(outcome, time, died, treated, rng=np.random.default_rng(1), stratum=stratum, **arguments)
        for stratum in (None, x)
    )
    assert without == ignored


def test_an_assumption_that_the_data_speak_against_is_named():
    rng = np.random.default_rng(6)
    outcome, time, died, treated, _ = draw(rng, 400)
    found = bound_survivor_effect(outcome, time, died, 1 - treated, horizon=12, rng=rng, never_shortens_life=True, repeats=20)
    assert found.contradicted


def test_too_few_survivors_or_nobody_who_need_live_under_both_is_refused():
    n = 40
    treated, time = np.arange(n) % 2.0, np.full(n, 12.0)
    few = np.where(np.arange(n) < 6, 1.0, np.nan)
    with pytest.raises(FitError, match="seen alive"):
        bound_survivor_effect(few, time, np.isnan(few).astype(float), treated, horizon=12, rng=np.random.default_rng(1))
    rng = np.random.default_rng(7)
    outcome, time, died, treated, _ = draw(rng, 200)
    died = np.where((rng.random(200) < 0.6), 1.0, died)
    time = np.where(died == 1, 6.0, time)
    with pytest.raises(FitError, match="nobody need live under both"):
        bound_survivor_effect(np.where(died == 1, np.nan, outcome), time, died, treated, horizon=12, rng=rng)


@settings(max_examples=30)
@given(st.floats(0, 10), st.floats(0.01, 2))
def test_the_reach_lies_between_one_sided_and_two_sided(width, error):
    reach = set_reach(width, error, 0.95)
    assert norm.ppf(0.95) - 1e-6 <= reach <= norm.ppf(0.975) + 1e-6
    assert set_reach(0.0, error, 0.95) == pytest.approx(norm.ppf(0.975))
