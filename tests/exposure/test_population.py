"""The population fit of a study: truth within reach, what must not matter, exclusions that are said, mistakes that are named."""

import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import FitError, TableError
from stallpoint.exposure.compartment_curves import Dosing, intravenous_mg_l, two_compartment
from stallpoint.exposure.dosing_records import HOURS_PER_MONTH
from stallpoint.exposure.population import fit_exposure

PATH = Path(__file__).parents[2] / "studies" / "population_recovery.py"
SPEC = spec_from_file_location("population_recovery", PATH)
study = module_from_spec(SPEC)
sys.modules["population_recovery"] = study
SPEC.loader.exec_module(study)

FARTHEST = 4.0
"""Standard errors. Seven parameters by two methods are looked at; by chance one such run in a thousand has one beyond this."""


@pytest.mark.parametrize("method", study.METHODS)
def test_truth_is_within_reach(method):
    found = study.run_one(study.Repeat(method, 20261123, 0))
    assert found["converged"]
    away = (np.array(found["estimate"]) - list(study.TRUTH.values())) / np.array(found["std_error"])
    assert np.abs(away).max() < FARTHEST


@cache
def tables(people=25):
    names = [f"P{number:03d}" for number in range(people)]
    drawn = study.draw_study(study.Repeat("foce", 5, 0))
    return {name: frame.filter(pl.col("patient").is_in(names)) for name, frame in drawn.items()}


def fit(changed=None, **asked):
    given = {**tables(), **(changed or {})}
    options = {"start": study.START, "fixed": ("absorption_per_h",), "random": ("clearance_l_h", "volume_l"), "interval_h": 12.0}
    return fit_exposure(
        given["doses"], given["concentrations"], given["patients"], treatment="drug", analyte="drug", **{**options, **asked}
    )


@cache
def plain():
    return fit()


def clearance(found):
    return found.fit.coefficient("typical", "clearance_l_h")["estimate"]


def check(found, name):
    return next(one for one in found.checks if one.name == name)


def test_the_sentence_says_what_was_found():
    assert plain().text.startswith(f"Apparent clearance of drug is {clearance(plain()):.3g} L/h, 95% interval")
    assert "75 levels of 25 people" in plain().text


def test_the_order_of_rows_changes_nothing():
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=3) for name, frame in tables().items()}
    assert fit(shuffled).fit.vector == pytest.approx(plain().fit.vector, abs=1e-6)


def test_twice_the_dose_is_twice_the_clearance_in_any_unit():
    doubled = tables()["doses"].with_columns(pl.col("dose_mg") * 2)
    converted = tables()["concentrations"].with_columns(pl.col("value") / 1000, unit=pl.lit("µg/mL"))
    start = {**study.START, "clearance_l_h": 80.0, "volume_l": 600.0}
    found = fit({"doses": doubled, "concentrations": converted}, start=start)
    assert clearance(found) == pytest.approx(2 * clearance(plain()), rel=1e-4)
    assert found.fit.log_likelihood == pytest.approx(plain().fit.log_likelihood, abs=1e-5)


def test_a_long_course_from_time_zero_is_steady_state():
    """The same levels, counted from time zero a month into the course."""
    last = 12 * np.floor(HOURS_PER_MONTH / 12)
    moved = tables()["concentrations"].with_columns(pl.col("time_h") + last)
    found = fit({"concentrations": moved}, clock="time zero")
    assert found.fit.vector == pytest.approx(plain().fit.vector, abs=1e-4)


def test_people_left_out_are_counted():
    doses = tables()["doses"].with_columns(dose_mg=pl.when(pl.col("patient") == "P001").then(0.0).otherwise("dose_mg"))
    levels = tables()["concentrations"].filter(pl.col("patient") != "P002")
    patients = tables()["patients"].with_columns(smoker=pl.when(pl.col("patient") == "P003").then(None).otherwise("smoker"))
    found = fit({"doses": doses, "concentrations": levels, "patients": patients}, covariates=("smoker",))
    assert found.fit.n == 22
    assert [
        check(found, name).count for name in ("people without a dose", "people without levels", "people without covariates")
    ] == [1, 1, 1]
    assert "warnings" in found.text


def test_levels_before_the_first_dose_are_counted():
    moved = tables()["concentrations"].with_columns(
        time_h=pl.when(pl.col("patient") == "P001").then(0.0).otherwise(pl.col("time_h") + 24)
    )
    found = fit({"concentrations": moved}, clock="time zero")
    assert check(found, "levels before the first dose").count == 3
    assert found.fit.n == 24


def test_ratios_read_as_they_were_asked():
    found = fit(covariates=("sex", "smoker"))
    assert found.ratios.columns == ["covariate", "level", "against", "ratio", "low", "high"]
    assert found.ratios["covariate"].to_list() == ["sex", "smoker"]
    row = found.fit.coefficient("covariate", f"clearance_l_h: sex {found.ratios['level'][0]}")
    assert found.ratios["ratio"][0] == pytest.approx(np.exp(row["estimate"]))
    assert (found.ratios["low"] < found.ratios["ratio"]).all()


def test_two_compartments_after_infusions():
    """Single infusions with eight levels each; all four parameters are found."""
    rng, n = np.random.default_rng(6), 20
    times = np.array([0.5, 1.0, 1.5, 3.0, 6.0, 12.0, 24.0, 36.0])
    names = np.array([f"P{number:02d}" for number in range(n)])
    truth = {"clearance_l_h": 10.0, "volume_l": 20.0, "exchange_l_h": 8.0, "peripheral_l": 60.0}
    own = np.exp(np.log(list(truth.values()))[:, None] + np.array([0.3, 0.2, 0.0, 0.0])[:, None] * rng.standard_normal((4, n)))
    shape = (n, len(times), 1)
    dosing = Dosing(*(np.broadcast_to(value, shape) for value in (100.0, times[None, :, None], 1.0, 1.0, 1.0)))
    seen = intravenous_mg_l(two_compartment(*own[:, :, None]), dosing) * (1 + 0.08 * rng.standard_normal(shape[:2]))
    doses = pl.DataFrame(
        {"patient": names, "treatment": "x", "time_months": 0.0, "dose_mg": 100.0, "route": "iv", "duration_h": 1.0}
    )
    levels = pl.DataFrame(
        {"patient": np.repeat(names, len(times)), "time_h": np.tile(times, n), "value": seen.ravel(), "unit": "mg/L"}
    )
    found = fit_exposure(
        doses,
        levels.with_columns(analyte=pl.lit("x"), matrix=pl.lit("plasma")),
        treatment="x",
        analyte="x",
        compartments=2,
        start={"clearance_l_h": 7.0, "volume_l": 30.0, "exchange_l_h": 5.0, "peripheral_l": 40.0},
        random=("clearance_l_h", "volume_l"),
    )
    assert found.fit.converged
    assert not found.oral
    for name, value in truth.items():
        row = found.fit.coefficient("typical", name)
        assert abs(row["estimate"] - value) < FARTHEST * row["std_error"]
        assert row["std_error"] < 0.2 * value


@pytest.mark.parametrize(
    ("table", "change", "asked", "error", "says"),
    [
        ("concentrations", pl.col("value") * -1, {}, TableError, "negative"),
        ("concentrations", pl.lit(0.0).alias("value"), {}, TableError, "not above zero"),
        ("concentrations", pl.lit("nmol/L").alias("unit"), {}, TableError, "nmol/L"),
        ("concentrations", pl.lit(7.0).alias("value"), {}, FitError, "equal"),
        ("doses", pl.lit(0.0).alias("dose_mg"), {}, FitError, "dose above zero"),
        ("doses", pl.lit("nasal").alias("route"), {}, TableError, "not offered"),
        ("doses", pl.lit("durg").alias("treatment"), {}, TableError, "did you mean durg"),
        ("patients", pl.lit("male").alias("sex"), {"covariates": ("sex",)}, FitError, "does not vary"),
        ("patients", pl.col("sex"), {"covariates": ("liver",)}, FitError, "liver"),
        ("patients", pl.col("sex"), {"start": {"clearance_l_h": 50.0}}, FitError, "volume_l: missing"),
    ],
)
def test_mistakes_are_named(table, change, asked, error, says):
    with pytest.raises(error, match=says):
        fit({table: tables()[table].with_columns(change)}, **asked)


def test_one_person_cannot_be_a_population():
    alone = {name: frame.filter(pl.col("patient") == "P001") for name, frame in tables().items()}
    with pytest.raises(FitError, match="one person"):
        fit(alone)
