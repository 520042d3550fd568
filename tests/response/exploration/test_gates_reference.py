"""Frozen values of econml on given predictions; `reference_gates.py` makes them."""

import json
from pathlib import Path

import numpy as np
import pytest

from stallpoint.response.effect_ranking import Estimate, effect_scores, project_effect
from stallpoint.response.exploration.judge import _by_group, _Held
from stallpoint.response.exploration.over_splits import groups_over_splits

REFERENCE = json.loads((Path(__file__).parent / "reference_gates.json").read_text(encoding="utf-8"))
PEOPLE = {name: np.array(values) for name, values in REFERENCE["people"].items()}
FOUND = REFERENCE["found"]


@pytest.fixture(scope="module")
def scores():
    given = [PEOPLE[name] for name in ("outcome", "treated", "under_treatment", "under_control")]
    return effect_scores(*given, allocation=REFERENCE["allocation"])


def test_scores_are_those_of_econml(scores):
    assert scores == pytest.approx(np.array(FOUND["scores"]), abs=1e-12)


def test_effects_of_thirds_are_those_of_econml(scores):
    """As the exploration groups people, and the outer thirds' difference; econml divides squares by n, not n - 1."""
    n = len(scores)
    held = _Held(np.arange(n), PEOPLE["under_control"][:, None], scores, PEOPLE["prediction"], Estimate(0.0, 0.0))
    groups, _ = _by_group(held, n)
    assert [each.value for each in groups] == pytest.approx(FOUND["gates"], abs=1e-12)
    sizes = np.full(3, n / 3)
    assert [groups_over_splits([each]).std_error for each in groups] == pytest.approx(
        FOUND["gates_std_error"] * np.sqrt(sizes / (sizes - 1)), abs=1e-12
    )
    apart = groups[2] - groups[0]
    assert apart.value == pytest.approx(FOUND["gates"][2] - FOUND["gates"][0], abs=1e-12)
    assert apart.value > 0.3


def test_the_best_linear_predictor_is_that_of_econml(scores):
    assert project_effect(scores, PEOPLE["prediction"][:, None]).estimate[1] == pytest.approx(FOUND["blp"], abs=1e-10)
