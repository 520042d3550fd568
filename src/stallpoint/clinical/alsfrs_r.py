"""The revised ALS Functional Rating Scale: twelve items of 0 to 4, four domains, a total of 0 to 48.

Source: Cedarbaum JM et al. (1999) The ALSFRS-R. J Neurol Sci 169:13, doi:10.1016/S0022-510X(99)00210-5 (citation recalled).
The total is reported because trials do; four correlated factors describe the scale better (PMC5502060).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from stallpoint.core.errors import TableError

MAX_ITEM = 4
MAX_TOTAL = 48

DOMAINS: dict[str, tuple[str, str, str]] = {
    "bulbar": ("q1", "q2", "q3"),
    "fine_motor": ("q4", "q5", "q6"),
    "gross_motor": ("q7", "q8", "q9"),
    "respiratory": ("q10", "q11", "q12"),
}
SCORED_ITEMS = tuple(item for items in DOMAINS.values() for item in items)
"""The twelve items that are summed; q5 is whichever of q5a and q5b was answered."""

SPELLINGS_OF_ITEM_5 = ("q5a", "q5b")
"""Cutting food without (a) and with (b) a gastrostomy."""


def alsfrs_r_total(visits: pl.DataFrame, *, prorate: bool = False) -> pl.Series:
    """Sum of the twelve items, 0 to 48, one per row; null where any item is missing and on rows of the 40-point scale.

    `prorate` is an explicit choice, never a default: the mean of the answered items times twelve. The scale's authors
    gave no such rule, so it is a modelling choice (assumed) and a result that uses it should say so.

    Raises:
        TableError: a column is absent, an item is not a whole number from 0 to 4, or q5a and q5b disagree.
    """
    items = scored_items(visits)
    answered_share = pl.mean_horizontal(*SCORED_ITEMS) * len(SCORED_ITEMS)
    total = answered_share if prorate else pl.sum_horizontal(*SCORED_ITEMS, ignore_nulls=False)
    return items.select(total.alias("alsfrs_r")).to_series()


def alsfrs_r_domains(visits: pl.DataFrame) -> pl.DataFrame:
    """Bulbar, fine motor, gross motor and respiratory subscores, 0 to 12 each; null where one of their items is missing.

    Raises:
        TableError: as `alsfrs_r_total`.
    """
    sums = [pl.sum_horizontal(*items, ignore_nulls=False).alias(name) for name, items in DOMAINS.items()]
    return scored_items(visits).select(sums)


def scored_items(visits: pl.DataFrame, needed: tuple[str, ...] = SCORED_ITEMS) -> pl.DataFrame:
    """The needed items as float64, checked, `q5` resolved, with q5a and q5b beside it where q5 is needed.

    Rows whose `scale` is `alsfrs` hold nulls: item 10 of the 40-point scale is another question and nothing converts it.

    Raises:
        TableError: a column is absent, an item is not a whole number from 0 to 4, or q5a and q5b disagree.
    """
    items = _answered(visits, needed)
    _refuse_impossible(items)
    if "q5" not in needed:
        return items
    _refuse_conflicts(items)
    return items.with_columns(pl.coalesce(SPELLINGS_OF_ITEM_5).alias("q5"))


def item_5_conflicts(visits: pl.DataFrame) -> pl.Series:
    """True on rows where q5a and q5b are both answered and differ: at most one of them can be right."""
    first, second = _item_5_answers(visits)
    return (first != second).fill_null(value=False).alias("item_5_conflict")


def item_5_repeats(visits: pl.DataFrame) -> pl.Series:
    """True on rows where q5a and q5b are both answered and agree: scored once, but worth reporting."""
    first, second = _item_5_answers(visits)
    return (first == second).fill_null(value=False).alias("item_5_repeat")


def older_scale(visits: pl.DataFrame) -> pl.Series:
    """True on rows of the 40-point ALSFRS; a row without a `scale` is an ALSFRS-R."""
    if "scale" not in visits.columns:
        return pl.repeat(value=False, n=visits.height, eager=True)
    return (visits["scale"] == "alsfrs").fill_null(value=False)


def _answered(visits: pl.DataFrame, needed: tuple[str, ...]) -> pl.DataFrame:
    """Columns of the needed items, both spellings of item 5 included, empty on rows of the older scale."""
    plain = [item for item in needed if item != "q5"]
    item_5 = [item for item in SPELLINGS_OF_ITEM_5 if "q5" in needed]
    absent = [item for item in plain if item not in visits.columns]
    if item_5 and not set(item_5) & set(visits.columns):
        absent.append("q5a or q5b")
    if absent:
        raise TableError(f"no column {', '.join(absent)}", where="visits", do="give all items, or use recorded totals only")
    return pl.DataFrame([_answer(visits, name) for name in (*plain, *item_5)])


def _answer(visits: pl.DataFrame, name: str) -> pl.Series:
    """One item as float64, null where it is missing or belongs to the older scale."""
    if name not in visits.columns:
        return pl.Series(name, [None] * visits.height, dtype=pl.Float64)
    answer = visits[name].cast(pl.Float64).fill_nan(None)
    return answer.set(older_scale(visits), None)


def _item_5_answers(visits: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    return _answer(visits, "q5a"), _answer(visits, "q5b")


def _refuse_impossible(items: pl.DataFrame) -> None:
    impossible = ~pl.all().is_in([float(score) for score in range(MAX_ITEM + 1)])
    rows = items.select(impossible.fill_null(value=False))
    shown = [f"row {row}: {name} = {items[name][row]:g}" for name in items.columns for row in _where(rows[name])]
    if shown:
        raise TableError(
            "items must be whole numbers from 0 to 4", where="visits", rows=shown, do="correct or empty these answers"
        )


def _refuse_conflicts(items: pl.DataFrame) -> None:
    rows = [f"row {row}: q5a = {items['q5a'][row]:g}, q5b = {items['q5b'][row]:g}" for row in _where(item_5_conflicts(items))]
    if rows:
        raise TableError(
            "q5a and q5b are both answered and differ", where="visits", rows=rows, do="keep q5b with a gastrostomy, else q5a"
        )


def _where(mask: pl.Series) -> Iterable[int]:
    found: list[int] = mask.arg_true().to_list()
    return found
