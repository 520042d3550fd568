"""What is assumed of the chain where nobody measured: openly, each value with a note that says what it means."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_chain_assumptions() -> dict[str, float]:
    """Values by key; the column `note` of `chain.tsv` says what each means."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("chain.tsv")}
