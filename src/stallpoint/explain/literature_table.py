"""The chain of a treatment by the literature as a table: what the river is drawn from, and what machines read."""

from __future__ import annotations

import polars as pl

from stallpoint.explain.from_literature import LiteratureAnswer
from stallpoint.explain.link_rows import list_links


def tabulate_literature_links(answer: LiteratureAnswer) -> pl.DataFrame:
    """One row per link, as `link_rows.list_links` gives them, with its standing and its claims."""
    rows = [
        {**row, "subject": answer.subject, "standing": reading.standing, "claims": [claim.id for claim in reading.claims]}
        for reading, row in zip(answer.readings, list_links(answer.literature.chain, answer.loss, answer.stall), strict=True)
    ]
    overrides: dict[str, pl.DataType] = {
        "sources": pl.List(pl.String),
        "claims": pl.List(pl.String),
        "bottleneck_probability": pl.Float64(),
    }
    return pl.DataFrame(rows, schema_overrides=overrides)
