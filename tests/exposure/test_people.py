"""Virtual people vary as said, and covariates do what was published."""

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure import people

N = 10_000


def test_between_and_within_people_values_vary_as_said():
    """The median is the typical value; the coefficient of variation is the given one, within five Monte Carlo errors."""
    rng = np.random.default_rng(1)
    own = people.individual_values(51.4, 0.514, N, rng=rng)
    spread = np.log(own).std()
    assert abs(spread - people.log_sd(0.514)) < 5 * spread / np.sqrt(2 * N)
    assert abs(np.log(np.median(own) / 51.4)) < 5 * 1.2533 * spread / np.sqrt(N)
    assert own.std() / own.mean() == pytest.approx(0.514, rel=0.1)
    visits = people.occasion_values(own, 0.28, 4, rng=rng)
    assert visits.shape == (N, 4)
    inner = np.log(visits / own[:, None])
    assert abs(inner.std() - people.log_sd(0.28)) < 5 * inner.std() / np.sqrt(2 * inner.size)
    assert abs(np.corrcoef(inner[:, 0], inner[:, 1])[0, 1]) < 5 / np.sqrt(N)


def test_without_variation_everybody_is_typical():
    typical = 51.4 * people.category_ratio([0, 1], 0.68)
    assert people.individual_values(typical, 0.0, 2, rng=np.random.default_rng(1)) == pytest.approx([51.4, 34.952])


def test_covariate_ratios():
    assert people.power_ratio([70.0, 140.0], 70.0, 0.75) == pytest.approx([1, 2**0.75])
    assert people.linear_ratio([15.2, 25.2], 15.2, 0.047) == pytest.approx([1, 1.47])
    assert people.exponential_ratio([49.0, 59.0], 49.0, -0.0055) == pytest.approx([1, np.exp(-0.055)])


def test_interactions_are_bounded_by_the_share_of_the_pathway():
    """Blocking a pathway of 80% leaves a fifth of clearance, so the area rises fivefold and never more."""
    assert people.interaction_ratio(0.8, [1.0, 0.5, 0.0, 2.0]) == pytest.approx([1, 0.6, 0.2, 1.8])
    assert 1 / people.interaction_ratio(0.8, 1 / 4) == pytest.approx(1 / (0.8 / 4 + 0.2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: people.log_sd(-0.1), "coefficient of variation"),
        (lambda: people.log_sd(np.nan), "coefficient of variation"),
        (lambda: people.individual_values(-1.0, 0.3, 2, rng=np.random.default_rng(1)), "typical value"),
        (lambda: people.category_ratio([1.0, np.nan], 0.68), "not known of everybody"),
        (lambda: people.category_ratio([1.0], 0.0), "ratio of 0"),
        (lambda: people.power_ratio([0.0], 70.0, 0.75), "not above 0"),
        (lambda: people.power_ratio([np.nan], 70.0, 0.75), "covariate is missing"),
        (lambda: people.linear_ratio([0.0], 100.0, 0.02), "ratio is not above 0"),
        (lambda: people.interaction_ratio(1.2, 1.0), "fraction_metabolised"),
        (lambda: people.interaction_ratio(0.5, -1.0), "pathway_activity"),
        (lambda: people.interaction_ratio(1.0, 0.0), "nothing is left"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(StallpointError, match=words):
        call()
