"""Real tables, and the page's example, from files to study."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import EstimandError
from stallpoint.core.mapping_reference import EXAMPLE
from stallpoint.models.mixed import fit_mixed
from stallpoint.models.survival import fit_cox, fit_kaplan_meier
from stallpoint.study.check_study import check_study
from stallpoint.study.import_study import import_study
from stallpoint.study.run import run_study

REPOSITORY = Path(__file__).parents[2]
WITZEL = REPOSITORY / ".." / "shared" / "data" / "als"
ALS_SURVIVAL = Path("/usr/lib/R/site-library/TH.data/rda/ALSsurvdata.rda")

WITZEL_MAPPING = """
notices = ["Three cohorts without an active arm."]

[patients]
file = "witzel2021_patients.csv"
patient = "patient"
[patients.columns]
cohort = { from = "cohort" }
age_years = { from = "age" }
sex = { from = "gender" }
onset_site = { from = "onset", words = { spinal = "limb", bulbar = "bulbar" } }
onset_months = { value = 0, unit = "months", until = "first visit" }

[visits]
file = "witzel2021_timepoints.csv"
patient = "patient"
[visits.columns]
time_months = { from = "time", unit = "months", since = "first visit" }
alsfrs_r = { from = "ALSFRSR" }
rater = { from = "rater" }

[events]
file = "witzel2021_patients.csv"
patient = "patient"
[events.columns]
time_months = { from = "months_survived", unit = "months", since = "first visit" }
event = { from = "deceased", words = { 1 = "death", 0 = "end" } }

[markers]
file = "witzel2021_timepoints.csv"
patient = "patient"
[markers.columns]
time_months = { from = "time", unit = "months", since = "first visit" }
marker = { value = "NfL" }
value = { from = "nfl" }
unit = { value = "pg/mL" }
"""

ALS_SURVIVAL_MAPPING = """
not_randomised = "riluzole was an observed covariate, mixed with membership of trials"

[patients]
patient = "person"
[patients.columns]
arm = { from = "Riluzole", words = { No = "no riluzole", Yes = "riluzole" } }
age_years = { from = "age" }
sex = { from = "sex", words = { male = "male", female = "female" } }
onset_months = { from = "time_onset_treatment", unit = "days" }

[events]
patient = "person"
[events.columns]
time_months = { from = "survival.time", unit = "days" }
event = { from = "cens", words = { 1 = "death", 0 = "end" } }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.skipif(not (WITZEL / "witzel2021_patients.csv").exists(), reason="the public data are not beside the repository")
def test_witzel_2021_comes_out_as_published(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("witzel2021_patients.csv", "witzel2021_timepoints.csv"):
        shutil.copy(WITZEL / name, source)
    imported = import_study("table", source, tmp_path / "study", mapping=write(tmp_path, WITZEL_MAPPING))
    assert (imported.rows["patients"], imported.rows["visits"]) == (128, 666)
    events = pl.read_parquet(tmp_path / "study/data/events.parquet")
    assert events.filter(event="death").height == 32
    visits = pl.read_parquet(tmp_path / "study/data/visits.parquet")
    assert visits["rater"].value_counts().filter(rater="second")["count"].to_list() == [54]
    fit = fit_mixed(visits, "alsfrs_r ~ time_months", "~ time_months | patient")
    slope = fit.coefficients.filter(term="time_months").row(0, named=True)
    assert slope["estimate"] == pytest.approx(-0.8314, abs=5e-5)
    assert slope["std_error"] == pytest.approx(0.0543, abs=5e-5)
    onset = pl.read_parquet(tmp_path / "study/data/patients.parquet").filter(patient="p1")["onset_months"]
    assert onset.to_list() == pytest.approx([9.73])


@pytest.fixture(scope="module")
def als_survival(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of ALSsurvdata, which has no visits."""
    if not ALS_SURVIVAL.exists() or shutil.which("Rscript") is None:
        pytest.skip("R or its package TH.data is not there")
    folder = tmp_path_factory.mktemp("als_survival")
    lines = [f'load("{ALS_SURVIVAL}")', "d <- ALSsurvdata", "d$person <- seq_len(nrow(d))"]
    script = "; ".join([*lines, f'write.csv(d, "{folder}/als.csv", row.names = FALSE, na = "")'])
    subprocess.run(["Rscript", "-e", script], check=True, capture_output=True)  # noqa: S603, S607
    import_study("table", folder / "als.csv", folder / "study", mapping=write(folder, ALS_SURVIVAL_MAPPING))
    return folder / "study"


def test_survival_under_riluzole_is_that_of_r(als_survival: Path) -> None:
    people = pl.read_parquet(als_survival / "data/patients.parquet").join(
        pl.read_parquet(als_survival / "data/events.parquet"), on="patient"
    )
    people = people.with_columns(
        days=pl.col("time_months") * 365.25 / 12,
        died=(pl.col("event") == "death"),
        riluzole=(pl.col("arm") == "riluzole").cast(pl.Float64),
    )
    assert (people.height, people["died"].sum()) == (3306, 916)
    cox = fit_cox(people, ("riluzole",), time="days", died="died").row(0, named=True)
    assert cox["estimate"] == pytest.approx(-0.21622, abs=2e-5)
    assert cox["std_error"] == pytest.approx(0.06860, abs=2e-5)
    for riluzole, year, eighteen_months, median in ((0.0, 0.782, 0.624, 596), (1.0, 0.830, 0.678, 622)):
        arm = people.filter(pl.col("riluzole") == riluzole)
        steps = fit_kaplan_meier(arm["days"].to_numpy(), arm["died"].to_numpy()).steps
        at = [steps.filter(pl.col("time") <= day + 0.01)["survival"][-1] for day in (365, 540)]
        np.testing.assert_allclose(at, [year, eighteen_months], atol=0.0005)
        assert steps.filter(pl.col("survival") <= 0.5)["time"][0] == pytest.approx(median, abs=0.01)


def test_a_study_of_survival_alone_says_that_function_cannot_be_described(als_survival: Path, tmp_path: Path) -> None:
    checked = check_study(als_survival)
    checks = {check.name: check for check in checked.checks}
    assert "function cannot" in checks["people_without_visits"].text
    assert checks["people_without_visits"].status == "warning"
    assert "observed covariate" in checked.cohort.not_randomised
    run = run_study(als_survival, tmp_path / "out")
    trial = tmp_path / "trial"
    shutil.copytree(als_survival, trial)
    asked = '[trial]\ncontrol = "no riluzole"\n[estimand]\nhorizon_months = 12\ndeath = "joint"\nstopping = "treatment policy"\n'
    (trial / "study.toml").write_text((trial / "study.toml").read_text(encoding="utf-8") + asked, encoding="utf-8")
    with pytest.raises(EstimandError, match="no visits"):
        check_study(trial)
    assert "Alive 12 months" in run.answer
    assert "function cannot" in run.report.read_text(encoding="utf-8")


CLINIC = """\
ID;Sex;Birth date;Onset;Weight (lb);Visit date;ALSFRS-R;Died;NfL serum
007;m;03.02.1950;01.12.2019;154,3;01.02.2021;40;;70
007;m;03.02.1950;01.12.2019;154,3;01.05.2021;37;13.08.2021;
8;w;17.06.1961;20.05.2020;;03.02.2021;-9;;55
8;w;17.06.1961;20.05.2020;;03.05.2021;41;N/A;unreadable
"""


def test_the_example_of_the_page_imports_a_table(tmp_path: Path) -> None:
    (tmp_path / "clinic.csv").write_text(CLINIC, encoding="utf-8")
    imported = import_study("table", tmp_path / "clinic.csv", tmp_path / "study", mapping=write(tmp_path, EXAMPLE))
    assert imported.rows == {"patients": 2, "visits": 3, "events": 1, "markers": 2}
    person = pl.read_parquet(tmp_path / "study/data/patients.parquet").filter(patient="007").row(0, named=True)
    assert person["weight_kg"] == pytest.approx(154.3 * 0.45359237)
    assert person["age_years"] == pytest.approx(71.0, abs=0.01)
    assert person["onset_months"] == pytest.approx(428 * 12 / 365.25)
    assert imported.rules["unreadable_values"] == 1
    assert (tmp_path / "study/import/mapping.toml").read_text(encoding="utf-8") == EXAMPLE
