"""From where on data ask for care: openly assumed, each limit with a note that says what it means."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_quality_limits() -> dict[str, float]:
    """Values by key; the column `note` of `quality_limits.tsv` says what each means."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("quality_limits.tsv")}
