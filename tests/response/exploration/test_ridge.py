import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.response.exploration.ridge import PENALTIES, fit_ridge


def draw(seed, n=40, k=4, noise=1.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, k)) * [1, 10, 0.1, 3][:k]
    return X, X @ np.array([1.0, 0.0, 5.0, 0.2])[:k] + noise * rng.normal(size=n)


def test_it_is_the_ridge_of_scikit_learn_at_the_penalty_that_leaving_out_chooses():
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = draw(1)
    standard = (X - X.mean(axis=0)) / X.std(axis=0)
    fits = [linear_model.Ridge(alpha=len(y) * penalty).fit(standard, y).predict(standard) for penalty in PENALTIES]
    predicted = fit_ridge(X, y)(X)
    assert min(np.abs(predicted - fit).max() for fit in fits) < 1e-10


def test_without_noise_it_is_least_squares():
    X, y = draw(2, noise=0.0)
    assert fit_ridge(X, y)(X) == pytest.approx(y, abs=0.05)


def test_noise_alone_leaves_little_but_the_mean():
    """Over 50 samples a slope on nothing is shrunk to a fifth of what least squares makes of it, or less."""
    spread, free = [], []
    for seed in range(50):
        X, y = np.random.default_rng(seed).normal(size=(60, 6)), np.random.default_rng(1000 + seed).normal(size=60)
        design = np.column_stack([np.ones(60), X])
        spread.append(fit_ridge(X, y)(X).std())
        free.append((design @ np.linalg.lstsq(design, y, rcond=None)[0]).std())
    assert np.median(spread) < 0.2 * np.median(free)


@given(st.integers(0, 100), st.floats(0.01, 100), st.floats(-100, 100))
def test_units_of_covariates_change_nothing_and_those_of_the_outcome_carry_over(seed, scale, shift):
    X, y = draw(seed)
    one = fit_ridge(X, y)(X)
    assert fit_ridge(scale * X + shift, y)(scale * X + shift) == pytest.approx(one, abs=1e-6)
    assert fit_ridge(X, scale * y + shift)(X) == pytest.approx(scale * one + shift, abs=1e-6 * (1 + abs(shift) + scale * 100))


def test_a_covariate_that_does_not_vary_is_no_trouble():
    X, y = draw(3)
    X[:, 1] = 7.0
    assert np.isfinite(fit_ridge(X, y)(X)).all()
