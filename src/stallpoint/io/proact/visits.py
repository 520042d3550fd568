"""ALSFRS, FVC and SVC tables to visits."""

from __future__ import annotations

import re

import polars as pl

from stallpoint.core.draft import ROW, number_rows
from stallpoint.io.proact.said_once import list_conflicts, take_unanimous
from stallpoint.io.transcribe import Taken, Transcribed, transcribe

ITEM_NAMES = {
    "speech": "q1",
    "salivation": "q2",
    "swallowing": "q3",
    "handwriting": "q4",
    "cuttingwithoutgastrostomy": "q5a",
    "cuttingwithgastrostomy": "q5b",
    "dressingandhygiene": "q6",
    "turninginbed": "q7",
    "walking": "q8",
    "climbingstairs": "q9",
    "dyspnea": "q10",
    "orthopnea": "q11",
    "respiratoryinsufficiency": "q12",
}
_OLD_RESPIRATORY = "respiratory"
_NUMBERING = re.compile(r"^(q?\d{1,2}[ab]?|r\d)(?=[a-z])")

CAPACITIES = {"fvc": "forcedvitalcapacitydelta", "svc": "slowvitalcapacitydelta"}
TRIALS = (1, 2, 3)
_DAY = ["patient", "time_months"]


def transcribe_alsfrs(raw: pl.DataFrame) -> Transcribed:
    """Visits with items, totals as recorded and the scale that was used.

    The ALSFRS has one respiratory item (q10); the ALSFRS-R has three (q10 to q12). Which scale a row is on follows from what is filled.
    """
    plain = raw.rename(_names(raw.columns))
    taken = [Taken(item, name, "number") for name, item in ITEM_NAMES.items()]
    taken += [
        Taken("_old_respiratory", _OLD_RESPIRATORY, "number"),
        Taken("time_months", "alsfrsdelta", "days to months"),
        Taken("alsfrs_r", "alsfrsrtotal", "number"),
        Taken("alsfrs_total", "alsfrstotal", "number"),
        Taken("assessed_by", "modeofadministration"),
        Taken("answered_by", "alsfrsrespondedby"),
    ]
    read = transcribe(plain, "visits", "subject", taken)
    return Transcribed(_with_scale(read.frame), read.unreadable)


def transcribe_capacity(raw: pl.DataFrame, prefix: str) -> Transcribed:
    """Vital capacity by day: up to three trials in litres and %, and what is normal for the person; `prefix` is fvc or svc.

    The percentage of the first trial stands as the visit's value until the rules choose; all trials ride along as working columns.
    """
    taken = [
        Taken("time_months", CAPACITIES[prefix], "days to months"),
        Taken(f"{prefix}_normal_litres", "subjectnormal", "number"),
    ]
    for trial in TRIALS:
        taken.append(Taken(f"_{prefix}_litres_{trial}", f"subjectliterstrial{trial}", "number"))
        taken.append(Taken(f"_{prefix}_percent_{trial}", f"pctofnormaltrial{trial}", "number"))
    read = transcribe(raw, "visits", "subject", taken)
    first = f"_{prefix}_percent_1"
    frame = read.frame.with_columns(pl.col(first).alias(f"{prefix}_percent")) if first in read.frame.columns else read.frame
    return Transcribed(frame, read.unreadable)


def join_visits(alsfrs: pl.DataFrame, capacities: list[pl.DataFrame]) -> pl.DataFrame:
    """One table of visits: capacities beside the assessments of the same day, and days with a capacity alone."""
    joined = alsfrs.drop(ROW)
    for capacity in capacities:
        once = take_unanimous(capacity.drop(ROW), _DAY)
        alone = once.join(joined.select(_DAY), on=_DAY, how="anti", nulls_equal=True)
        beside = joined.join(once, on=_DAY, how="left", nulls_equal=True, maintain_order="left")
        joined = pl.concat([beside, alone], how="diagonal")
    return number_rows(joined.sort(*_DAY, maintain_order=True))


def capacity_conflicts(capacity: pl.DataFrame) -> pl.DataFrame:
    """What two capacity rows of one person and day say differently."""
    columns = [name for name in capacity.columns if name not in (ROW, *_DAY) and name not in ("fvc_percent", "svc_percent")]
    return list_conflicts(capacity, "visits", columns, key=_DAY)


def _names(columns: list[str]) -> dict[str, str]:
    """Items by what they ask, however they are numbered."""
    stripped = {name: _NUMBERING.sub("", name) for name in columns}
    asked = {*ITEM_NAMES, _OLD_RESPIRATORY}
    return {name: bare for name, bare in stripped.items() if bare in asked}


def _with_scale(visits: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Float64)
    wanted = (*ITEM_NAMES.values(), "_old_respiratory", "alsfrs_r", "alsfrs_total", "time_months")
    whole = visits.with_columns(nothing.alias(name) for name in wanted if name not in visits.columns)
    revised = pl.any_horizontal(pl.col("q10", "q11", "q12", "alsfrs_r").is_not_null())
    older = pl.any_horizontal(pl.col("_old_respiratory", "alsfrs_total").is_not_null())
    scale = pl.when(revised).then(pl.lit("alsfrs_r")).when(older).then(pl.lit("alsfrs"))
    return whole.with_columns(scale=scale, q10=pl.when(revised).then("q10").otherwise("_old_respiratory"))
