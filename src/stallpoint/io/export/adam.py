"""A study in the shape of CDISC ADaM, for R: people (ADSL), scores (ADQS), markers (ADLB), events (ADTTE) and levels (ADPC)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.core.tables import ITEMS
from stallpoint.io.export.short_name import short_names

Frames = Mapping[str, pl.DataFrame]

_PARAMETERS = {
    "alsfrs_r": ("ALSFRSR", "ALSFRS-R total score"),
    "fvc_percent": ("FVCPCT", "Forced vital capacity (% of predicted)"),
} | {item: (f"ALSFRS{item[1:].upper()}", f"ALSFRS-R item {item[1:]}") for item in ITEMS}
_SUBJECT = {
    "age_years": "AGE",
    "onset_site": "ONSITE",
    "onset_months": "ONSETM",
    "diagnosis_months": "DIAGM",
    "weight_kg": "WEIGHTBL",
    "fvc_percent": "FVCBL",
}
_KEYS = ["STUDYID", "USUBJID", "TRT01P"]


def render_adam(name: str, frames: Frames) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """ADSL, and ADQS, ADLB, ADTTE and ADPC where the study has rows for them; then what is not held.

    ADY is the study day, 1 at time zero; AMONTHS is the exact time in months. CNSR is 0 where the event happened, as ADaM has it.
    """
    subjects = _subjects(name, frames["patients"])
    keys = subjects.select(*_KEYS, patient="SUBJID")
    made = {"ADSL": subjects}
    if "visits" in frames:
        made["ADQS"] = _with_base(_long(frames["visits"], keys))
    if "markers" in frames:
        made["ADLB"] = _with_base(_of_markers(frames["markers"], keys))
    if "events" in frames:
        made["ADTTE"] = _of_events(frames, keys)
    if "concentrations" in frames:
        made["ADPC"] = _of_levels(frames["concentrations"], keys)
    lost = [f"{table}: {frames[table].height:,} rows" for table in ("variants", "doses") if table in frames]
    return {table: frame for table, frame in made.items() if frame.height}, lost


def _subjects(name: str, patients: pl.DataFrame) -> pl.DataFrame:
    absent = pl.lit(None, dtype=pl.String)
    arm = pl.col("arm") if "arm" in patients.columns else absent
    letters = {"female": "F", "male": "M"}
    sex = pl.col("sex").replace_strict(letters, default=None, return_dtype=pl.String) if "sex" in patients.columns else absent
    known = [pl.col(column).alias(called) for column, called in _SUBJECT.items() if column in patients.columns]
    others = [column for column in patients.columns if column not in ("patient", "arm", "sex", *_SUBJECT)]
    return (
        patients.select(
            STUDYID=pl.lit(name),
            USUBJID=pl.concat_str(pl.lit(f"{name}-"), "patient"),
            SUBJID="patient",
            ARM=arm,
            TRT01P=arm,
            SEX=sex,
        )
        .hstack(patients.select(*known, *(pl.col(column).alias(called) for column, called in _called(others).items())))
        .with_columns(AGEU=pl.lit("YEARS"))
    )


def _called(others: list[str]) -> dict[str, str]:
    """Further columns in capitals; an underscore is added where that name is taken."""
    taken = {*_KEYS, "SUBJID", "ARM", "SEX", "AGEU", *_SUBJECT.values()}
    called: dict[str, str] = {}
    for column in others:
        name = column.upper()
        while name in taken:
            name += "_"
        taken.add(name)
        called[column] = name
    return called


def _long(visits: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    measured = [column for column in _PARAMETERS if column in visits.columns]
    long = visits.unpivot(measured, index=["patient", "time_months"], variable_name="column", value_name="AVAL").drop_nulls(
        "AVAL"
    )
    codes = {column: code for column, (code, _) in _PARAMETERS.items()}
    labels = dict(_PARAMETERS.values())
    coded = long.with_columns(PARAMCD=pl.col("column").replace_strict(codes, return_dtype=pl.String))
    return _placed(coded.with_columns(PARAM=pl.col("PARAMCD").replace_strict(labels, return_dtype=pl.String)), keys)


def _of_markers(markers: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    also = (("matrix", "LBSPEC"), ("below_limit", "BELOW"))
    extras = [pl.col(column).alias(called) for column, called in also if column in markers.columns]
    place = [pl.format(" in {}", "matrix").fill_null("")] if "matrix" in markers.columns else []
    parameter = pl.concat_str("marker", *place, pl.format(" ({})", "unit").fill_null(""))
    named = _with_codes(markers.with_columns(AVAL="value", AVALU="unit", PARAM=parameter), "marker")
    return _placed(named.with_columns(*extras), keys, more=["AVALU", *(each.meta.output_name() for each in extras)])


def _placed(frame: pl.DataFrame, keys: pl.DataFrame, more: list[str] | None = None) -> pl.DataFrame:
    timed = frame.with_columns(AMONTHS="time_months", ADY=(pl.col("time_months") * DAYS_PER_MONTH).round().cast(pl.Int64) + 1)
    joined = timed.join(keys, on="patient", how="left")
    return joined.select(*_KEYS, "PARAMCD", "PARAM", "ADY", "AMONTHS", "AVAL", *(more or [])).sort(
        "USUBJID", "PARAMCD", "AMONTHS"
    )


def _with_base(frame: pl.DataFrame) -> pl.DataFrame:
    """The value at time zero as BASE, and the change from it after; missing where nothing was measured then."""
    group = ["USUBJID", "PARAMCD"]
    base = frame.filter(pl.col("AMONTHS") == 0).unique(group, keep="first", maintain_order=True).select(*group, BASE="AVAL")
    joined = frame.join(base, on=group, how="left", maintain_order="left")
    return joined.with_columns(
        CHG=pl.when(pl.col("AMONTHS") > 0).then(pl.col("AVAL") - pl.col("BASE")),
        ABLFL=pl.when((pl.col("AMONTHS") == 0) & pl.col("BASE").is_not_null()).then(pl.lit("Y")),
    )


def _of_events(frames: Frames, keys: pl.DataFrame) -> pl.DataFrame:
    """A row for each person and kind of event: the day it happened, or the last day the person was seen without it."""
    events = frames["events"]
    seen = [
        frame.select("patient", "time_months")
        for name in ("visits", "events", "markers")
        if (frame := frames.get(name)) is not None
    ]
    last = pl.concat(seen).group_by("patient").agg(last=pl.col("time_months").max())
    parts = []
    for kind in events["event"].unique().sort():
        if kind == "end":
            continue
        happened = events.filter(event=kind).unique("patient", keep="first").select("patient", when="time_months")
        rows = keys.join(last, on="patient", how="inner").join(happened, on="patient", how="left")
        parts.append(_timed(rows, str(kind)))
    return pl.concat(parts).sort("USUBJID", "PARAMCD") if parts else pl.DataFrame(schema={"USUBJID": pl.String})


def _timed(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    months = pl.coalesce("when", "last")
    return rows.select(
        *_KEYS,
        PARAMCD=_code(pl.lit(kind)),
        PARAM=pl.lit(f"Time to {kind} (days)"),
        AVAL=months * DAYS_PER_MONTH,
        AMONTHS=months,
        CNSR=pl.col("when").is_null().cast(pl.Int64),
        EVNTDESC=pl.when(pl.col("when").is_not_null()).then(pl.lit(kind)).otherwise(pl.lit("last seen without it")),
    )


def _of_levels(levels: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    joined = levels.join(keys, on="patient", how="left")
    below = [pl.col("below_limit").alias("BELOW")] if "below_limit" in levels.columns else []
    parameter = pl.concat_str("analyte", pl.lit(" in "), "matrix", pl.lit(" ("), "unit", pl.lit(")"))
    coded = _with_codes(joined.with_columns(PARAM=parameter), "analyte")
    return coded.select(
        *_KEYS,
        *below,
        "PARAMCD",
        "PARAM",
        PCSPEC="matrix",
        ATPTN="time_h",
        AVAL="value",
        AVALU="unit",
    ).sort("USUBJID", "PARAMCD", "ATPTN")


def _with_codes(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """PARAMCD from a column, one for each PARAM: two markers of the same first eight letters, or one in two fluids, stay apart."""
    pairs = frame.select("PARAM", column).unique().sort("PARAM")
    codes = short_names(dict(pairs.iter_rows()))
    return frame.with_columns(PARAMCD=pl.col("PARAM").replace_strict(codes, return_dtype=pl.String))


def _code(text: pl.Expr) -> pl.Expr:
    """Eight letters and digits at most, as PARAMCD has them."""
    return text.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "").str.head(8)
