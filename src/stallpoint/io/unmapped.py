"""What was recorded and means nothing to a study, counted, so that nobody believes it was taken."""

from __future__ import annotations

import polars as pl

MOST_LISTED = 20


def say_unmapped(rows: pl.DataFrame, *, by: str, shown: list[str], place: str) -> tuple[str, ...]:
    """A note with the number of rows without a meaning, and the most frequent kinds.

    Args:
        rows: with the column `table` of `io.terms.MEANING`, null or empty where no term fits or the term says to leave it.
        by: column to group by first, such as the table of origin.
        shown: columns that name a kind of row.
        place: what to call the source.
    """
    left = rows.filter(pl.col("table").fill_null("") == "")
    if left.is_empty():
        return ()
    kinds = (
        left.group_by(by, *shown).len().sort("len", by, *shown, descending=[True] + [False] * (1 + len(shown)), nulls_last=True)
    )
    named = [_name(row[:-1], row[-1]) for row in kinds.head(MOST_LISTED).iter_rows()]
    more = f" and {kinds.height - MOST_LISTED:,} kinds more" if kinds.height > MOST_LISTED else ""
    return (f"{place}: {left.height:,} rows are of no use to a study and were not taken: {'; '.join(named)}{more}",)


def _name(parts: tuple[str | None, ...], n: int) -> str:
    return f"{' '.join(part[:80] for part in parts if part) or 'without a name'} ({n:,})"
