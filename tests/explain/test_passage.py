import numpy as np
import polars as pl
import pytest

from stallpoint.core.plan import Plan
from stallpoint.explain.passage import all_passages, build_curves, draw_weights, mean_passages, read_passages

TREATED = pl.DataFrame(
    {
        "patient": ["a", "b", "c"],
        "treated": [1.0, 1.0, 1.0],
        "taken": [1.0, 0.5, 0.2],
        "level": [200.0, 50.0, 25.0],
        "csf_ratio": [None, None, None],
        "function_left": [0.9, 0.7, 0.5],
    },
    schema_overrides={"csf_ratio": pl.Float64},
)
PLAN = Plan(planned_level=100.0, level_unit="ng/mL")


def test_products_are_formed_within_people():
    """Those who took least also have least drug: the mean of products is not the product of means."""
    curves = build_curves(TREATED, PLAN)
    passages = read_passages(TREATED, PLAN, curves)
    linear = int(np.abs(curves.steepness - 1).argmin())
    both = mean_passages(passages, np.ones((1, 3)), ("taken", "absorbed"))[0, linear, 0]
    assert curves.steepness[linear] == pytest.approx(1)
    assert both == pytest.approx((1.0 * 1.0 + 0.5 * 0.5 + 0.2 * 0.25) / 3)
    assert both > np.mean([1.0, 0.5, 0.2]) * np.mean([1.0, 0.5, 0.25])


def test_a_further_link_never_lets_more_pass():
    passages = read_passages(TREATED, PLAN, build_curves(TREATED, PLAN))
    weights = draw_weights(3, np.random.default_rng(1))
    means = all_passages(passages, weights)
    assert len(means) == 8
    for links, mean in means.items():
        for fewer, more in means.items():
            if fewer < links:
                assert (mean <= more + 1e-12).all()


def test_burdens_pass_the_shares_they_stand_for():
    curves = build_curves(TREATED, PLAN)
    left = TREATED["function_left"].to_numpy()
    for share, burden in zip(curves.timely_share[1:], curves.burden[1:], strict=True):
        assert np.mean(left**burden) == pytest.approx(share, abs=1e-6)


def test_without_a_plan_the_level_that_was_needed_is_open():
    curves = build_curves(TREATED, Plan())
    assert len(np.unique(curves.scale)) > 1
    assert curves.scale.min() < 1 < curves.scale.max()


def test_a_link_that_hardly_anybody_was_read_for_is_not_read():
    few = TREATED.with_columns(level=pl.Series([200.0, None, None]))
    passages = read_passages(few, PLAN, build_curves(few, PLAN))
    assert passages.absorbed is None
    assert passages.read == ("taken", "timely")
