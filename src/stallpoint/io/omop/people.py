"""People of an OMOP release: age, sex, onset and diagnosis."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.draft import ROW
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.calendar_dates import as_date
from stallpoint.io.dated import unreadable_dates
from stallpoint.io.omop.doses import took_riluzole
from stallpoint.io.terms import Term, clean_code, match_terms, of_domain, words_of
from stallpoint.io.transcribe import Taken, Transcribed, as_number, clean_identifier, transcribe

ALS = "_als"
ASSESSED = "_assessed"
"""Working columns: whether the source calls it ALS (null where it does not say), and whether there is an ALSFRS-R assessment."""

DAYS_PER_YEAR = 365.25

_TEXT = ("gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth", "person_source_value")


def take_people(person: pl.DataFrame, facts: pl.DataFrame, zero: pl.DataFrame, terms: Sequence[Term]) -> Transcribed:
    """One row a person. The first diagnosis and the first onset on record stand; sites of onset that disagree are unreadable."""
    raw = _with_columns(person).with_columns(_site_text(facts, terms, person))
    taken = [
        Taken("age_years", "year_of_birth", "number"),
        Taken("sex", "_gender", "word", words_of(terms, "sex")),
        Taken("onset_site", "_site", "word", {site: site for site in ("bulbar", "limb", "respiratory", "other")}),
    ]
    done = transcribe(raw, "patients", "person_id", taken)
    dates = _first_dates(facts)
    joined = done.frame
    for more in (zero, *dates.values(), took_riluzole(facts)):
        joined = joined.join(more, on="patient", how="left", maintain_order="left")
    frame = joined.with_columns(
        age_years=_age(raw),
        onset_months=_months("onset_date", "zero"),
        diagnosis_months=_months("onset_date", "diagnosis_date"),
    ).with_columns(_is_als(raw, facts, terms).alias(ALS), pl.col("zero").is_not_null().alias(ASSESSED))
    lost = [_lost_dates(facts, done.frame, column) for column in ("onset_date", "diagnosis_date")]
    return Transcribed(frame.drop("zero", *dates), pl.concat([done.unreadable, *lost]))


def _with_columns(person: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in _TEXT if name not in person.columns]
    ordered = person.with_columns(absent).sort("person_id", *_TEXT, nulls_last=True)
    return ordered.with_columns(_gender=clean_code("gender_concept_id"), patient=clean_identifier("person_id"))


def _age(raw: pl.DataFrame) -> pl.Expr:
    """Years from birth to time zero; the middle of the month or year where birth is not known to the day."""
    year, month, day = (raw.select(as_number(pl.col(name)).cast(pl.Int32, strict=False)).to_series() for name in _TEXT[1:4])
    parts = pl.DataFrame({"year": year, "month": month, "day": day})
    whole = pl.col("month").is_not_null()
    born = parts.select(
        pl.date("year", pl.col("month").fill_null(7), pl.when(whole).then(pl.col("day").fill_null(15)).otherwise(2))
    ).to_series()
    return (pl.col("zero") - born).dt.total_days() / DAYS_PER_YEAR


def _first_dates(facts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The first date of onset and of diagnosis. A condition's date is its own; of an observation only the value is one."""
    mine = facts.filter(pl.col("table") == "patients").with_columns(_event_date())
    return {
        column: mine.filter(pl.col("column") == column)
        .drop_nulls("_date")
        .group_by("patient")
        .agg(pl.col("_date").min().alias(column))
        for column in ("onset_date", "diagnosis_date")
    }


def _event_text() -> pl.Expr:
    finding = pl.col("origin").is_in(["observation", "measurement"])
    return pl.when(finding).then(pl.coalesce("words", "value_text")).otherwise(pl.col("start"))


def _event_date() -> pl.Expr:
    return as_date(_event_text()).alias("_date")


def _lost_dates(facts: pl.DataFrame, people: pl.DataFrame, column: str) -> pl.DataFrame:
    """Dates of onset or diagnosis that cannot be read, where no other stands in their place."""
    mine = facts.filter(pl.col("table") == "patients", pl.col("column") == column).select(
        "patient", text=_event_text(), readable=_event_date().is_not_null()
    )
    unread = mine.filter(pl.col("readable").any().over("patient").not_()).unique().sort("patient", "text")
    study_column = "onset_months" if column == "onset_date" else "diagnosis_months"
    return unreadable_dates(people.select(ROW, "patient").join(unread, on="patient"), "patients", study_column, "text")


def _months(start: str, stop: str) -> pl.Expr:
    return (pl.col(stop) - pl.col(start)).dt.total_days() / DAYS_PER_MONTH


def _site_text(facts: pl.DataFrame, terms: Sequence[Term], person: pl.DataFrame) -> pl.Series:
    """The site of onset of each person of the sorted table; several sites as one text, which is then no word of the list."""
    sites = facts.filter(pl.col("table") == "patients", pl.col("column") == "onset_site").with_columns(
        clean_code("value_code"), _words=pl.coalesce("words", "value_text")
    )
    found = match_terms(
        sites.select("patient", "value_code", "_words"), of_domain(terms, "site"), codes=("value_code",), texts=("_words",)
    )
    told = found.with_columns(pl.coalesce("value", "_words")).drop_nulls("value")
    each = told.group_by("patient").agg(_site=pl.col("value").unique().sort().str.join("; "))
    return _with_columns(person).join(each, on="patient", how="left", maintain_order="left")["_site"]


def _is_als(raw: pl.DataFrame, facts: pl.DataFrame, terms: Sequence[Term]) -> pl.Series:
    """True by the person's own label or an onset or diagnosis of ALS; false by another label, or where only others have one."""
    label = match_terms(raw.select("person_source_value"), of_domain(terms, "person"), codes=(), texts=("person_source_value",))
    labelled = label["value"].replace_strict({"yes": True, "no": False}, default=None, return_dtype=pl.Boolean)
    with_als = facts.filter(pl.col("table") == "patients", pl.col("column").is_in(["onset_date", "diagnosis_date"]))["patient"]
    recorded = raw["patient"].is_in(with_als.unique().implode())
    return labelled.fill_null(recorded) if recorded.any() else labelled
