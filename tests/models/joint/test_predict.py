"""Predictions of the joint model against brute force."""

import numpy as np
import polars as pl
import pytest

from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.parameters import unpack
from stallpoint.models.joint.predict import predict_course, predict_survival


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(4)
    arm = np.arange(80) % 2
    slopes = -1 + 0.4 * arm + rng.normal(0, 0.3, 80)
    starts = 30 + rng.normal(0, 3, 80)
    end = np.minimum(rng.exponential(14, 80) + 0.2, 12.0)
    rows = [
        (i, t, starts[i] + slopes[i] * t + rng.normal(), int(arm[i])) for i in range(80) for t in range(0, 13, 2) if t <= end[i]
    ]
    visits = pl.DataFrame(rows, schema=["patient", "month", "score", "arm"], orient="row")
    events = pl.DataFrame({"patient": np.arange(80), "time": end, "died": (end < 12).astype(int), "arm": arm})
    fit = fit_joint(
        visits, events, longitudinal="score ~ month + month:arm", random="~ month | patient", event="Surv(time, died) ~ arm"
    )
    return fit, events


def test_survival_is_the_mean_over_random_effects(fitted):
    fit, events = fitted
    people = events.with_columns(arm=pl.lit(1))
    found = predict_survival(fit, people, np.array([3.0, 9.0]))
    p = unpack(fit.theta, fit.design.layout)
    b = np.random.default_rng(0).standard_normal((10_000, 2)) @ p.factor.T
    own = p.causes[0]
    shape, (beta0, beta1, beta2) = np.exp(own.baseline[0, 0]), p.beta
    for value, horizon in zip(found.value, (3.0, 9.0), strict=True):
        grid = (np.arange(400) + 0.5) * horizon / 400
        course = beta0 + b[:, :1] + (beta1 + beta2 + b[:, 1:]) * grid
        hazard = shape * grid ** (shape - 1) * np.exp(own.gamma[0] + own.gamma[1] + own.alpha[0] * course)
        drawn = np.exp(-hazard.sum(axis=1) * horizon / 400)
        assert value == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 100 + 1e-3)


def test_course_is_the_fixed_part_and_its_error_that_of_a_linear_combination(fitted):
    fit, events = fitted
    people = events.with_columns(arm=pl.lit(1))
    found = predict_course(fit, people, np.array([0.0, 12.0]))
    beta = fit.theta[fit.design.layout.beta]
    assert found.value == pytest.approx([beta[0], beta[0] + 12 * (beta[1] + beta[2])])
    combination = np.zeros(len(fit.theta))
    combination[:3] = [1, 12, 12]
    assert found.std_error(fit.covariance)[1] == pytest.approx(np.sqrt(combination @ fit.covariance @ combination))


def test_a_contrast_of_an_arm_with_itself_is_nothing_with_certainty(fitted):
    fit, events = fitted
    one = predict_survival(fit, events, np.array([6.0]))
    difference = one - one
    assert difference.value[0] == 0
    assert difference.std_error(fit.covariance)[0] == 0
