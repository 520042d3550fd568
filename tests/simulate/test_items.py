import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.simulate.items import item_columns, simulate_items
from stallpoint.simulate.natural_history import default_natural_history

HISTORY = default_natural_history()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 48), min_size=1, max_size=6), st.sampled_from(["bulbar", "limb", "respiratory", "other"]))
def test_items_lie_between_0_and_4_and_sum_to_the_total(totals, site):
    items = simulate_items(np.array([totals]), pl.Series([site]), HISTORY, np.random.default_rng(1))
    assert items.shape == (1, len(totals), 12)
    assert items.min() >= 0
    assert items.max() <= 4
    assert (items.sum(axis=-1) == totals).all()


def test_region_of_onset_is_lost_first_and_breathing_last():
    totals = np.full((4_000, 1), 38)
    sites = pl.Series(["bulbar"] * 2_000 + ["limb"] * 2_000)
    domains = simulate_items(totals, sites, HISTORY, np.random.default_rng(2)).reshape(4_000, 4, 3).sum(axis=-1)
    bulbar_onset, limb_onset = domains[:2_000].mean(axis=0), domains[2_000:].mean(axis=0)
    assert bulbar_onset.argmin() == 0
    assert limb_onset[1:3].mean() < limb_onset[0]
    assert bulbar_onset.argmax() == limb_onset.argmax() == 3


def test_exactly_one_of_q5a_and_q5b_and_never_back_to_q5a():
    totals = np.array([[44, 30, 12, 8, 20]])
    items = simulate_items(totals, pl.Series(["bulbar"]), HISTORY, np.random.default_rng(3))
    columns = item_columns(items, np.ones((1, 5), dtype=bool))
    with_tube = columns["q5b"].is_not_null().to_list()
    assert columns["q5a"].is_null().to_list() == with_tube
    assert with_tube == sorted(with_tube)
    assert with_tube[3]
