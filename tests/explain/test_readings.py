import polars as pl
import pytest

from stallpoint.core.build import build_cohort, build_trial
from stallpoint.core.estimand import Estimand
from stallpoint.core.plan import Plan
from stallpoint.explain.marker_contrast import contrast_marker
from stallpoint.explain.readings import read_people
from stallpoint.response.follow_up import follow_trial

PEOPLE = [f"P{number}" for number in range(12)]


def make(**changed):
    tables = {
        "patients": {"patient": PEOPLE, "arm": ["active", "placebo"] * 6},
        "visits": {
            "patient": [each for each in PEOPLE for _ in range(2)],
            "time_months": [0.0, 10.0] * 12,
            "alsfrs_r": [36.0, 24.0] * 12,
        },
        "events": {"patient": PEOPLE, "time_months": [10.0] * 12, "event": ["end"] * 12},
    } | changed
    cohort = build_cohort("SMALL", {name: {k: list(map(str, v)) for k, v in table.items()} for name, table in tables.items()})
    asked = Estimand("active", "placebo", "people", "alsfrs_r", 10, "joint", "treatment policy")
    return build_trial(cohort, control="placebo", estimand=asked, allocation=0.5)


def read(trial, plan=Plan()):  # noqa: B008
    return {row["patient"]: row for row in read_people(trial, follow_trial(trial), plan).iter_rows(named=True)}


def test_taken_is_dose_times_time_of_what_was_planned():
    doses = {
        "patient": ["P0", "P2", "P4", "P4", "P6"],
        "treatment": ["active"] * 5,
        "time_months": [0, 0, 0, 4, 0],
        "dose_mg": [100, 100, 100, 50, 100],
        "stop_months": ["", 5, "", "", 20],
    }
    found = read(make(doses=doses))
    assert found["P0"]["taken"] == 1
    assert found["P2"]["taken"] == pytest.approx(0.5)
    assert found["P4"]["taken"] == pytest.approx(0.4 + 0.6 * 0.5)
    assert found["P6"]["taken"] == 1
    assert found["P8"]["taken"] is None
    assert found["P1"]["taken"] is None


def test_levels_are_geometric_means_in_one_unit_and_csf_is_held_against_plasma():
    concentrations = {
        "patient": ["P0", "P0", "P0", "P2", "P2"],
        "time_h": [24] * 5,
        "analyte": ["active"] * 5,
        "matrix": ["plasma", "plasma", "CSF", "plasma", "plasma"],
        "value": [50, 200, 5, 10, 9000],
        "unit": ["ng/mL", "ng/mL", "ng/mL", "ng/mL", "pg/mL"],
        "below_limit": ["false", "false", "false", "true", "false"],
    }
    found = read(make(concentrations=concentrations), Plan(planned_level=100.0, level_unit="ng/mL"))
    assert found["P0"]["level"] == pytest.approx(100)
    assert found["P0"]["csf_ratio"] == pytest.approx(0.05)
    assert found["P2"]["level"] == pytest.approx(5)
    assert found["P2"]["csf_ratio"] is None


def test_not_tested_is_never_absent():
    variants = {
        "patient": ["P0", "P1", "P2", "P2", "P3", "P3"],
        "gene": ["SOD1"] * 6,
        "variant": ["A5V", "A5V", "A5V", "D91A", "A5V", "D91A"],
        "call": ["present", "not tested", "absent", "not tested", "absent", "absent"],
    }
    found = read(make(variants=variants), Plan(target_gene="sod1"))
    assert [found[each]["carrier"] for each in ("P0", "P1", "P2", "P3", "P4")] == [True, None, None, False, None]


def test_function_left_is_that_at_entry():
    assert read(make())["P0"]["function_left"] == pytest.approx(0.75)


def markers(later):
    """Ten people with a sample at entry and one at month 6; in treated people it falls to `later`."""
    rows = [(each, time) for each in PEOPLE[:10] for time in (0.0, 6.0)]
    jitter = {each: 1 + 0.01 * int(each[1:]) for each in PEOPLE}
    values = [100 * (later if time and int(each[1:]) % 2 == 0 else jitter[each] if time else 1) for each, time in rows]
    return {
        "patient": [each for each, _ in rows],
        "time_months": [time for _, time in rows],
        "marker": ["target"] * len(rows),
        "value": values,
        "unit": ["pg/mL"] * len(rows),
    }


def test_a_marker_is_contrasted_between_randomised_arms():
    found = contrast_marker(make(markers=markers(0.5)), "Target")
    assert (found.n_treated, found.n_control) == (5, 5)
    assert found.difference == pytest.approx(-0.74, abs=0.02)


def test_a_sample_after_treatment_was_stopped_does_not_count():
    doses = {"patient": ["P0"], "treatment": ["active"], "time_months": [0], "dose_mg": [1], "stop_months": [3]}
    assert contrast_marker(make(markers=markers(0.5), doses=doses), "target") is None


@pytest.mark.parametrize("stop", [["", ""], None])
def test_a_row_of_dose_zero_is_a_stop(stop):
    doses = {"patient": ["P0"] * 2, "treatment": ["active"] * 2, "time_months": [0, 3], "dose_mg": [1, 0]}
    doses |= {} if stop is None else {"stop_months": stop}
    assert contrast_marker(make(markers=markers(0.5), doses=doses), "target") is None
    assert contrast_marker(make(markers=markers(0.5), doses=doses | {"dose_mg": [1, 2]}), "target").n_treated == 5


def test_a_marker_that_is_not_there_is_no_contrast():
    assert contrast_marker(make(), "target") is None


def test_readings_have_a_row_for_everybody_followed():
    trial = make()
    assert read_people(trial, follow_trial(trial), Plan()).select(pl.col("patient").n_unique()).item() == 12
