"""A look at a study before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.tables import TABLES
from stallpoint.study.cohort_of_study import pose_trial, read_cohort
from stallpoint.study.study_file import StudyFile, read_study_file

SCHEMA = "stallpoint.check/1"


@dataclass(frozen=True)
class CheckedStudy:
    """A study whose tables and question hold together."""

    study: StudyFile
    cohort: Cohort
    estimand: str

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table that is not empty, after what was left out."""
        return {name: getattr(self.cohort, name).height for name in TABLES if getattr(self.cohort, name).height}

    @property
    def arms(self) -> dict[str, int]:
        """People in each arm; empty where there are none."""
        if "arm" not in self.cohort.patients.columns:
            return {}
        known = self.cohort.patients.filter(pl.col("arm").is_not_null())
        return dict(known.group_by("arm").len().sort("arm").iter_rows())

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was found on the way in."""
        return self.cohort.checks


def check_study(path: Path) -> CheckedStudy:
    """Read and check a study; nothing is estimated and nothing is written.

    Raises:
        StallpointError: whatever would keep the study from being run.
    """
    study = read_study_file(path)
    cohort = read_cohort(study)
    if study.trial is None:
        return CheckedStudy(study, cohort, "")
    trial = pose_trial(study, cohort)
    return CheckedStudy(study, trial.cohort, trial.estimand.text)


def describe_check(checked: CheckedStudy) -> dict[str, Any]:
    """The same for a machine."""
    return {
        "schema": SCHEMA,
        "study": checked.study.name,
        "simulated": checked.cohort.simulated,
        "rows": checked.rows,
        "arms": checked.arms,
        "estimand": checked.estimand,
        "checks": checked.checks,
    }
