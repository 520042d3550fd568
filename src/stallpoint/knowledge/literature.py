"""What is assumed where the literature alone must answer: openly, each value with a note that says what it means."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_literature_assumptions() -> dict[str, float]:
    """Values by key; the column `note` of `literature.tsv` says what each means."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("literature.tsv")}
