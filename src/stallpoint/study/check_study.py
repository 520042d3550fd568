"""A look at a study before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.tables import TABLES
from stallpoint.quality.data_quality import DataQuality, measure_data_quality
from stallpoint.study.cohort_of_study import pose_trial, read_cohort
from stallpoint.study.quality_files import quality_record, write_quality
from stallpoint.study.study_file import StudyFile, read_study_file

SCHEMA = "stallpoint.check/1"


@dataclass(frozen=True)
class CheckedStudy:
    """A study whose tables and question hold together, what its data are like, and the page on that where one was asked for."""

    study: StudyFile
    cohort: Cohort
    estimand: str
    quality: DataQuality
    page: Path | None = None

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


def check_study(path: Path, *, out: Path | None = None) -> CheckedStudy:
    """Read and check a study; nothing is estimated, and nothing is written but, into `out`, quality.html and quality.json.

    Raises:
        StallpointError: whatever would keep the study from being run, or the page from being written.
    """
    study = read_study_file(path)
    cohort, estimand, control = read_cohort(study), "", None
    if study.trial is not None:
        trial = pose_trial(study, cohort)
        cohort, estimand, control = trial.cohort, trial.estimand.text, trial.control
    quality = measure_data_quality(cohort, control=control, randomised=study.trial is not None)
    page = None if out is None else write_quality(cohort, quality, out)
    return CheckedStudy(study, cohort, estimand, quality, page)


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
        "quality": quality_record(checked.cohort, checked.quality),
        "page": None if checked.page is None else str(checked.page),
    }
