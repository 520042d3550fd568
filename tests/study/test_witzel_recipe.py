from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stallpoint.study.check_study import check_study

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / ".." / "shared" / "data" / "als"
FILES = [DATA / "witzel2021_patients.csv", DATA / "witzel2021_timepoints.csv"]


@pytest.mark.skipif(not FILES[0].exists(), reason="the public data are not beside the repository")
def test_the_recipe_makes_a_study_of_the_published_files(tmp_path: Path) -> None:
    script = REPOSITORY / "docs" / "recipes" / "witzel2021.py"
    subprocess.run([sys.executable, script, *FILES, tmp_path / "witzel"], check=True, capture_output=True)  # noqa: S603
    checked = check_study(tmp_path / "witzel")
    counts = {check.name: check.count for check in checked.cohort.checks}
    patients = checked.cohort.patients
    assert checked.rows == {"patients": 128, "visits": 649, "events": 128, "markers": 365}
    assert patients.filter(patient="p1")["onset_months"].to_list() == [9.73]
    assert sorted(patients["cohort"].value_counts()["count"]) == [33, 46, 49]
    assert counts["deaths"] == 32
    assert counts["visits_after_death"] == 2
    assert counts["visits_at_one_time"] == 0
