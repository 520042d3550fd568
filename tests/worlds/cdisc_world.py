"""A small randomised trial as SDTM and as ADaM datasets, with what is true of it and quirks planted in it."""

from datetime import date, timedelta

import polars as pl
import pyreadstat

DAYS_PER_MONTH = 365.25 / 12
QUESTIONS = {
    "q1": "Speech",
    "q2": "Salivation",
    "q3": "Swallowing",
    "q4": "Handwriting",
    "q5a": "Cutting Food without Gastrostomy",
    "q6": "Dressing and Hygiene",
    "q7": "Turning in Bed",
    "q8": "Walking",
    "q9": "Climbing Stairs",
    "q10": "Dyspnea",
    "q11": "Orthopnea",
    "q12": "Respiratory Insufficiency",
}
N = 8
VISIT_DAYS = (-3, 57, 113)
"""Study days; the baseline was assessed before the first dose."""


def subject(index):
    return f"ALS1-{index:03d}"


def zero_of(index):
    return date(2019, 1, 7) + timedelta(days=9 * index)


def at(index, study_day):
    return zero_of(index) + timedelta(days=study_day - 1 if study_day > 0 else study_day)


def months(study_day):
    return max(study_day - 1, 0) / DAYS_PER_MONTH


def scores(index, visit):
    return {item: float((index + visit + place) % 5) for place, item in enumerate(QUESTIONS)}


def build_truth():
    """Tables of the study; the quirks change nothing but what `QUIRKS` of each package counts."""
    truth = {name: [] for name in ("patients", "visits", "events", "markers", "doses", "concentrations")}
    for index in range(N):
        person, active = subject(index), index % 2 == 0
        truth["patients"].append(
            {
                "patient": person,
                "arm": "Drug X" if active else "Placebo",
                "age_years": 50.0 + index,
                "sex": "female" if index % 3 else "male",
                "fvc_percent": 80.0 + index,
                "weight_kg": 60.0 + index,
            }
        )
        for visit, day in enumerate(VISIT_DAYS):
            first = {"fvc_percent": 80.0 + index, "weight_kg": 60.0 + index} if visit == 0 else {}
            truth["visits"].append({"patient": person, "time_months": months(day), **scores(index, visit), **first})
        truth["events"].append({"patient": person, "time_months": months(200), "event": "withdrawal" if index == 1 else "end"})
        if index in (2, 3):
            truth["events"].append({"patient": person, "time_months": months(150 + index), "event": "death"})
        for marker, value, unit, below in (("NfL", 40.5 + index, "pg/mL", False), ("Creatinine", 5.0, "umol/L", index == 4)):
            truth["markers"].append(
                {
                    "patient": person,
                    "time_months": 0.0,
                    "marker": marker,
                    "value": value,
                    "unit": unit,
                    "matrix": "SERUM",
                    "below_limit": below,
                }
            )
        if index != 7:
            truth["doses"].append(
                {
                    "patient": person,
                    "treatment": "DRUG X" if active else "PLACEBO",
                    "time_months": 0.0,
                    "dose_mg": 100.0 if active else 0.0,
                    "route": "ORAL",
                    "stop_months": months(168),
                }
            )
        if active:
            for hours, value, below in ((2.0, 118.5, False), (12.0, 1.0, True)):
                truth["concentrations"].append(
                    {
                        "patient": person,
                        "time_h": hours,
                        "analyte": "Drug X",
                        "matrix": "PLASMA",
                        "value": value,
                        "unit": "ng/mL",
                        "below_limit": below,
                    }
                )
    return {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in truth.items()}


SDTM_QUIRKS = {
    "unreadable_values": 3,  # a visit in 2019-03, one on study day 0, a dose in international units
    "people_not_randomised": 2,
    "derived_values": 1,
    "baseline_before_time_zero": N,
    "samples_without_time": 1,
    "undated_rows": 2,
}


def build_sdtm():
    """Datasets of SDTM by name."""
    data = {name: [] for name in ("dm", "qs", "vs", "re", "lb", "ds", "ex", "pc", "ae")}
    for index in range(N):
        _add_sdtm_subject(index, data)
    for index, arm in ((90, "Screen Failure"), (91, "Not Assigned")):
        data["dm"].append({"USUBJID": subject(index), "ARM": arm, "ACTARM": arm, "AGE": 60.0, "SEX": "M"})
    screened = at(0, -20).isoformat()
    data["vs"].append(_finding("VS", subject(90), "WEIGHT", "Weight", 70.0, screened, None, VSSTRESU="kg"))
    # Dates that are not known to the day, with and without a study day; a day that does not exist; a value that was carried forward.
    data["qs"].append(_question(0, "q1", 0.0, "2019-03", None))
    data["qs"].append(_question(1, "q1", 0.0, None, 0.0))
    data["qs"].append(_question(2, "q1", 0.0, at(2, 141).isoformat(), 141.0) | {"QSDRVFL": "Y"})
    for row in data["qs"]:
        if row["USUBJID"] == subject(3) and row["QSDY"] == 57.0:
            row["QSDTC"] = "2019-02"
    data["ex"].append(_exposure(7, 100.0, "IU"))
    data["pc"].append(_sample(0, None, 3.0, "PLASMA"))
    return {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in data.items()}


def _add_sdtm_subject(index, data):
    person, active = subject(index), index % 2 == 0
    start = zero_of(index).isoformat()
    data["dm"].append(
        {
            "USUBJID": person,
            "RFSTDTC": start,
            "DTHDTC": at(index, 150 + index).isoformat() if index == 2 else None,
            "ARM": "Drug X" if active else "Placebo",
            "ACTARM": "Drug X" if active or index == 5 else "Placebo",
            "AGE": 50.0 + index,
            "AGEU": "YEARS",
            "SEX": "F" if index % 3 else "M",
        }
    )
    for visit, day in enumerate(VISIT_DAYS):
        data["qs"] += [
            _question(index, item, score, at(index, day).isoformat(), float(day)) for item, score in scores(index, visit).items()
        ]
    baseline = at(index, -3).isoformat()
    data["vs"].append(_finding("VS", person, "WEIGHT", "Weight", 60.0 + index, baseline, -3.0, VSSTRESU="kg"))
    data["re"].append(_finding("RE", person, "FVCPP", "FVC % Predicted", 80.0 + index, baseline, -3.0, RESTRESU="%"))
    lab = {"LBSPEC": "SERUM", "LBSTRESU": "pg/mL"}
    data["lb"].append(_finding("LB", person, "NFLC", "Neurofilament Light Chain", 40.5 + index, start, 1.0, **lab))
    creatinine = _finding("LB", person, "CREAT", "Creatinine", 5.0, start, 1.0, **lab | {"LBSTRESU": "umol/L"})
    data["lb"].append(creatinine | ({"LBSTRESN": None, "LBSTRESC": "<5"} if index == 4 else {"LBSTRESC": "5"}))
    data["ds"] += _dispositions(index)
    if index != 7:
        data["ex"].append(_exposure(index, 0.1 if active else 0.0, "g"))
    if active:
        data["pc"] += [_sample(index, "PT2H", 118.5, "PLASMA"), _sample(index, "PT12H", None, "PLASMA") | {"PCSTRESC": "BLQ"}]
    data["ae"].append({"USUBJID": person, "AETERM": "Headache", "AESTDTC": start})


def _dispositions(index):
    person, milestone, event = subject(index), "PROTOCOL MILESTONE", "DISPOSITION EVENT"
    rows = [
        ("INFORMED CONSENT OBTAINED", milestone, None, at(index, -30)),
        ("RANDOMIZED", milestone, None, zero_of(index)),
        ("WITHDRAWAL BY SUBJECT" if index == 1 else "COMPLETED", event, "STUDY PARTICIPATION", at(index, 200)),
        ("ADVERSE EVENT", event, "STUDY TREATMENT", at(index, 100)),
    ]
    if index in (2, 3):
        rows.append(("DEATH", event, "STUDY PARTICIPATION", at(index, 150 + index)))
    return [
        {"USUBJID": person, "DSDECOD": decode, "DSTERM": decode, "DSCAT": category, "DSSCAT": scope, "DSSTDTC": day.isoformat()}
        for decode, category, scope, day in rows
    ]


def _question(index, item, score, when, day):
    return {
        "USUBJID": subject(index),
        "QSTESTCD": item.upper(),
        "QSTEST": QUESTIONS[item],
        "QSCAT": "ALSFRS-R",
        "QSSTRESN": score,
        "QSDTC": when,
        "QSDY": day,
        "QSBLFL": "Y" if day == VISIT_DAYS[0] else None,
        "QSDRVFL": None,
    }


def _finding(two, person, code, test, value, when, day, **more):
    return {
        "USUBJID": person,
        f"{two}TESTCD": code,
        f"{two}TEST": test,
        f"{two}STRESN": value,
        f"{two}DTC": when,
        f"{two}DY": day,
        **more,
    }


def _exposure(index, dose, unit):
    return {
        "USUBJID": subject(index),
        "EXTRT": "DRUG X" if index % 2 == 0 else "PLACEBO",
        "EXDOSE": dose,
        "EXDOSU": unit,
        "EXROUTE": "ORAL",
        "EXSTDTC": zero_of(index).isoformat(),
        "EXENDTC": at(index, 168).isoformat(),
    }


def _sample(index, elapsed, value, matrix):
    return {
        "USUBJID": subject(index),
        "PCTEST": "Drug X",
        "PCSPEC": matrix,
        "PCSTRESN": value,
        "PCSTRESC": None,
        "PCSTRESU": "ng/mL",
        "PCLLOQ": 1.0,
        "PCELTM": elapsed,
    }


def build_adam():
    """Datasets of ADaM by name: people, scores, times to events and concentrations."""
    data = {name: [] for name in ("adsl", "adqs", "adtte", "adpc")}
    for index in range(N):
        person, active = subject(index), index % 2 == 0
        data["adsl"].append(
            {
                "USUBJID": person,
                "TRT01P": "Drug X" if active else "Placebo",
                "TRT01A": "Drug X" if active else "Placebo",
                "RANDDT": zero_of(index),
                "TRTSDT": zero_of(index) + timedelta(days=1) if index else None,
                "RANDFL": "Y",
                "AGE": 50.0 + index,
                "AGEU": "YEARS",
                "SEX": "F" if index % 3 else "M",
                "WEIGHTBL": 60.0 + index,
            }
        )
        for visit, day in enumerate(VISIT_DAYS):
            rows = {f"ALSFRS-R: {QUESTIONS[item]}": score for item, score in scores(index, visit).items()}
            if visit == 0:
                rows["FVC (% predicted)"] = 80.0 + index
            data["adqs"] += [_parameter(person, name, value, at(index, day), visit == 0) for name, value in rows.items()]
        data["adtte"] += _times(index)
        if active:
            data["adpc"] += [_level(person, 2.0, 118.5, None), _level(person, 12.0, None, "<1")]
    data["adsl"].append({"USUBJID": subject(90), "TRT01P": "Placebo", "RANDFL": "N", "AGE": 60.0, "SEX": "M"})
    data["adqs"].append(_parameter(subject(0), "ALSFRS-R: Speech", 0.0, at(0, 141), False) | {"DTYPE": "LOCF"})
    return {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in data.items()}


def truth_of_adam():
    """The truth without what these datasets do not hold."""
    truth = {name: frame for name, frame in build_truth().items() if name not in ("markers", "doses")}
    return truth | {"visits": truth["visits"].drop("weight_kg")}


def _parameter(person, name, value, when, baseline):
    return {
        "USUBJID": person,
        "PARAMCD": name[-8:].upper().replace(" ", ""),
        "PARAM": name,
        "AVAL": value,
        "ADT": when,
        "ABLFL": "Y" if baseline else None,
        "DTYPE": None,
    }


def _times(index):
    person, day = subject(index), 200
    dead = index in (2, 3)
    left = {
        "PARAMCD": "TTW",
        "PARAM": "Time to Withdrawal (Days)",
        "AVAL": 199.0,
        "CNSR": 0.0 if index == 1 else 1.0,
        "EVNTDESC": None,
    }
    died = 150 + index if dead else day
    survival = {
        "PARAMCD": "TTDT",
        "PARAM": "Time to Death or Tracheostomy (Days)",
        "AVAL": died - 1.0,
        "CNSR": 0.0 if dead else 1.0,
        "EVNTDESC": "DEATH" if dead else None,
    }
    # Who withdrew is censored for death on that day; the withdrawal says it better.
    rows = [left] if index == 1 else [left, survival]
    return [{"USUBJID": person, "ADT": None, **row} for row in rows]


def _level(person, hours, value, text):
    return {
        "USUBJID": person,
        "PARAM": "Drug X",
        "PCSPEC": "PLASMA",
        "AVAL": value,
        "AVALC": text,
        "AVALU": "ng/mL",
        "ARRLT": hours,
        "RRLTU": "HOURS",
    }


def write_package(folder, datasets, *, ending=".xpt", name=str):
    """One file for each dataset."""
    folder.mkdir(parents=True)
    for dataset, frame in datasets.items():
        path = folder / f"{name(dataset)}{ending}"
        if ending == ".xpt":
            filled = frame.with_columns(pl.col(pl.String).fill_null(""), pl.col(pl.Null).cast(pl.String).fill_null(""))
            pyreadstat.write_xport(filled, str(path), file_format_version=5, table_name=dataset.upper())
        elif ending == ".parquet":
            frame.write_parquet(path)
        else:
            frame.write_csv(path)
    return folder
