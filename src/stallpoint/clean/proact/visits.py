"""Rules for ALSFRS and ALSFRS-R assessments."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import Tables
from stallpoint.core.tables import ITEMS

OLD_ITEMS = tuple(item for item in ITEMS if item not in ("q11", "q12"))
LARGEST_OLD_TOTAL = 40


def empty_half_points(tables: Tables) -> Tables:
    """Items are whole points; a half point was put in by somebody."""
    return _with_items(tables, lambda item: pl.when(item == item.floor()).then(item))


def empty_contradicting_item_5(tables: Tables) -> Tables:
    """Cutting is asked with or without a gastrostomy; two different answers say nothing."""
    visits = tables["visits"]
    differ = (pl.col("q5a") != pl.col("q5b")).fill_null(value=False)
    return {"visits": visits.with_columns(pl.when(~differ).then(item).alias(item) for item in ("q5a", "q5b"))}


def keep_one_item_5(tables: Tables) -> Tables:
    """Two like answers are one, as with a gastrostomy."""
    visits = tables["visits"]
    alike = (pl.col("q5a") == pl.col("q5b")).fill_null(value=False)
    return {"visits": visits.with_columns(q5a=pl.when(~alike).then("q5a"))}


def keep_revised_scale(tables: Tables) -> Tables:
    """Rows on both scales count on the revised one; the 40-point total is left out, never converted."""
    visits = tables["visits"]
    return {"visits": visits.with_columns(alsfrs_total=pl.when(pl.col("scale") != "alsfrs_r").then("alsfrs_total"))}


def recompute_totals(tables: Tables) -> Tables:
    """A total that is not the sum of its items is replaced by the sum, where all items are answered."""
    visits = tables["visits"]
    revised = _sum(ITEMS)
    older = _sum(OLD_ITEMS)
    total, old_total = pl.col("alsfrs_r"), pl.col("alsfrs_total")
    return {
        "visits": visits.with_columns(
            alsfrs_r=pl.when(total.is_not_null() & revised.is_not_null()).then(revised).otherwise(total),
            alsfrs_total=pl.when((pl.col("scale") == "alsfrs") & old_total.is_not_null() & older.is_not_null())
            .then(older)
            .when(old_total.is_between(0, LARGEST_OLD_TOTAL))
            .then(old_total),
        )
    }


def _with_items(tables: Tables, change: object) -> Tables:
    visits = tables["visits"]
    return {"visits": visits.with_columns(change(pl.col(item)).alias(item) for item in ITEMS if item in visits.columns)}  # type: ignore[operator]


def _sum(items: tuple[str, ...]) -> pl.Expr:
    """The sum of whole answers, null where one is missing; item 5 is whichever spelling is answered."""
    cutting = pl.coalesce("q5a", "q5b")
    others = [pl.col(item) for item in items if item not in ("q5a", "q5b")]
    answers = [cutting, *others]
    return pl.when(pl.all_horizontal(answer.is_between(0, 4) for answer in answers)).then(pl.sum_horizontal(answers))
