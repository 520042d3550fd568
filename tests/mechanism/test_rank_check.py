"""Planted truths lie evenly in their posteriors; and a calibration that is wrong is seen to be."""

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.knowledge.trial_record import load_trial_record
from stallpoint.mechanism import calibrate
from stallpoint.mechanism.rank_check import RankCheck, check_calibration_ranks

KNOWN = load_mechanism()
RECORD = tuple(
    replace(trial, weeks=48, kind="function") for trial in load_trial_record() if trial.drug in ("riluzole", "memantine")
)


def check(seed: int) -> RankCheck:
    sharp = tuple(replace(trial, std_error=trial.std_error / 4) for trial in RECORD)
    return check_calibration_ranks(sharp, known=KNOWN, rng=np.random.default_rng(seed), repeats=120, draws=400, per_drug=60)


def test_planted_truths_lie_evenly() -> None:
    """Nine parameters: the least p-value of a sound calibration lies below 0.001 in one run of a hundred."""
    found = check(1)
    assert min(found.p_values().values()) > 0.001
    assert found.effective_draws.min() > 20


def test_a_likelihood_that_believes_too_much_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = calibrate.log_likelihood
    monkeypatch.setattr("stallpoint.mechanism.rank_check.log_likelihood", lambda rates, found: 25 * right(rates, found + 0.3))
    assert min(check(1).p_values().values()) < 0.001
