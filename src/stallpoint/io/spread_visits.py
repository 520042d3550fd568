"""Findings in rows, one for each item, to visits with one column for each item."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.tables import ITEMS
from stallpoint.io.dated import transcribe_dated
from stallpoint.io.transcribe import Taken, Transcribed

MEASURED = (*ITEMS, "alsfrs_r", "fvc_percent", "weight_kg")
"""Columns of visits that findings fill; body weight rides along."""


def spread_visits(findings: pl.DataFrame, *, working: Sequence[str] = ()) -> Transcribed:
    """One visit for each person and day. A second value of the same item on that day makes a second visit, for the rules to settle.

    Args:
        findings: text columns `patient`, `when`, `column`, `value`, with `days` and `readable` of `io.dated`.
        working: further columns that keep visits apart and serve the rules.
    """
    day = ["patient", "when", "days", "readable", *working]
    numbered = findings.sort(*day, "column", "value", nulls_last=True).with_columns(
        _again=pl.int_range(pl.len()).over(*day, "column")
    )
    wide = numbered.pivot(on="column", index=[*day, "_again"], values="value", aggregate_function="first", sort_columns=True)
    taken = [Taken(name, name, "number") for name in MEASURED if name in wide.columns]
    return transcribe_dated(wide.sort(*day, "_again", nulls_last=True), "visits", taken, working=working)
