import numpy as np
import pytest
from scipy.stats import norm

from stallpoint.explain.visible import see_effects
from stallpoint.models.mixed import fit_mixed
from stallpoint.response.follow_up import follow_trial
from stallpoint.simulate.planted import no_effect
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


def seen(n, months=(0, 3, 6, 9, 12), largest=0.8, trials=1000):
    design = TrialDesign(n=n, visit_months=months, horizon_months=months[-1], marker_months=(0,))
    trial = simulate_trial(design, no_effect(), rng=np.random.default_rng(5)).trial
    visits = follow_trial(trial).visits
    fit = fit_mixed(visits, "alsfrs_r ~ time_months + treated:time_months", "~ time_months | patient")
    error = fit.coefficients["std_error"][-1]
    return see_effects(visits, fit, largest=largest, rng=np.random.default_rng(1), trials=trials), error


def test_power_is_that_of_the_estimate_error_and_small_without_effect():
    found, error = seen(200)
    foretold = norm.cdf(found.points_per_month / error - norm.ppf(0.975))
    assert found.share_seen[0] == pytest.approx(0.025, abs=3 * np.sqrt(0.025 * 0.975 / 1000))
    assert found.share_seen == pytest.approx(foretold, abs=0.06)


def test_a_short_trial_sees_less():
    short, _ = seen(200, months=(0, 1, 2), trials=300)
    longer, _ = seen(200, trials=300)
    at = np.array([0.3])
    assert short.chance(at) < longer.chance(at) - 0.2
