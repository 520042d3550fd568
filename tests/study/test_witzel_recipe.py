from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stallpoint.response.analysis import Analysis
from stallpoint.response.course import describe_course
from stallpoint.study.check_study import CheckedStudy, check_study

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / ".." / "shared" / "data" / "als"
FILES = [DATA / "witzel2021_patients.csv", DATA / "witzel2021_timepoints.csv"]

pytestmark = pytest.mark.skipif(not FILES[0].exists(), reason="the public data are not beside the repository")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> CheckedStudy:
    study = tmp_path_factory.mktemp("recipe") / "witzel"
    script = REPOSITORY / "docs" / "recipes" / "witzel2021.py"
    subprocess.run([sys.executable, script, *FILES, study], check=True, capture_output=True)  # noqa: S603
    return check_study(study)


@pytest.fixture(scope="module")
def course(checked: CheckedStudy) -> Analysis:
    return describe_course(checked.cohort, estimand=None, rng=np.random.default_rng(1))


def test_the_recipe_makes_a_study_of_the_published_files(checked: CheckedStudy) -> None:
    counts = {check.name: check.count for check in checked.cohort.checks}
    patients = checked.cohort.patients
    assert checked.rows == {"patients": 128, "visits": 649, "events": 128, "markers": 365}
    assert patients.filter(patient="p1")["onset_months"].to_list() == [9.73]
    assert sorted(patients["cohort"].value_counts()["count"]) == [33, 46, 49]
    assert counts["deaths"] == 32
    assert counts["visits_after_death"] == 2
    assert counts["visits_at_one_time"] == 0


@pytest.mark.parametrize(
    ("name", "expected", "rounding"),
    [("slope_mean", -0.83, 0.005), ("nfl_slope", -0.50, 0.005), ("nfl_share", 50, 2), ("nfl_hazard", 3.7, 0.05)],
)
def test_the_course_agrees_with_r_within_rounding(course: Analysis, name: str, expected: float, rounding: float) -> None:
    """R had all 666 rows; here second raters' scores and two visits after death are left out."""
    effect = next(effect for effect in course.effects if effect.name == name)
    assert effect.estimate == pytest.approx(expected, abs=rounding)
    assert effect.low < effect.estimate < effect.high


def test_survival_from_onset_has_late_entry(course: Analysis) -> None:
    assert {effect.name for effect in course.effects} >= {"nfl_hazard_from_onset", "survival_12"}


def test_the_fitted_mean_ends_where_hardly_anybody_is_followed(course: Analysis) -> None:
    fitted = course.series["trajectories_fitted"]
    assert fitted["time_months"].max() < 36
    assert fitted["mean"].min() > 0
