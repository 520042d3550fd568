"""Drug levels from PC and ADPC, in hours since the last dose."""

from __future__ import annotations

import polars as pl

from stallpoint.io.below_limit import limit_in_text, says_below
from stallpoint.io.calendar_dates import as_instant
from stallpoint.io.cdisc.datasets import first_of
from stallpoint.io.transcribe import Taken, Transcribed, as_number, transcribe

_TAKEN = [
    Taken("time_h", "hours", "number"),
    Taken("analyte", "analyte"),
    Taken("matrix", "matrix"),
    Taken("value", "text", "number"),
    Taken("unit", "unit"),
    Taken("below_limit", "below", "yes or no"),
]
_HOURS = {"h": 1.0, "hr": 1.0, "hrs": 1.0, "hour": 1.0, "hours": 1.0, "min": 1 / 60, "minutes": 1 / 60, "day": 24.0, "days": 24.0}


def take_sdtm_concentrations(pc: pl.DataFrame, ex: pl.DataFrame | None) -> Transcribed:
    """Samples of PC. The time is from the reference dose where both are given to the minute, else from the last single dose in EX, else
    the planned PCELTM; negative ones belong to the dose before and count only by EX.
    """
    taken = as_instant(first_of(pc, "PCDTC"))
    actual = _hours(as_instant(first_of(pc, "PCRFTDTC")), taken)
    rows = pc.select(
        "patient",
        analyte=first_of(pc, "PCTEST", "PCTESTCD"),
        matrix=first_of(pc, "PCSPEC"),
        said=first_of(pc, "PCSTRESN", "PCSTRESC", "PCORRES"),
        unit=first_of(pc, "PCSTRESU", "PCORRESU"),
        limit=first_of(pc, "PCLLOQ"),
        sampled=taken,
        actual=actual,
        planned=_duration_hours(first_of(pc, "PCELTM")),
    )
    dosed = rows.with_columns(_last_dose(rows, ex))
    hours = pl.coalesce(_not_negative("actual"), _hours(pl.col("dosed"), pl.col("sampled")), _not_negative("planned"))
    return _transcribe(dosed.with_columns(hours=hours))


def take_adam_concentrations(adpc: pl.DataFrame) -> Transcribed:
    """Samples of ADPC: actual time from the reference dose, else the planned one, in the unit that stands beside it; hours if none does."""
    unit = first_of(adpc, "RRLTU", "ARELTMU").str.to_lowercase().replace_strict(_HOURS, default=None, return_dtype=pl.Float64)
    factor = unit.fill_null(pl.when(first_of(adpc, "RRLTU", "ARELTMU").is_null()).then(1.0))
    relative = pl.coalesce(as_number(first_of(adpc, name)) for name in ("ARRLT", "ARELTM", "NRRLT"))
    rows = adpc.select(
        "patient",
        analyte=first_of(adpc, "PARAM", "PARAMCD"),
        matrix=first_of(adpc, "PCSPEC", "PARCAT1"),
        said=first_of(adpc, "AVAL", "AVALC"),
        unit=first_of(adpc, "AVALU", "PCSTRESU"),
        limit=first_of(adpc, "ALLOQ", "PCLLOQ"),
        relative=relative * factor,
    )
    return _transcribe(rows.with_columns(hours=_not_negative("relative")))


def _transcribe(rows: pl.DataFrame) -> Transcribed:
    below = says_below(pl.col("said"))
    text = pl.when(below).then(pl.coalesce(limit_in_text(pl.col("said")), "limit")).otherwise("said")
    raw = rows.with_columns(
        hours=pl.col("hours").cast(pl.String), text=text, below=pl.when(below).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    ordered = raw.sort("patient", "analyte", "matrix", "hours", "text", nulls_last=True)
    return transcribe(ordered, "concentrations", "patient", _TAKEN)


def _last_dose(rows: pl.DataFrame, ex: pl.DataFrame | None) -> pl.Series:
    """The last dose before each sample, of those that EX gives to the minute and one by one; a course tells no last dose."""
    if ex is None:
        return pl.Series("dosed", [None] * rows.height, pl.Datetime("us"))
    start, stop = first_of(ex, "EXSTDTC"), first_of(ex, "EXENDTC")
    single = stop.is_null() | (stop.str.head(10) == start.str.head(10))
    doses = ex.filter(single).select("patient", dosed=as_instant(start)).drop_nulls().sort("dosed")
    numbered = rows.with_row_index("_at").select("_at", "patient", "sampled")
    sampled = numbered.drop_nulls("sampled").sort("sampled")
    found = sampled.join_asof(
        doses, left_on="sampled", right_on="dosed", by="patient", strategy="backward", check_sortedness=False
    )
    return numbered.join(found.select("_at", "dosed"), on="_at", how="left", maintain_order="left")["dosed"]


def _hours(start: pl.Expr, stop: pl.Expr) -> pl.Expr:
    return (stop - start).dt.total_seconds() / 3600


def _not_negative(column: str) -> pl.Expr:
    return pl.when(pl.col(column) >= 0).then(column)


def _duration_hours(text: pl.Expr) -> pl.Expr:
    """Hours of an ISO 8601 duration in days, hours, minutes and seconds, such as PT1H30M; null for anything else."""
    form = r"^(-?)P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
    parts = text.str.strip_chars().str.extract_groups(form)
    places = {"2": 24.0, "3": 1.0, "4": 1 / 60, "5": 1 / 3600}
    amount = pl.sum_horizontal(parts.struct.field(place).cast(pl.Float64) * hours for place, hours in places.items())
    sign = pl.when(parts.struct.field("1") == "-").then(-1.0).otherwise(1.0)
    return pl.when(text.str.contains(form)).then(sign * amount)
