"""Subjects from DM or ADSL: planned arm, age, sex, and what terms of the domain `subject` take from further columns."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.core.tables import ONSET_SITES
from stallpoint.io.cdisc.datasets import first_of
from stallpoint.io.terms import Term, of_domain, words_of
from stallpoint.io.transcribe import Kind, Taken, Transcribed, transcribe
from stallpoint.io.unit_factors import in_unit

NOT_RANDOMISED = "_not_randomised"
"""Working column: why the person was never allocated, in the source's words; null where they were."""

SITES = {site: site for site in ONSET_SITES} | {"spinal": "limb"}
_KINDS: dict[str, Kind] = {"onset_site": "word", "smoker": "yes or no", "riluzole": "yes or no"}
_FACTORS = {"years": 12.0, "days": 1 / DAYS_PER_MONTH, "lb": 0.45359237}
"""Unit in a column of subjects to the unit of the study's column: months, or kg."""


def take_people(subjects: pl.DataFrame, terms: Sequence[Term], *, arm: tuple[str, ...], flag: str) -> Transcribed:
    """One row a person.

    Args:
        subjects: DM or ADSL.
        terms: with the domains `sex` and `subject`.
        arm: columns of the planned arm, the first that says something counts.
        flag: column that is N where a person was not randomised.
    """
    raw = subjects.with_columns(
        _arm=first_of(subjects, *arm), _age=in_unit(first_of(subjects, "AGE"), first_of(subjects, "AGEU"), "years?")
    )
    taken = [Taken("arm", "_arm"), Taken("age_years", "_age", "number"), Taken("sex", "SEX", "word", words_of(terms, "sex"))]
    done = transcribe(raw, "patients", "patient", [*taken, *_further(terms)])
    unallocated = pl.when(first_of(raw, flag).str.to_uppercase() == "N").then(pl.lit(f"{flag} = N"))
    reason = pl.when(pl.col("_arm").is_null()).then(first_of(raw, "ARMNRS"))
    return Transcribed(
        done.frame.with_columns(raw.select(pl.coalesce(reason, unallocated).alias(NOT_RANDOMISED))), done.unreadable
    )


def say_arms(subjects: pl.DataFrame, *, planned: tuple[str, ...], actual: tuple[str, ...]) -> tuple[str, ...]:
    """Notes: how many are in each arm, and how many got another treatment than planned."""
    arms = subjects.select(planned=first_of(subjects, *planned), actual=first_of(subjects, *actual))
    counted = arms.drop_nulls("planned").group_by("planned").len().sort("planned").iter_rows()
    named = ", ".join(f"{arm} ({n:,})" for arm, n in counted)
    other = arms.filter(pl.col("planned") != pl.col("actual")).height
    notes = [f"planned arms: {named}; [trial] in study.toml must say which is control"] if named else []
    return (*notes, *([f"{other:,} people have another actual than planned arm; the planned one counts"] if other else []))


def _further(terms: Sequence[Term]) -> list[Taken]:
    return [
        Taken(term.column, term.code.upper(), _KINDS.get(term.column, "number"), SITES, _FACTORS.get(term.unit, 1.0))
        for term in of_domain(terms, "subject")
    ]
