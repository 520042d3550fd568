"""The five questions of ICEMAN on a modifier in a randomised trial, answered from the run as far as a run can know.

What only the reader can know is left to the reader, and no overall rating is given.

Source: Schandelmaier et al. (2020), doi:10.1503/cmaj.200077.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.core.numbers import format_p

LEVELS = ((0.005, "definitely yes"), (0.01, "probably yes"), (0.05, "probably no"))
"""ICEMAN's grades of the interaction test, recalled; above the last one, definitely no."""


DIRECTION = "Was the direction of the difference named beforehand, and is it the one that was found?"
PRIOR = "Is the difference supported by earlier evidence?"
CHANCE = "Does a test make chance an unlikely explanation?"
NUMBER = "Were few modifiers tested, or was their number taken into account?"
CUT = "If the modifier is a number, was no arbitrary cut made?"

SCHEMA = dict.fromkeys(("modifier", "question", "answer", "why"), pl.String)


@dataclass(frozen=True)
class ModifierRecord:
    """What a run knows of one modifier: its name in words, whether it was named beforehand, its p-values, and how many were tested."""

    called: str
    prespecified: bool
    p_value: float
    p_adjusted: float
    tested: int


def answer_iceman(records: list[ModifierRecord]) -> pl.DataFrame:
    """One row per modifier and question: modifier, question, answer, why."""
    rows = [(record.called, *answer) for record in records for answer in _answers(record)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _answers(record: ModifierRecord) -> list[tuple[str, str, str]]:
    named = (
        ("unclear", "The modifier was named beforehand; the study file does not say in which direction.")
        if record.prespecified
        else ("definitely no", "The modifier was looked for in these data.")
    )
    return [
        (DIRECTION, *named),
        (PRIOR, "for the reader", "Nothing in these data can say it."),
        (CHANCE, _grade(record.p_value), f"Test of the difference by itself: p {_p(record.p_value)}."),
        (NUMBER, "definitely yes", f"{record.tested} tested; corrected for all of them: p {_p(record.p_adjusted)}."),
        (CUT, "definitely yes", "Numbers enter as they are and are never cut."),
    ]


def _grade(p_value: float) -> str:
    return next((grade for limit, grade in LEVELS if p_value <= limit), "definitely no")


def _p(value: float) -> str:
    text = format_p(value)
    return text if text.startswith("<") else f"= {text}"
