from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.build import build_cohort, build_trial
from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort, Modifiers, Trial
from stallpoint.core.errors import EstimandError, TableError
from stallpoint.core.estimand import Estimand

Columns = dict[str, list[Any]]
PATIENTS: Columns = {"patient": ["a", "b", "c"], "arm": ["active", "placebo", "placebo"], "age_years": [60, 61, 62]}
VISITS: Columns = {
    "patient": ["a", "a", "b", "b", "c", "c"],
    "time_months": [0, 3, 0, 3, 0, 3],
    "alsfrs_r": [40, 37, 41, 40, 30, 22],
}


def build(patients: Columns = PATIENTS, visits: Columns = VISITS, **tables: Columns) -> Cohort:
    places = {"patients": "patients.csv", "visits": "visits.csv"}
    return build_cohort("small", {"patients": patients, "visits": visits, **tables}, places=places)


def check(cohort: Cohort, name: str) -> Check:
    return next(check for check in cohort.checks if check.name == name)


def question(treatment: str = "active") -> Estimand:
    return Estimand(treatment, "placebo", "adults with ALS", "alsfrs_r", 12, "joint", "treatment policy")


def trial(cohort: Cohort, **settings: Any) -> Trial:
    return build_trial(cohort, **({"control": "placebo", "estimand": question()} | settings))


def test_checked_tables_come_out_in_declared_types() -> None:
    cohort = build(
        patients={"patient": [1, 2, 3], "age_years": ["60", "NA", ""], "smoker": ["yes", "0", None]},
        visits=VISITS | {"patient": ["1", "1", "2", "2", "3", "3"], "time_months": ["0", " 3.5 ", "0", "3", "0", "3"]},
    )
    assert cohort.n == 3
    assert cohort.patients["age_years"].to_list() == [60.0, None, None]
    assert cohort.patients["smoker"].to_list() == [True, False, None]
    assert cohort.visits["time_months"].to_list()[1] == 3.5
    assert cohort.patients["patient"].to_list() == ["1", "2", "3"]
    assert cohort.events.columns == ["patient", "time_months", "event"]
    assert cohort.events.is_empty()


@pytest.mark.parametrize(
    "make", [pl.DataFrame, pl.LazyFrame, pd.DataFrame, pa.table, lambda columns: nw.from_native(pl.DataFrame(columns))]
)
def test_any_data_frame_is_accepted(make: Callable[[Columns], Any]) -> None:
    cohort = build_cohort("small", {"patients": make(PATIENTS), "visits": make(VISITS)})
    assert cohort.visits.equals(build().visits)


def test_patient_numbers_with_gaps_match_those_without() -> None:
    visits = pd.DataFrame({"patient": [1.0, 2.0], "time_months": [0, 0], "alsfrs_r": [40, 41]})
    cohort = build_cohort("small", {"patients": {"patient": [1, 2]}, "visits": visits})
    assert cohort.visits["patient"].to_list() == ["1", "2"]


def test_further_covariates_get_the_type_they_look_like() -> None:
    extra = {"site": ["01", "02", "03"], "bmi": ["20.5", "NA", "31"], "gastrostomy": ["yes", "no", ""], "note": ["x", "1", ""]}
    patients = build(patients=PATIENTS | extra).patients
    assert patients.schema["site"] == pl.String
    assert patients["bmi"].to_list() == [20.5, None, 31.0]
    assert patients["gastrostomy"].to_list() == [True, False, None]
    assert patients["note"].to_list() == ["x", "1", None]


def test_words_of_a_list_may_be_in_capitals() -> None:
    assert build(patients=PATIENTS | {"sex": ["Female", "MALE", " male "]}).patients["sex"].to_list() == [
        "female",
        "male",
        "male",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"visits": VISITS | {"alsfrs_r": [40, 49, 41, 40, 30, 22]}},
            ["visits.csv, column alsfrs_r", "data row 2, patient a: 49", "0 to 48"],
        ),
        (
            {"visits": VISITS | {"time_months": [0, -3, 0, 3, 0, 3]}},
            ["visits.csv, column time_months", "data row 2, patient a: -3"],
        ),
        ({"visits": VISITS | {"time_months": ["0", "3,5", "0", "3", "0", "3"]}}, ["data row 2, patient a: 3,5", "with a point"]),
        ({"visits": VISITS | {"alsfrs_r": ["40", "about 37", "41", "40", "30", "22"]}}, ["about 37", "a number"]),
        ({"visits": VISITS | {"time_months": [0, float("inf"), 0, 3, 0, 3]}}, ["data row 2", "inf"]),
        ({"visits": VISITS | {"patient": ["a", None, "b", "b", "c", "c"]}}, ["patient is missing", "data row 2"]),
        ({"visits": {"patient": ["a"], "alsfrs_r": [40]}}, ["no column time_months", "columns found: patient, alsfrs_r"]),
        ({"visits": {"patient": [], "time_months": [], "alsfrs_r": []}}, ["visits.csv: 0 rows"]),
        ({"patients": PATIENTS | {"onset_month": [3, 4, 5]}}, ["did you mean onset_months?"]),
        ({"patients": PATIENTS | {"patient": ["a", "b", "b"]}}, ["1 patient in more than one row", "data row 2", "data row 3"]),
        ({"patients": PATIENTS | {"sex": ["f", "male", "male"]}}, ["must be one of: female, male", "data row 1"]),
        ({"patients": {"patient": ["a", "b"]}}, ["visits.csv, column patient", "not in patients.csv: c"]),
        ({"patients": PATIENTS | {"smoker": ["perhaps", "yes", "no"]}}, ["true or false", "perhaps"]),
        ({"visits": {"patient": ["a"], "time_months": [0], "q1": [4]}}, ["no ALSFRS-R total", "items missing: q2"]),
        ({"visits": VISITS | {"alsfrs_r": [None] * 6}}, ["no ALSFRS-R total"]),
    ],
)
def test_what_cannot_be_is_refused_with_place_and_rows(change: dict[str, Columns], message: list[str]) -> None:
    with pytest.raises(TableError) as fault:
        build(**change)
    assert all(part in fault.value.text for part in [*message, "What to do"])


def test_an_unknown_table_is_named() -> None:
    with pytest.raises(TableError, match="did you mean visits"):
        build_cohort("small", {"visit": VISITS})


def test_something_that_is_no_table_is_refused() -> None:
    with pytest.raises(TableError, match="not a table but int"):
        build_cohort("small", {"patients": 3})


@pytest.mark.parametrize("missing", ["patients", "visits"])
def test_patients_and_visits_are_needed(missing: str) -> None:
    tables = {"patients": PATIENTS, "visits": VISITS}
    del tables[missing]
    with pytest.raises(TableError, match=f"there is no {missing} table"):
        build_cohort("small", tables)


def test_a_person_dies_once() -> None:
    with pytest.raises(TableError, match="more than one death"):
        build(events={"patient": ["a", "a"], "time_months": [4, 5], "event": ["death", "death"]})


def test_what_follows_death_is_left_out_and_counted() -> None:
    cohort = build(
        events={"patient": ["a", "a"], "time_months": [2, 5], "event": ["death", "ventilation"]},
        markers={"patient": ["a", "a"], "time_months": [0, 3], "marker": ["NfL"] * 2, "value": [50, 60], "unit": ["pg/mL"] * 2},
    )
    assert cohort.visits.filter(pl.col("patient") == "a")["time_months"].to_list() == [0.0]
    assert [check(cohort, f"{table}_after_death").count for table in ("visits", "events", "markers")] == [1, 1, 1]
    assert check(cohort, "visits_after_death").status == "warning"


def test_a_visit_on_the_day_of_death_stays() -> None:
    cohort = build(events={"patient": ["a"], "time_months": [3], "event": ["death"]})
    assert cohort.visits.height == 6
    assert check(cohort, "visits_after_death").status == "passed"


def test_repeated_rows_go_and_two_different_scores_stay() -> None:
    again = {name: [*values, values[0], values[1]] for name, values in VISITS.items()}
    again["alsfrs_r"][-1] = 36
    cohort = build(visits=again)
    assert cohort.visits.height == 7
    assert check(cohort, "repeated_visits").count == 1
    assert check(cohort, "visits_at_one_time").count == 1


def test_people_with_few_visits_are_counted() -> None:
    cohort = build(visits={"patient": ["a", "a", "b"], "time_months": [0, 3, 0], "alsfrs_r": [40, 37, 41]})
    assert check(cohort, "people_without_visits").count == 1
    assert check(cohort, "people_with_one_visit").count == 1


def test_all_censored_and_constant_covariates_are_noticed() -> None:
    cohort = build(patients=PATIENTS | {"riluzole": [True, True, True]})
    assert check(cohort, "deaths").status == "warning"
    assert "riluzole" in check(cohort, "constant_covariates").text
    assert check(build(events={"patient": ["a"], "time_months": [4], "event": ["death"]}), "deaths").status == "passed"


def test_visits_after_withdrawal_are_kept_and_noticed() -> None:
    cohort = build(events={"patient": ["b"], "time_months": [1], "event": ["withdrawal"]})
    assert cohort.visits.height == 6
    assert check(cohort, "visits_after_withdrawal").count == 1


def people(n: int, months: tuple[float, ...]) -> tuple[Columns, Columns]:
    names = [f"p{index}" for index in range(n)]
    visits = [(name, month) for name in names for month in months]
    return {"patient": names}, {
        "patient": [name for name, _ in visits],
        "time_months": [month for _, month in visits],
        "alsfrs_r": [40] * len(visits),
    }


def test_times_beyond_twenty_years_look_like_days() -> None:
    patients, visits = people(4, (0, 3, 6))
    visits["time_months"][2] = 365
    with pytest.raises(TableError, match=r"days among months\n  data row 3, patient p0: 365"):
        build(patients, visits)


def test_one_person_in_days_is_found_below_twenty_years() -> None:
    patients, visits = people(6, (0, 3, 6))
    visits["time_months"][0:3] = [0, 91, 182]
    with pytest.raises(TableError, match="patient p0: 91") as fault:
        build(patients, visits)
    assert "patient p1" not in fault.value.text


def test_a_whole_table_in_days_is_found() -> None:
    patients, visits = people(4, (0, 30, 61, 91))
    with pytest.raises(TableError, match="look like days"):
        build(patients, visits)


def test_events_in_days_are_found() -> None:
    patients, visits = people(6, (0, 2, 4))
    events = {"patient": ["p0", "p1"], "time_months": [120, 150], "event": ["death", "death"]}
    with pytest.raises(TableError, match=r"events, column time_months.*days among months"):
        build(patients, visits, events=events)


def test_onset_in_days_is_found() -> None:
    with pytest.raises(TableError, match=r"onset_months.*look like days"):
        build(patients=PATIENTS | {"onset_months": [12, 14, 900]})


def test_a_person_seen_again_after_two_years_is_not_taken_for_days() -> None:
    patients, visits = people(6, (0, 1, 2, 12, 18))
    visits["time_months"][0:5] = [0, 24, 24, 24, 24]
    assert build(patients, visits).n == 6


@given(months=st.lists(st.floats(0, 60), min_size=2, max_size=8, unique=True), seed=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(months: list[float], seed: Any) -> None:
    patients, visits = people(3, tuple(months))
    order = list(range(len(visits["patient"])))
    seed.shuffle(order)
    shuffled = {name: [values[index] for index in order] for name, values in visits.items()}
    try:
        expected = build(patients, visits)
    except TableError as fault:
        with pytest.raises(TableError, match=fault.what[:10]):
            build(patients, shuffled)
        return
    cohort = build(patients, shuffled)
    assert cohort.checks == expected.checks
    assert cohort.visits.sort("patient", "time_months").equals(expected.visits.sort("patient", "time_months"))


def test_a_trial_takes_the_only_other_arm() -> None:
    asked = trial(build(), modifiers=Modifiers(prespecified=("age_years",), explored=("nfl_baseline",)), strata=["age_years"])
    assert (asked.treatment, asked.control) == ("active", "placebo")
    assert asked.cohort.n == 3


@pytest.mark.parametrize(
    ("patients", "settings", "error", "message"),
    [
        ({"patient": ["a", "b", "c"]}, {}, TableError, "patients have no arm"),
        (PATIENTS | {"arm": ["placebo"] * 3}, {}, EstimandError, "everyone is in one arm, placebo"),
        (PATIENTS, {"control": "placbo"}, EstimandError, "did you mean placebo"),
        (PATIENTS | {"arm": ["low", "high", "placebo"]}, {}, EstimandError, "name the arm to compare .*high or low"),
        (PATIENTS, {"treatment": "placebo"}, EstimandError, "both placebo"),
        (PATIENTS, {"allocation": 1.0}, EstimandError, "allocation is 1"),
        (PATIENTS, {"estimand": question("other")}, EstimandError, "compares other with placebo"),
        (PATIENTS, {"strata": ["age_year"]}, TableError, "did you mean age_years"),
        (PATIENTS, {"modifiers": Modifiers(prespecified=("trical",))}, TableError, "did you mean tricals"),
        (PATIENTS, {"strata": ["tricals"]}, TableError, "no column tricals"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(
    patients: Columns, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=rf"(?s){message}"):
        trial(build(patients), **settings)


def test_people_of_other_arms_are_left_out_and_counted() -> None:
    asked = trial(build(PATIENTS | {"arm": ["active", "placebo", "third"]}), treatment="active")
    assert asked.cohort.n == 2
    assert asked.cohort.visits["patient"].unique().sort().to_list() == ["a", "b"]
    assert check(asked.cohort, "people_of_other_arms").count == 1


def test_arms_far_from_the_allocation_are_noticed() -> None:
    patients, visits = people(100, (0, 3))
    lopsided = trial(build(patients | {"arm": ["active"] * 80 + ["placebo"] * 20}, visits))
    even = trial(build(patients | {"arm": ["active"] * 55 + ["placebo"] * 45}, visits))
    assert check(lopsided.cohort, "allocation").status == "warning"
    assert check(even.cohort, "allocation").status == "passed"
