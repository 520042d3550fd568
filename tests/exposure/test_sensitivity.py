"""What a result hangs on, against a function whose indices are known."""

import numpy as np
import pytest

from stallpoint.core.parameter import Parameter
from stallpoint.exposure.sensitivity import draw_inputs, swing_inputs
from stallpoint.exposure.uncertain import Uncertain, spread_parameter, unknown_between


def known(name, low, high):
    middle = float(np.sqrt(low * high))
    return Uncertain(name, name, middle, low, high, "ratio", "human", "assumed", "modelling_choice", "test")


INPUTS = {"a": known("a", 0.5, 2.0), "b": known("b", 0.1, 10.0), "idle": known("idle", 0.5, 2.0)}


def log_sum(values, count):
    return np.zeros(count) + np.log(values["a"]) + np.log(values["b"])


def test_indices_of_a_sum_of_normals_are_its_variances():
    # log a and log b are normal; widths 2 log 2 and 2 log 10 give variances as 0.0906 to 1.
    swings = {swing.name: swing for swing in swing_inputs(INPUTS, log_sum, count=2048, rng=np.random.default_rng(1))}
    part = np.log(4) ** 2 / (np.log(4) ** 2 + np.log(100) ** 2)
    assert swings["a"].first_order == pytest.approx(part, abs=0.02)
    assert swings["b"].total == pytest.approx(1 - part, abs=0.02)
    assert "idle" not in swings
    assert list(swings) == ["b", "a"]


def test_the_ends_of_a_bar_are_the_ends_of_the_range():
    swings = swing_inputs({"b": INPUTS["b"], "a": INPUTS["a"]}, log_sum, count=64, rng=np.random.default_rng(1))
    assert swings[0].at_low == pytest.approx(np.log(0.1))
    assert swings[0].at_high == pytest.approx(np.log(10))


def test_draws_follow_their_distribution():
    draws = draw_inputs(INPUTS, count=4096, rng=np.random.default_rng(1))
    assert np.quantile(draws["b"], [0.025, 0.5, 0.975]) == pytest.approx([0.1, 1.0, 10.0], rel=0.02)
    assert np.corrcoef(np.log(draws["a"]), np.log(draws["b"]))[0, 1] == pytest.approx(0, abs=0.02)


def test_a_range_without_knowledge_is_even_on_the_logarithm():
    nothing = unknown_between("x", 0.01, 1.0, label="x", unit="ratio", ground="test")
    assert nothing.quantile(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.01, 0.1, 1.0])


@pytest.mark.parametrize(
    ("evidence", "tag", "fold"),
    [("human", "seen", 1.5), ("animal", "seen", 3), ("in vitro", "seen", 10), ("human", "recalled", 3)],
)
def test_a_number_without_a_range_is_as_wide_as_its_evidence(evidence, tag, fold):
    spread = spread_parameter(Parameter("apparent_clearance", 50.0, "L/h", evidence, tag, "modelling_choice"))
    assert spread.high / spread.median == pytest.approx(fold)
    assert "no range given" in spread.ground


def test_a_range_of_the_source_is_kept():
    spread = spread_parameter(Parameter("half_life", 12.0, "h", "human", "seen", "s", low=9.0, high=15.0))
    assert spread.high / spread.low == pytest.approx(15 / 9)
    assert spread.quantile(np.array([0.5])) == pytest.approx(12.0)


def test_a_fraction_stays_a_fraction():
    spread = spread_parameter(Parameter("fraction_unbound_plasma", 0.9, "fraction", "animal", "seen", "s"))
    assert spread.quantile(np.array([0.999])) <= 1
