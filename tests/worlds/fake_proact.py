"""Exports that look like PRO-ACT's, with known quirks planted in known numbers.

Headers, file names and quirks follow public descriptions of the format; all values are drawn here. No record of PRO-ACT is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

ITEMS = (
    "Q1_Speech",
    "Q2_Salivation",
    "Q3_Swallowing",
    "Q4_Handwriting",
    "Q5a_Cutting_without_Gastrostomy",
    "Q5b_Cutting_with_Gastrostomy",
    "Q6_Dressing_and_Hygiene",
    "Q7_Turning_in_Bed",
    "Q8_Walking",
    "Q9_Climbing_Stairs",
)
RESPIRATORY = ("R_1_Dyspnea", "R_2_Orthopnea", "R_3_Respiratory_Insufficiency")
VISIT_DAYS = np.arange(0, 540, 60)
TESTS = {
    "Sodium": ("mmol/L", 140.0, 2.5),
    "Potassium": ("mmol/L", 4.3, 0.3),
    "ALT(SGPT)": ("U/L", 28.0, 9.0),
    "AST(SGOT)": ("IU/L", 26.0, 7.0),
    "Creatinine": ("umol/L", 66.0, 12.0),
    "CK": ("U/L", 220.0, 90.0),
    "Albumin": ("g/L", 43.0, 3.0),
    "Platelets": ("10e9/L", 250.0, 50.0),
    "Hemoglobin": ("g/L", 146.0, 11.0),
    "RBC": ("10e12/L", 4.8, 0.4),
}


@dataclass(frozen=True)
class Release:
    """How a release names folder, files and columns, and encodes text."""

    name: str
    folder: str
    file: Callable[[str], str]
    encoding: str = "utf-8"
    spaces: bool = False
    trailer: bool = False


_CAMEL = {
    "ALSFRS": "AlsFrs",
    "ALSHISTORY": "AlsHistory",
    "DEATHDATA": "DeathData",
    "TREATMENT": "Treatment",
    "RILUZOLE": "Riluzole",
    "DEMOGRAPHICS": "demographics",
    "FVC": "Fvc",
    "SVC": "Svc",
    "VITALSIGNS": "VitalSigns",
    "LABS": "Labs",
    "CONMEDS": "ConMeds",
    "ADVERSEEVENTS": "AdverseEvents",
    "FAMILYHISTORY": "FamilyHistory",
    "ELESCORIAL": "ElEscorial",
    "HANDGRIPSTRENGTH": "HandGripStrength",
    "MUSCLESTRENGTH": "MuscleStrength",
    "Neurofilament": "Neurofilament",
}

RELEASES = {
    "2013": Release("2013", "", lambda table: f"PROACT_2013_08_12_{table}_Data.xlsx", spaces=True, trailer=True),
    "2013 csv": Release("2013 csv", "", lambda table: f"PROACT_2013_08_12_{table}_Data.csv", spaces=True, trailer=True),
    "2018": Release("2018", "", lambda table: f"{_CAMEL[table]}.csv"),
    "2022": Release("2022", "2022_07_29_PROACT_ALL_FORMS", lambda table: f"PROACT_{table}.csv"),
    "2026": Release("2026", "PROACT_ALL_FORMS", lambda table: f"F_PROACT_{table}.csv", encoding="utf-8-sig"),
}


@dataclass
class Planted:
    """The truth of an export: how often each rule has something to do, and what must come out."""

    counts: dict[str, int] = field(default_factory=dict)
    people: int = 0
    deaths: int = 0
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)


def make_proact(people: int, *, seed: int = 1, labs: bool = True) -> Planted:
    """Tables of a clean export with every quirk planted on people of their own; `counts` says what the audit must say."""
    rng = np.random.default_rng(seed)
    ids = rng.choice(np.arange(1, 10 * people), people, replace=False)
    tables = {
        "DEMOGRAPHICS": _demographics(ids, rng),
        "TREATMENT": _once(ids, Study_Arm=rng.choice(["Active", "Placebo"], people, p=[0.65, 0.35]), Treatment_Group_Delta=0),
        "RILUZOLE": _once(ids, Subject_used_Riluzole=rng.choice(["Yes", "No"], people, p=[0.7, 0.3]), Riluzole_use_Delta=-100),
        "ALSHISTORY": _history(ids, rng),
        "ELESCORIAL": _once(ids, el_escorial=rng.choice(["Definite", "Probable"], people), delta_days=0),
    }
    tables["ALSFRS"] = _alsfrs(ids, rng)
    tables["DEATHDATA"] = _deaths(ids, tables["ALSFRS"], rng)
    tables["FVC"] = _capacity(tables["ALSFRS"], rng)
    tables["VITALSIGNS"] = _vital_signs(tables["ALSFRS"], rng)
    if labs:
        tables["LABS"] = _labs(tables["ALSFRS"], rng)
    tables["CONMEDS"] = _medication(ids, rng)
    tables["ADVERSEEVENTS"] = _once(ids[: people // 2], Preferred_Term="Fall", Start_Date_Delta=20, End_Date_Delta=25)
    tables["FAMILYHISTORY"] = _once(ids[: people // 3], Family_History_Delta=0, Father=1)
    tables["HANDGRIPSTRENGTH"] = _once(
        ids,
        Test_Name="Grip Strength",
        Test_Location="Hand",
        Test_Unit="pounds",
        Test_Laterality="Left",
        Test_Result=40.5,
        MS_Delta=0,
    )
    tables["Neurofilament"] = _once(ids, Matrix="Serum", Result=np.round(rng.lognormal(4.3, 0.6, people), 1), Collection_Delta=0)
    planted = Planted(people=people, tables=tables)
    _plant_all(planted, ids, rng)
    recorded = planted.tables["DEATHDATA"].filter(pl.col("Death_Days").is_not_null()).height
    planted.deaths = recorded - planted.counts["death_before_last_visit"] // 2 - planted.counts["several_deaths"]
    planted.counts["end_of_follow_up"] = 3 * (people - planted.deaths)
    planted.counts["fvc_at_time_zero"] = planted.counts["weight_at_time_zero"] = people
    return planted


def write_proact(tables: dict[str, pl.DataFrame], folder: Path, release: Release) -> Path:
    """The tables as that release would hold them."""
    place = folder / release.folder
    place.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        path = place / release.file(name)
        shown = frame.rename({column: _display(column) for column in frame.columns}) if release.spaces else frame
        if release.trailer and name in ("DEATHDATA", "RILUZOLE"):
            shown = _with_trailer(shown)
        if path.suffix == ".xlsx":
            shown.write_excel(path)
        else:
            path.write_bytes(shown.write_csv().encode(release.encoding))
    if release.name.startswith("2013"):
        (place / "PROACT_2013_08_12_ALSFRS_Dictionary.csv").write_text("Form|Field\nALSFRS|Q1\n")
    return place


def _display(column: str) -> str:
    return {"subject_id": "SubjectID"}.get(column, column.replace("_", " "))


def _with_trailer(frame: pl.DataFrame) -> pl.DataFrame:
    text = frame.select(pl.all().cast(pl.String))
    last = {name: [None] for name in text.columns} | {text.columns[0]: [f"({frame.height} row(s) affected)"]}
    return pl.concat([text, pl.DataFrame(last, schema=text.schema)])


def _once(ids: np.ndarray, **columns: object) -> pl.DataFrame:
    return pl.DataFrame({"subject_id": ids}).with_columns(
        pl.Series(name, value) if isinstance(value, np.ndarray) else pl.lit(value).alias(name) for name, value in columns.items()
    )


def _demographics(ids: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    ages = np.round(rng.normal(57, 11, ids.size).clip(20, 85))
    return _once(
        ids,
        Demographics_Delta=0,
        Age=ages,
        Date_of_Birth=-np.round(ages * 365.25),
        Ethnicity="Non-Hispanic",
        Race_Caucasian=1,
        Sex=rng.choice(["Male", "Female"], ids.size, p=[0.6, 0.4]),
    )


def _history(ids: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """The second half of people have their site as text, the first as marks."""
    onset = -np.round(rng.gamma(4, 150, ids.size)) - 60
    bulbar = rng.random(ids.size) < 0.25
    by_mark = np.arange(ids.size) < ids.size // 2
    return pl.DataFrame(
        {
            "subject_id": ids,
            "Site_of_Onset___Bulbar": np.where(bulbar & by_mark, 1.0, np.nan),
            "Site_of_Onset___Limb": np.where(~bulbar & by_mark, 1.0, np.nan),
            "Site_of_Onset___Limb_and_Bulbar": np.full(ids.size, np.nan),
            "Subject_ALS_History_Delta": 0,
            "Site_of_Onset": [
                None if mark else f"Onset: {'Bulbar' if first else 'Limb'}" for mark, first in zip(by_mark, bulbar, strict=True)
            ],
            "Onset_Delta": onset,
            "Diagnosis_Delta": np.round(onset * rng.uniform(0.2, 0.8, ids.size)),
        }
    ).fill_nan(None)


def _alsfrs(ids: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """A third of people on the old scale; visits every 60 days; items fall with time."""
    followed = rng.integers(3, VISIT_DAYS.size + 1, ids.size)
    subject = np.repeat(ids, followed)
    day = np.concatenate([VISIT_DAYS[:count] for count in followed])
    rate = np.repeat(rng.gamma(2, 0.0009, ids.size), followed)
    chance = np.clip(0.9 - rate * day, 0.05, 0.95)
    old = np.repeat(np.arange(ids.size) % 3 == 0, followed)
    items = {name: rng.binomial(4, chance).astype(float) for name in ITEMS if not name.startswith("Q5b")}
    frame = pl.DataFrame({"subject_id": subject, **items}).with_columns(pl.lit(None, dtype=pl.Float64).alias(ITEMS[5]))
    respiratory = {name: np.where(old, np.nan, rng.binomial(4, chance)) for name in RESPIRATORY}
    dyspnea = np.where(old, rng.binomial(4, chance), np.nan)
    base = sum(items.values())
    assert isinstance(base, np.ndarray)
    return (
        frame.select("subject_id", *ITEMS)
        .with_columns(
            pl.Series("Q10_Respiratory", dyspnea),
            pl.Series("ALSFRS_Delta", day.astype(float)),
            pl.Series("ALSFRS_Total", np.where(old, base + dyspnea, np.nan)),
            pl.Series("ALSFRS_R_Total", np.where(old, np.nan, base + sum(respiratory.values()))),
            *(pl.Series(name, values) for name, values in respiratory.items()),
            pl.lit("In person").alias("Mode_of_Administration"),
        )
        .fill_nan(None)
    )


def _deaths(ids: np.ndarray, alsfrs: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    last = alsfrs.group_by("subject_id").agg(pl.col("ALSFRS_Delta").max())
    died = _once(ids, Subject_Died=rng.choice(["Yes", "No"], ids.size, p=[0.3, 0.7])).join(
        last, on="subject_id", maintain_order="left"
    )
    days = pl.col("ALSFRS_Delta") + pl.Series(rng.integers(5, 200, ids.size))
    return died.select("subject_id", "Subject_Died", Death_Days=pl.when(pl.col("Subject_Died") == "Yes").then(days))


def _capacity(alsfrs: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The first trial is the best, unless a quirk says otherwise."""
    visits = alsfrs.select("subject_id", "ALSFRS_Delta")
    normal = np.round(rng.uniform(3.0, 5.5, visits.height), 2)
    litres = np.round(normal * rng.uniform(0.4, 1.05, visits.height), 2)
    return visits.select(
        "subject_id",
        Subject_Liters_Trial_1=pl.Series(litres),
        pct_of_Normal_Trial_1=pl.Series(np.round(100 * litres / normal, 1)),
        Subject_Liters_Trial_2=pl.Series(np.round(litres - 0.1, 2)),
        pct_of_Normal_Trial_2=pl.Series(np.round(100 * (litres - 0.1) / normal, 1)),
        Forced_Vital_Capacity_Delta="ALSFRS_Delta",
        Subject_Normal=pl.Series(normal),
    )


def _vital_signs(alsfrs: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    visits = alsfrs.select("subject_id", "ALSFRS_Delta")
    n = visits.height
    return visits.select(
        "subject_id",
        Blood_Pressure_Diastolic=pl.Series(rng.integers(65, 90, n)).cast(pl.String),
        Blood_Pressure_Diastolic_Units=pl.lit("MMHG"),
        Blood_Pressure_Systolic=pl.Series(rng.integers(110, 150, n)).cast(pl.String),
        Blood_Pressure_Systolic_Units=pl.lit("MMHG"),
        Weight=pl.Series(np.round(rng.normal(75, 12, n).clip(40, 140), 1)),
        Weight_Units=pl.lit("Kilograms"),
        Height=pl.Series(np.round(rng.normal(170, 9, n).clip(145, 205), 1)),
        Height_Units=pl.lit("Centimeters"),
        Temperature=pl.Series(np.round(rng.normal(36.6, 0.3, n), 1)),
        Temperature_Units=pl.lit("C"),
        Vital_Signs_Delta="ALSFRS_Delta",
    )


def _labs(alsfrs: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    visits = alsfrs.select("subject_id", "ALSFRS_Delta")
    parts = [
        visits.select(
            "subject_id",
            Test_Name=pl.lit(name),
            Test_Result=pl.Series(np.round(rng.normal(mean, spread, visits.height).clip(mean / 5), 1)).cast(pl.String),
            Test_Unit=pl.lit(unit),
            Laboratory_Delta="ALSFRS_Delta",
        )
        for name, (unit, mean, spread) in TESTS.items()
    ]
    return pl.concat(parts)


def _medication(ids: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    drug = rng.choice(["BACLOFEN", "MULTIVITAMIN; VITAMIN E", "AMITRIPTYLINE"], ids.size)
    return _once(
        ids, Medication_Coded=drug, Start_Delta=-200.0, Stop_Delta=None, Dose="1", Unit="Tablet", Frequency="daily", Route="oral"
    )


def _plant_all(planted: Planted, ids: np.ndarray, rng: np.random.Generator) -> None:
    """Each quirk on people of its own, so that none hides another."""
    people = iter(np.array_split(rng.permutation(ids), 40))
    for plant in _QUIRKS:
        plant(planted, next(people))


def _change(planted: Planted, table: str, chosen: pl.Expr, **values: object) -> int:
    """Set values in chosen rows; returns how many rows."""
    frame = planted.tables[table]
    n = frame.filter(chosen).height
    new = {
        name: pl.when(chosen).then(value if isinstance(value, pl.Expr) else pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    }
    planted.tables[table] = frame.with_columns(**new)
    return n


def _first_visit(ids: np.ndarray, delta: str = "ALSFRS_Delta") -> pl.Expr:
    return pl.col("subject_id").is_in(ids.tolist()) & (pl.col(delta) == 60)


def _append(planted: Planted, table: str, rows: pl.DataFrame) -> None:
    planted.tables[table] = pl.concat([planted.tables[table], rows.select(planted.tables[table].columns)], how="vertical_relaxed")


def _half_points(planted: Planted, ids: np.ndarray) -> None:
    n = _change(planted, "ALSFRS", _first_visit(ids), Q1_Speech=2.5, ALSFRS_Total=None, ALSFRS_R_Total=None)
    planted.counts["half_point_items"] = n


def _both_item_5(planted: Planted, ids: np.ndarray) -> None:
    differ, alike = np.array_split(ids, 2)
    without = pl.col("Q5a_Cutting_without_Gastrostomy")
    n = _change(
        planted,
        "ALSFRS",
        _first_visit(differ),
        Q5b_Cutting_with_Gastrostomy=(without + 1) % 5,
        ALSFRS_Total=None,
        ALSFRS_R_Total=None,
    )
    planted.counts["item_5_conflict"] = 2 * n
    planted.counts["item_5_repeat"] = _change(planted, "ALSFRS", _first_visit(alike), Q5b_Cutting_with_Gastrostomy=without)


def _both_scales(planted: Planted, ids: np.ndarray) -> None:
    chosen = _first_visit(ids) & pl.col("R_1_Dyspnea").is_not_null()
    planted.counts["both_scales"] = _change(planted, "ALSFRS", chosen, Q10_Respiratory=pl.col("R_1_Dyspnea"), ALSFRS_Total=30.0)


def _wrong_totals(planted: Planted, ids: np.ndarray) -> None:
    revised = _first_visit(ids) & pl.col("ALSFRS_R_Total").is_not_null()
    older = _first_visit(ids) & pl.col("ALSFRS_Total").is_not_null() & pl.col("ALSFRS_R_Total").is_null()
    n = _change(planted, "ALSFRS", revised, ALSFRS_R_Total=pl.col("ALSFRS_R_Total") - 1)
    planted.counts["recorded_total"] = n + _change(planted, "ALSFRS", older, ALSFRS_Total=44.0)


def _undated(planted: Planted, ids: np.ndarray) -> None:
    rows = planted.tables["ALSFRS"].filter(_first_visit(ids)).with_columns(ALSFRS_Delta=pl.lit(None, dtype=pl.Float64))
    _append(planted, "ALSFRS", rows)
    planted.counts["undated_rows"] = rows.height


def _screening(planted: Planted, ids: np.ndarray) -> None:
    rows = planted.tables["ALSFRS"].filter(_first_visit(ids)).with_columns(ALSFRS_Delta=pl.lit(-14.0))
    _append(planted, "ALSFRS", rows)
    planted.counts["before_time_zero"] = rows.height


def _repeated_visits(planted: Planted, ids: np.ndarray) -> None:
    """The same visit twice, and for others a second one that differs in one item (and so in the total)."""
    same, other = np.array_split(ids, 2)
    repeat = planted.tables["ALSFRS"].filter(_first_visit(same))
    differs = (
        planted.tables["ALSFRS"]
        .filter(_first_visit(other))
        .with_columns(Q8_Walking=(pl.col("Q8_Walking") + 1) % 5, ALSFRS_Total=None, ALSFRS_R_Total=None)
    )
    _append(planted, "ALSFRS", repeat)
    _append(planted, "ALSFRS", differs)
    planted.counts["repeated_rows"] = repeat.height
    planted.counts["conflicting_visits"] = 2 * differs.height


def _impossible_item(planted: Planted, ids: np.ndarray) -> None:
    n = _change(planted, "ALSFRS", _first_visit(ids), Q4_Handwriting=9.0, ALSFRS_Total=None, ALSFRS_R_Total=None)
    planted.counts["impossible_values"] = n


def _deaths_before_visits(planted: Planted, ids: np.ndarray) -> None:
    chosen = pl.col("subject_id").is_in(ids.tolist())
    n = _change(planted, "DEATHDATA", chosen, Subject_Died="Yes", Death_Days=10.0)
    planted.counts["death_before_last_visit"] = 2 * n


def _two_deaths(planted: Planted, ids: np.ndarray) -> None:
    chosen = pl.col("subject_id").is_in(ids.tolist())
    _change(planted, "DEATHDATA", chosen, Subject_Died="Yes", Death_Days=900.0)
    _append(planted, "DEATHDATA", planted.tables["DEATHDATA"].filter(chosen).with_columns(Death_Days=pl.lit(950.0)))
    planted.counts["several_deaths"] = 2 * ids.size


def _sites(planted: Planted, ids: np.ndarray) -> None:
    """Marked on one row, and named otherwise on a second one with the same dates."""
    chosen = pl.col("subject_id").is_in(ids.tolist())
    rows = planted.tables["ALSHISTORY"].filter(chosen)
    bulbar = pl.col("Site_of_Onset___Bulbar").eq(1).fill_null(False) | (pl.col("Site_of_Onset") == "Onset: Bulbar").fill_null(
        False
    )
    second = rows.with_columns(
        Site_of_Onset=pl.when(bulbar).then(pl.lit("Onset: Limb")).otherwise(pl.lit("Onset: Bulbar")),
        Site_of_Onset___Bulbar=None,
        Site_of_Onset___Limb=None,
    )
    _append(planted, "ALSHISTORY", second)
    planted.counts["several_onset_sites"] = 2 * ids.size


def _several_onsets(planted: Planted, ids: np.ndarray) -> None:
    rows = planted.tables["ALSHISTORY"].filter(pl.col("subject_id").is_in(ids.tolist()))
    _append(planted, "ALSHISTORY", rows.with_columns(pl.col("Onset_Delta") - 30))
    planted.counts["several_onsets"] = 2 * ids.size


def _diagnosis_first(planted: Planted, ids: np.ndarray) -> None:
    chosen = pl.col("subject_id").is_in(ids.tolist())
    planted.counts["diagnosis_before_onset"] = _change(planted, "ALSHISTORY", chosen, Diagnosis_Delta=pl.col("Onset_Delta") - 40)


def _ages_missing(planted: Planted, ids: np.ndarray) -> None:
    planted.counts["age_from_birth"] = _change(planted, "DEMOGRAPHICS", pl.col("subject_id").is_in(ids.tolist()), Age=None)


def _demographics_twice(planted: Planted, ids: np.ndarray) -> None:
    rows = planted.tables["DEMOGRAPHICS"].filter(pl.col("subject_id").is_in(ids.tolist()))
    _append(planted, "DEMOGRAPHICS", rows.with_columns(Ethnicity=pl.lit("Unknown ethnic group")))
    planted.counts["conflicting_records"] = ids.size


def _riluzole_listed(planted: Planted, ids: np.ndarray) -> None:
    """Nothing in the table of riluzole, riluzole in the medication: a value and a start day; or No there: contradicted."""
    absent, contradicted = np.array_split(ids, 2)
    listed = pl.col("subject_id").is_in(ids.tolist())
    planted.tables["RILUZOLE"] = planted.tables["RILUZOLE"].filter(~pl.col("subject_id").is_in(absent.tolist()))
    _change(planted, "RILUZOLE", pl.col("subject_id").is_in(contradicted.tolist()), Subject_used_Riluzole="No")
    _change(planted, "CONMEDS", listed, Medication_Coded="VITAMIN C; RILUZOLE")
    planted.counts["riluzole_from_medication"] = 2 * absent.size
    planted.counts["contradicted_riluzole"] = contradicted.size


def _normal_82(planted: Planted, ids: np.ndarray) -> None:
    """At the second visit a normal value of 82 litres, with a percentage that follows from it: two cells each."""
    chosen = _first_visit(ids, "Forced_Vital_Capacity_Delta")
    n = _change(planted, "FVC", chosen, Subject_Normal=82.0, pct_of_Normal_Trial_1=4.0, pct_of_Normal_Trial_2=3.9)
    planted.counts["capacity_entry_error"] = 2 * n


def _litres_only(planted: Planted, ids: np.ndarray) -> None:
    chosen = _first_visit(ids, "Forced_Vital_Capacity_Delta")
    planted.counts["capacity_from_litres"] = _change(
        planted, "FVC", chosen, pct_of_Normal_Trial_1=None, pct_of_Normal_Trial_2=None
    )


def _second_best(planted: Planted, ids: np.ndarray) -> None:
    chosen = _first_visit(ids, "Forced_Vital_Capacity_Delta")
    planted.counts["best_of_three"] = _change(planted, "FVC", chosen, pct_of_Normal_Trial_2=pl.col("pct_of_Normal_Trial_1") + 3)


def _units(planted: Planted, ids: np.ndarray) -> None:
    """Weight, height and temperature in other units, at the second visit; each conversion changes a value and a unit."""
    chosen = _first_visit(ids, "Vital_Signs_Delta")
    n = _change(
        planted,
        "VITALSIGNS",
        chosen,
        Weight=170.0,
        Weight_Units="Pounds",
        Height=68.0,
        Height_Units="Inches",
        Temperature=98.6,
        Temperature_Units=None,
    )
    planted.counts |= {"pounds": 2 * n, "inches": 2 * n, "fahrenheit": 2 * n}


def _pressures(planted: Planted, ids: np.ndarray) -> None:
    """Changed places (two cells), not done (no row), without unit (two cells)."""
    swapped, undone, bare = np.array_split(ids, 3)
    n = _change(
        planted,
        "VITALSIGNS",
        _first_visit(swapped, "Vital_Signs_Delta"),
        Blood_Pressure_Diastolic="140",
        Blood_Pressure_Systolic="80",
    )
    planted.counts["swapped_blood_pressures"] = 2 * n
    _change(
        planted,
        "VITALSIGNS",
        _first_visit(undone, "Vital_Signs_Delta"),
        Blood_Pressure_Diastolic="ND",
        Blood_Pressure_Systolic="ND",
    )
    n = _change(
        planted,
        "VITALSIGNS",
        _first_visit(bare, "Vital_Signs_Delta"),
        Blood_Pressure_Diastolic_Units=None,
        Blood_Pressure_Systolic_Units=None,
    )
    planted.counts["usual_units"] = 2 * n


def _lab_texts(planted: Planted, ids: np.ndarray) -> None:
    if "LABS" not in planted.tables:
        return
    groups = iter(np.array_split(ids, 6))

    def plant(test: str, result: str, unit: str | None = None) -> int:
        chosen = _first_visit(next(groups), "Laboratory_Delta") & (pl.col("Test_Name") == test)
        extra = {} if unit is None else {"Test_Unit": unit}
        return _change(planted, "LABS", chosen, Test_Result=result, **extra)

    planted.counts["results_below_limit"] = 2 * plant("ALT(SGPT)", "<5")
    planted.counts["results_with_thousands"] = plant("Platelets", "229,000")
    planted.counts["results_in_words"] = plant("CK", "Trace") + plant("CK", "1+")
    planted.counts["albumin_in_percent"] = plant("Albumin", "55", "%")
    planted.counts["red_cells"] = 2 * plant("RBC", "4800000", "cells/mm3")


_QUIRKS = (
    _half_points,
    _both_item_5,
    _both_scales,
    _wrong_totals,
    _undated,
    _screening,
    _repeated_visits,
    _impossible_item,
    _deaths_before_visits,
    _two_deaths,
    _sites,
    _several_onsets,
    _diagnosis_first,
    _ages_missing,
    _demographics_twice,
    _riluzole_listed,
    _normal_82,
    _litres_only,
    _second_best,
    _units,
    _pressures,
    _lab_texts,
)
