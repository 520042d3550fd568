import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import StallpointError
from stallpoint.response.false_positive_risk import false_positive_risk, least_false_positive_risk


@pytest.mark.parametrize(
    ("prior", "power", "risk"),
    [(0.05, 0.5, 0.506), (0.1, 0.5, 0.327), (0.25, 0.5, 0.139), (0.1, 0.2, 0.55)],
)
def test_the_interaction_of_lithium_and_unc13a(prior, power, risk):
    """p = 0.027 for the interaction in the pooled lithium trials."""
    assert false_positive_risk(0.027, prior=prior, power=power) == pytest.approx(risk, abs=0.005)


def test_the_least_risk_of_the_same_p_value():
    assert least_false_positive_risk(0.027, prior=0.1) == pytest.approx(0.70, abs=0.005)


@given(st.floats(1e-6, 0.3), st.floats(0.01, 0.99), st.floats(0.01, 1 - 1e-6))
def test_risk_falls_with_power_and_prior_and_is_a_share(p, prior, power):
    risk = false_positive_risk(p, prior=prior, power=power)
    assert 0 < risk < 1
    assert false_positive_risk(p, prior=prior, power=power + (1 - power) / 2) <= risk
    assert least_false_positive_risk(p, prior=prior) <= 1 - prior


def test_a_p_value_that_says_nothing_leaves_the_prior():
    assert least_false_positive_risk(0.5, prior=0.2) == pytest.approx(0.8)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_shares_outside_0_to_1_are_refused(share):
    with pytest.raises(StallpointError, match="prior"):
        false_positive_risk(0.03, prior=share, power=0.8)
