"""The calibration finds what was planted, learns nothing from nothing, and leaves out what it is told to."""

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.trial_record import TrialResult, load_trial_record
from stallpoint.mechanism.calibrate import calibrate

KNOWN = load_mechanism()
ANTIGLUTAMATE = ("riluzole", "ceftriaxone", "memantine", "talampanel", "lamotrigine", "gabapentin")


def planted(log_ratio: float, std_error: float) -> tuple[TrialResult, ...]:
    first = load_trial_record()[1]
    return tuple(
        replace(first, trial=drug, drug=drug, dose="", weeks=48, log_ratio=log_ratio, std_error=std_error, tag="derived")
        for drug in ANTIGLUTAMATE
    )


def mean_of(fitted, name: str) -> float:
    return float(fitted.weights() @ fitted.shared.table[name])


def test_strong_effects_of_one_pathway_raise_its_weight_and_nulls_lower_it() -> None:
    strong, null = (
        calibrate(planted(ratio, 0.05), known=KNOWN, rng=np.random.default_rng(1), draws=1500, per_drug=60)
        for ratio in (-0.3, 0.0)
    )
    prior = float(strong.shared.table["weight of excitotoxicity"].mean())
    assert mean_of(strong, "weight of excitotoxicity") > 1.5 * prior
    assert mean_of(null, "weight of excitotoxicity") < prior
    assert mean_of(strong, "chance that a target moves its pathway") > mean_of(null, "chance that a target moves its pathway")


def test_trials_without_information_leave_the_prior() -> None:
    fitted = calibrate(planted(-0.3, 50.0), known=KNOWN, rng=np.random.default_rng(2), draws=400, per_drug=20)
    assert fitted.effective_draws() == pytest.approx(400, rel=1e-3)


def test_a_drug_that_is_left_out_has_no_say() -> None:
    record = planted(-0.3, 0.05)
    whole = calibrate(record, known=KNOWN, rng=np.random.default_rng(3), draws=300, per_drug=20)
    total = sum(fit.log_likelihood for name, fit in whole.drugs.items() if name != "riluzole")
    expected = np.exp(total - np.max(total))
    np.testing.assert_allclose(whole.weights(without="riluzole"), expected / expected.sum())


def test_the_record_is_sound() -> None:
    record = load_trial_record()
    assert len({trial.trial for trial in record}) == len(record)
    for trial in record:
        assert trial.source in load_sources()
        assert trial.std_error > 0
        assert trial.tag in ("seen", "recalled", "derived")
        assert trial.note
