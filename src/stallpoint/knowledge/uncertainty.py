"""How far a number may be off where its source does not say, and the thresholds of verdicts: openly assumed."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_uncertainty() -> dict[str, float]:
    """Values by key; the column `note` of the table says what each means."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("uncertainty.tsv")}
