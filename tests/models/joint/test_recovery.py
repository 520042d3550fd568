"""One data set of each case of studies/joint_recovery.py; the study itself has many, and judges bias and coverage."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from stallpoint.models.joint.summary import natural_terms, natural_values

PATH = Path(__file__).parents[3] / "studies" / "joint_recovery.py"
SPEC = spec_from_file_location("joint_recovery", PATH)
study = module_from_spec(SPEC)
sys.modules["joint_recovery"] = study
SPEC.loader.exec_module(study)

FARTHEST = 4.5
"""Standard errors. About 150 parameters are looked at; by chance alone one in a thousand such runs has one beyond this."""


@pytest.mark.parametrize("case", study.CASES, ids=lambda case: case.name)
def test_truth_is_within_reach(case):
    found = study.run_one(study.Repeat(case, 20261122, 0, study.PEOPLE))
    assert found["converged"]
    assert 0.2 < found["deaths"] / study.PEOPLE < 0.7
    design, theta = study.code_case(case)
    away = (np.array(found["estimate"]) - natural_values(theta, design)) / np.array(found["std_error"])
    judged = [part != "baseline" or case.baseline in ("weibull", "piecewise") for part, _ in natural_terms(design)]
    assert np.abs(away[judged]).max() < FARTHEST, natural_terms(design)[int(np.argmax(np.abs(away) * judged))]
