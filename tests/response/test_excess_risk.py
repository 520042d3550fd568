import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import FitError
from stallpoint.response.excess_risk import added_risk, excess_risk, excess_risk_of_groups


def test_the_oral_cancer_example_of_rothman_and_keller():
    """Cases and controls by alcohol and smoking; Hosmer & Lemeshow (1992) print 3.74 (-1.84 to 9.32)."""
    cases = np.array([[3.0, 8.0], [6.0, 225.0]])
    controls = np.array([[20.0, 18.0], [12.0, 166.0]])
    logit, variance = np.log(cases / controls), 1 / cases + 1 / controls
    to_terms = np.array([[-1, 0, 1, 0], [-1, 1, 0, 0], [1, -1, -1, 1]])
    found = excess_risk(to_terms @ logit.ravel(), to_terms @ np.diag(variance.ravel()) @ to_terms.T)
    assert (found.value, found.low, found.high) == pytest.approx((3.74, -1.84, 9.32), abs=0.005)


@given(st.floats(0.05, 0.2), st.floats(0, 0.3), st.floats(0, 0.3))
def test_risks_that_add_up_have_no_excess(base, treatment, modifier):
    risk = np.array([[base, base + modifier], [base + treatment, base + treatment + modifier]])
    found = excess_risk_of_groups(risk, np.full((2, 2), 0.02))
    assert found.value == pytest.approx(0, abs=1e-9)
    assert found.low < 0 < found.high


def test_groups_and_coefficients_agree():
    """The same four risks, told as groups or as coefficients of their logarithms."""
    risk, error = np.array([[0.1, 0.18], [0.15, 0.5]]), np.array([[0.02, 0.03], [0.025, 0.05]])
    to_terms = np.array([[-1, 0, 1, 0], [-1, 1, 0, 0], [1, -1, -1, 1]])
    covariance = to_terms @ np.diag(((error / risk) ** 2).ravel()) @ to_terms.T
    one, other = excess_risk(to_terms @ np.log(risk).ravel(), covariance), excess_risk_of_groups(risk, error)
    assert one.value == pytest.approx(other.value)
    assert one.std_error == pytest.approx(other.std_error)


def test_the_reference_is_the_group_of_the_lowest_risk():
    """A treatment that protects, more so with the modifier: read from its own side, not as a negative excess of a ratio below 1."""
    risk = np.array([[0.5, 0.4], [0.3, 0.1]])
    found = excess_risk_of_groups(risk, np.full((2, 2), 0.03))
    assert found.reversed_treatment
    assert found.reversed_modifier
    assert found.value == pytest.approx(0.5 / 0.1 - 0.3 / 0.1 - 0.4 / 0.1 + 1)


def test_its_interval_holds_the_truth():
    """1,000 trials of four groups of 150: 95%, Monte Carlo error 0.7%. The reference is clear enough not to be taken wrongly."""
    rng = np.random.default_rng(1)
    risk = np.array([[0.25, 0.4], [0.45, 0.6]])
    held = 0
    for _ in range(1000):
        seen = rng.binomial(150, risk) / 150
        found = excess_risk_of_groups(seen, np.sqrt(seen * (1 - seen) / 150))
        held += found.low <= 0 <= found.high
    assert 0.93 <= held / 1000 <= 0.975


@pytest.mark.parametrize("risk", [[[0.2, 0.2], [0.2, 0.4]], [[0.25, 0.25], [0.25, 0.25]], [[0.5, 0.4], [0.3, 0.1]]])
def test_points_of_risk_need_no_reference(risk):
    """2,000 trials of four groups of 75, where none need be the lowest: 95%, Monte Carlo error 0.5%."""
    rng = np.random.default_rng(4)
    risk = np.array(risk)
    truth = risk[1, 1] - risk[1, 0] - risk[0, 1] + risk[0, 0]
    held = 0
    for _ in range(2000):
        seen = rng.binomial(75, risk) / 75
        found = added_risk(seen, np.sqrt(seen * (1 - seen) / 75))
        held += found.low <= truth <= found.high
    assert 0.935 <= held / 2000 <= 0.965


def test_a_group_without_risk_is_refused():
    with pytest.raises(FitError, match="without risk"):
        excess_risk_of_groups(np.array([[0.0, 0.1], [0.1, 0.1]]), np.full((2, 2), 0.02))


def test_choosing_the_lowest_group_invents_no_excess():
    """2,000 trials of four groups of 75 of the same risk: 0 left out in at most 5% and two Monte Carlo errors (1%)."""
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(2000):
        seen = rng.binomial(75, 0.25, (2, 2)) / 75
        found = excess_risk_of_groups(seen, np.sqrt(seen * (1 - seen) / 75))
        wrong += not found.low <= 0 <= found.high
    assert wrong / 2000 <= 0.06
