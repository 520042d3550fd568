"""A small OMOP release in the manner of the Answer ALS one, with what is true of its people and quirks planted in it."""

from datetime import date, timedelta

import polars as pl

DAYS_PER_MONTH = 365.25 / 12
ITEMS = ("q1", "q2", "q3", "q4", "q5a", "q6", "q7", "q8", "q9", "q10", "q11", "q12")
CONCEPTS = dict(zip(ITEMS, (42529071, 42529072, 42529073, 42529074, 42529075, *range(42529077, 42529084)), strict=True))
N = 12

QUIRKS = {
    "unreadable_values": 4,  # date of death 01/02/2019, weight without a unit, filler diagnosis, a score in words
    "people_without_als": 2,
    "people_never_assessed": 1,
    "impossible_values": 1,
    "results_said_untested": 1,
}
"""Rows or cells that each rule must find: of people, the rows of `patients` alone."""


def person_id(index):
    return f"11{index:07d}"


def zero_of(index):
    return date(2016, 1, 1) + timedelta(days=10 * index)


def build_release():
    """Tables of the release by name, each a frame of text, and the truth by study table."""
    truth = {name: [] for name in ("patients", "visits", "events", "markers", "variants", "doses")}
    tables = {
        name: []
        for name in (
            "person",
            "observation",
            "measurement",
            "condition_occurrence",
            "procedure_occurrence",
            "drug_exposure",
            "death",
            "observation_period",
        )
    }
    for index in range(N):
        _add_person(index, tables, truth)
    _add_others(tables)
    _add_quirks(tables, truth)
    return {name: _frame(rows) for name, rows in tables.items()}, {name: _frame(rows) for name, rows in truth.items()}


def _add_person(index, tables, truth):
    person, zero = person_id(index), zero_of(index)
    born, female = 1950 + index, index % 2 == 0
    onset, diagnosis = zero - timedelta(days=400 + index), zero - timedelta(days=150)
    site, site_code = (("limb", 4200396), ("bulbar", 4125274))[index % 2]
    tables["person"].append(
        {
            "person_id": person,
            "gender_concept_id": 8532 if female else 8507,
            "year_of_birth": born,
            "month_of_birth": 3,
            "day_of_birth": 5,
            "person_source_value": f"demographics+Participant_ID: P{index} | subjects+subject_group_id (disease status): 1 (ALS)",
        }
    )
    tables["condition_occurrence"] += [
        _condition(person, 373182, "aalshxfx+diagdt (Date of ALS diagnosis)", diagnosis),
        _condition(
            person, 2000000397, "subjects+subject_group_id: 1 (ALS) | aalshxfx+onsetdt (Date of ALS symptom onset): -400", onset
        ),
    ]
    tables["observation"].append(
        {
            "person_id": person,
            "observation_concept_id": 2000000396,
            "observation_source_value": "subjects+subject_group_id: 1 (ALS) | aalshxfx+hxli (Site of onset)",
            "observation_date": zero.isoformat(),
            "value_as_concept_id": site_code,
            "value_source_value": "aalshxfx+hxli: 1 (Yes)",
        }
    )
    for visit in range(3):
        _add_visit(index, visit, tables, truth)
    tables["measurement"] += [
        _measurement(person, 3025315, "vital_signs+weight (Weight)", zero, 70 + index, unit_concept_id=9529),
        _measurement(person, 0, "NfL", zero, 50.5 + index, unit_source_value="pg/mL"),
        _gene(person, zero, positive=index % 3 == 0),
    ]
    truth["markers"].append(
        {"patient": person, "time_months": 0.0, "marker": "NfL", "value": 50.5 + index, "unit": "pg/mL", "below_limit": False}
    )
    truth["variants"].append(
        {
            "patient": person,
            "gene": "SOD1",
            "variant": "any variant",
            "call": "present" if index % 3 == 0 else "absent",
            "assay": "self-reported",
        }
    )
    _add_end(index, tables, truth)
    if index % 2:
        tables["drug_exposure"].append(_drug(f"{person}.0", "med: Riluzole 50 mg", zero - timedelta(days=30), None))
    truth["patients"].append(
        {
            "patient": person,
            "age_years": (zero - date(born, 3, 5)).days / 365.25,
            "sex": "female" if female else "male",
            "onset_site": site,
            "onset_months": (zero - onset).days / DAYS_PER_MONTH,
            "diagnosis_months": (diagnosis - onset).days / DAYS_PER_MONTH,
            "weight_kg": 70.0 + index,
            "riluzole": True if index % 2 else None,
        }
    )


def _add_visit(index, visit, tables, truth):
    person, day = person_id(index), zero_of(index) + timedelta(days=91 * visit)
    scores = {item: (index + visit + place) % 5 for place, item in enumerate(ITEMS)}
    for item, score in scores.items():
        tables["observation"].append(_score(person, CONCEPTS[item], f"alsfrs_r+{item}", day, score))
    tables["observation"].append(_score(person, 42529084, "alsfrs_r+alsfrst", day, sum(scores.values())))
    truth["visits"].append(
        {
            "patient": person,
            "time_months": 91 * visit / DAYS_PER_MONTH,
            "alsfrs_r": float(sum(scores.values())),
            **{item: float(score) for item, score in scores.items()},
            "weight_kg": 70.0 + index if visit == 0 else None,
        }
    )


def _add_end(index, tables, truth):
    person, end = person_id(index), zero_of(index) + timedelta(days=400)
    tables["observation_period"].append({"person_id": person, "observation_period_end_date": end.isoformat()})
    truth["events"].append({"patient": person, "time_months": 400 / DAYS_PER_MONTH, "event": "end"})
    if index % 4 == 0:
        tables["death"].append({"person_id": person, "death_date": end.isoformat(), "cause_concept_id": 0})
        truth["events"].append({"patient": person, "time_months": 400 / DAYS_PER_MONTH, "event": "death"})
    if index % 4 == 1:
        done = zero_of(index) + timedelta(days=200)
        tables["procedure_occurrence"] += [
            {"person_id": person, "procedure_source_value": "Tracheostomy", "procedure_date": done.isoformat()},
            {"person_id": person, "procedure_source_value": "Non-invasive ventilation", "procedure_date": done.isoformat()},
        ]
        truth["events"].append({"patient": person, "time_months": 200 / DAYS_PER_MONTH, "event": "tracheostomy"})


def _add_others(tables):
    """A healthy control, a person with another disease of motor neurons who was assessed, and one with ALS who never was."""
    labels = ("5 (Healthy Control)", "17 (Non-ALS MND)", "1 (ALS)")
    for index, label in enumerate(labels, start=100):
        tables["person"].append(
            {
                "person_id": person_id(index),
                "gender_concept_id": 8507,
                "year_of_birth": 1960,
                "person_source_value": f"subjects+subject_group_id (disease status): {label}",
            }
        )
    tables["observation"].append(_score(person_id(101), 42529084, "alsfrs_r+alsfrst", date(2016, 3, 1), 40))


def _add_quirks(tables, truth):
    zero = zero_of(0)
    people = truth["patients"]
    # The same score in both tables agrees; a second total on the same day contradicts the first.
    tables["measurement"].append(_measurement(person_id(0), CONCEPTS["q1"], "alsfrs_r+q1", zero, (0 + 0 + 0) % 5))
    tables["observation"].append(_score(person_id(1), CONCEPTS["q2"], "alsfrs_r+q2", zero_of(1), 0))
    _visit(truth, 1, 0)["q2"] = None
    # A code for missing among the scores, and a score in words.
    _change(tables["observation"], person_id(2), CONCEPTS["q3"], zero_of(2), value_as_number="9")
    _visit(truth, 2, 0)["q3"] = None
    _change(tables["observation"], person_id(3), CONCEPTS["q4"], zero_of(3), value_as_number=None, value_as_string="not legible")
    _visit(truth, 3, 0)["q4"] = None
    # A weight in pounds, and one that does not say in what.
    _change(tables["measurement"], person_id(4), 3025315, zero_of(4), value_as_number="200", unit_concept_id="8739")
    people[4]["weight_kg"] = _visit(truth, 4, 0)["weight_kg"] = 200 * 0.45359237
    _change(tables["measurement"], person_id(5), 3025315, zero_of(5), unit_concept_id="0")
    people[5]["weight_kg"] = _visit(truth, 5, 0)["weight_kg"] = None
    # A diagnosis at a date that stands for none, a date of death that can be read in two ways.
    for row in tables["condition_occurrence"]:
        if row["person_id"] == person_id(6) and row["condition_concept_id"] == 373182:
            row["condition_start_date"] = "1900-01-01"
    people[6]["diagnosis_months"] = None
    tables["death"].append({"person_id": person_id(7), "death_date": "01/02/2017", "cause_concept_id": 0})
    # A result of a test that was not done, an infusion with its amount, a row of nobody who is known.
    for row in tables["measurement"]:
        if row["person_id"] == person_id(8) and row["measurement_concept_id"] == 35948140:
            row["value_source_value"] = "als_gene_mutations+sod1nd (SOD1): 1 (not tested) | als_gene_mutations+sod1: 2 (Negative)"
    truth["variants"][8]["call"] = "not tested"
    tables["drug_exposure"].append(
        _drug(
            person_id(9),
            "Edaravone",
            zero_of(9),
            zero_of(9) + timedelta(days=13),
            quantity=840,
            days_supply=14,
            dose_unit_source_value="mg",
        )
    )
    truth["doses"].append(
        {
            "patient": person_id(9),
            "treatment": "edaravone",
            "time_months": 0.0,
            "dose_mg": 60.0,
            "stop_months": 13 / DAYS_PER_MONTH,
        }
    )
    tables["observation"].append(_score("999", 42529084, "alsfrs_r+alsfrst", zero, 30))
    tables["observation"].append(
        {"person_id": person_id(0), "observation_concept_id": 77, "observation_source_value": "Military service"}
    )


def _visit(truth, index, visit):
    return next(
        row for row in truth["visits"] if row["patient"] == person_id(index) and row["time_months"] == 91 * visit / DAYS_PER_MONTH
    )


def _change(rows, person, concept, day, **cells):
    for row in rows:
        codes = (row.get("observation_concept_id"), row.get("measurement_concept_id"))
        dates = (row.get("observation_date"), row.get("measurement_date"))
        if row["person_id"] == person and concept in codes and day.isoformat() in dates:
            row.update(cells)


def _score(person, concept, text, day, score):
    return {
        "person_id": person,
        "observation_concept_id": concept,
        "observation_source_value": text,
        "observation_date": day.isoformat(),
        "value_as_number": score,
        "value_source_value": f"{text}: {score}",
    }


def _measurement(person, concept, text, day, value, **unit):
    return {
        "person_id": person,
        "measurement_concept_id": concept,
        "measurement_source_value": text,
        "measurement_date": day.isoformat(),
        "value_as_number": value,
        **unit,
    }


def _gene(person, day, *, positive):
    said = "1 (Positive)" if positive else "2 (Negative)"
    return {
        "person_id": person,
        "measurement_concept_id": 35948140,
        "measurement_source_value": "als_gene_mutations+sod1 (SOD1)",
        "measurement_date": day.isoformat(),
        "value_as_concept_id": 9191 if positive else 9189,
        "value_source_value": f"als_gene_mutations+sod1nd (SOD1): 0 (tested) | als_gene_mutations+sod1: {said}",
    }


def _condition(person, concept, text, day):
    return {
        "person_id": person,
        "condition_concept_id": concept,
        "condition_source_value": text,
        "condition_start_date": day.isoformat(),
    }


def _drug(person, text, start, stop, **more):
    return {
        "person_id": person,
        "drug_concept_id": 0,
        "drug_source_value": text,
        "drug_exposure_start_date": start.isoformat(),
        "drug_exposure_end_date": (stop or start).isoformat(),
        **more,
    }


def _frame(rows):
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)
