"""What is taken for granted of differences of effect before a trial: openly assumed, each number with a note that says what it means."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_subgroup_priors() -> dict[str, float]:
    """Values by key; the column `note` of `subgroup_priors.tsv` says what each means."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("subgroup_priors.tsv")}
