"""Spellings of units."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_unit_spellings() -> dict[str, str]:
    """A unit in lower case, as exports spell it, to the one spelling used here; nothing is converted by it."""
    return {row["spelling"]: row["unit"] for row in read_bundled_rows("unit_spellings.tsv")}
