import numpy as np
import pytest

from stallpoint.exposure.structure.calibrate import calibrate, fit_calibration


def test_a_known_distortion_is_undone():
    """Labels drawn with logit(p) = 0.5 + 2 logit(score): 20,000 of them give the line back within four standard errors."""
    rng = np.random.default_rng(1)
    score = rng.uniform(0.02, 0.98, 20_000)
    truth = 1 / (1 + np.exp(-(0.5 + 2 * np.log(score / (1 - score)))))
    line = fit_calibration(score, (rng.random(20_000) < truth).astype(np.int64))
    assert line == pytest.approx([0.5, 2.0], abs=0.12)
    assert np.abs(calibrate(score, line) - truth).max() < 0.03


def test_mean_probability_is_the_share_of_ones():
    rng = np.random.default_rng(2)
    score, label = rng.random(500), rng.integers(0, 2, 500)
    assert calibrate(score, fit_calibration(score, label)).mean() == pytest.approx(label.mean(), abs=0.005)


def test_scores_of_zero_and_one_are_not_certainties():
    assert 0 < calibrate(np.array([0.0]), np.array([0.0, 1.0]))[0] < calibrate(np.array([1.0]), np.array([0.0, 1.0]))[0] < 1


def test_classes_that_do_not_overlap_leave_the_curve_finite():
    score = np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    said = calibrate(score, fit_calibration(score, (score > 0.5).astype(np.int64)))
    assert np.all(np.diff(said) > 0)
    assert 0.5 < said[-1] < 0.999
