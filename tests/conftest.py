"""A small trial on disk, as a reader would write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine stops for seconds; time is measured in benchmarks/.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

STUDY_TOML = """\
[study]
name = "SMALL-1"

[trial]
control = "placebo"

[estimand]
horizon_months = 12
death = "joint"
stopping = "treatment policy"

[modifiers]
prespecified = ["sex"]
"""
COHORT_TOML = '[study]\nname = "SMALL-2"\n'


def small_tables() -> dict[str, str]:
    people = [f"P{number:02d}" for number in range(1, 11)]
    patients = [
        f"{patient},{'active' if index % 2 else 'placebo'},{50 + index},{'male' if index % 3 else 'female'}"
        for index, patient in enumerate(people)
    ]
    visits = [f"{patient},{month},{45 - index % 4 - month}" for index, patient in enumerate(people) for month in (0, 3, 6, 9)]
    return {
        "patients": "\n".join(["patient,arm,age_years,sex", *patients, ""]),
        "visits": "\n".join(["patient,time_months,alsfrs_r", *visits, ""]),
        "events": "patient,time_months,event\nP01,9.5,death\nP02,9.5,end\n",
    }


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Writes a study folder; keyword arguments replace the text of a table or of study.toml."""

    def write(*, study: str = STUDY_TOML, folder: str = "study", **tables: str) -> Path:
        place = tmp_path / folder
        (place / "data").mkdir(parents=True)
        (place / "study.toml").write_text(study, encoding="utf-8")
        for name, text in (small_tables() | tables).items():
            (place / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
        return place

    return write
