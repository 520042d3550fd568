"""Verdicts: what is named, and when nothing is."""

import numpy as np
import pytest

from stallpoint.core.drug import Drug, Evidence
from stallpoint.exposure.chain import Steps
from stallpoint.exposure.verdict import contradict, judge_barrier, judge_exposure

NONE = Drug("nothing", "small molecule")


def steps(share=None, *, by_dose=None):
    as_array = [None if each is None else np.asarray(each, dtype=float) for each in (share, by_dose)]
    return Steps(np.ones(1), None, None, np.ones(1), None, *as_array)


def seen(direction, site="CNS", evidence="human"):
    return Evidence("engaged", direction, "seen", evidence, "seen", "modelling_choice", site)


@pytest.mark.parametrize(
    ("low_share", "expected"),
    [(1.0, "exposure-limited"), (0.8, "exposure-limited"), (0.5, "unknown"), (0.2, "not limited"), (0.0, "not limited")],
)
def test_a_verdict_needs_four_fifths_of_the_draws(low_share, expected):
    draws = np.where(np.arange(1000) < 1000 * low_share, 0.2, 0.8)
    verdict = judge_exposure(NONE, steps(draws))
    assert verdict.answer == expected
    assert verdict.limited == pytest.approx(low_share)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ((), "unknown"),
        ((seen("supports"),), "not limited"),
        ((seen("supports"), seen("refutes")), "unknown"),
        ((seen("refutes"),), "unknown"),
        ((seen("supports", site="periphery"),), "unknown"),
        ((seen("supports", evidence="animal"),), "unknown"),
    ],
)
def test_without_numbers_only_the_cns_of_people_counts(evidence, expected):
    assert judge_exposure(Drug("d", "small molecule", evidence=evidence), steps()).answer == expected


def test_the_barrier_explains_a_lack_of_effect_only_if_it_takes_most_of_it():
    healthy = steps(np.full(100, 0.6))
    assert judge_barrier(steps(np.full(100, 0.55)), healthy).answer == "not limited"
    assert judge_barrier(steps(np.full(100, 0.1)), healthy).answer == "exposure-limited"
    assert judge_barrier(steps(np.linspace(0, 0.6, 100)), healthy).answer == "unknown"
    assert judge_barrier(steps(), healthy).answer == "unknown"


def test_a_dish_and_people_that_cannot_both_be_right():
    apart = contradict(steps(np.full(10, 0.001), by_dose=np.full(10, 0.6)))
    assert "cannot be reconciled" in apart
    assert contradict(steps(np.linspace(0.1, 0.9, 10), by_dose=np.full(10, 0.6))) == ""
    assert contradict(steps(np.full(10, 0.001))) == ""
