"""Volumes and flows of brain, cord and CSF, and the passage of small molecules, each measured or openly assumed."""

from __future__ import annotations

from functools import cache

from stallpoint.knowledge.natural_history import Fact, fact_of_row
from stallpoint.knowledge.tsv import read_bundled_rows


@cache
def load_brain_fluids() -> dict[str, Fact]:
    """All facts by key."""
    return {row["key"]: fact_of_row({"n": "", **row}) for row in read_bundled_rows("brain_fluids.tsv")}
