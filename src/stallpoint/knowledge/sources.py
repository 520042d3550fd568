"""Every work this software cites.

The column `checked` of the table says whether the bibliographic record itself was seen or is recalled. A DOI that was
not certain is left blank.
"""

from __future__ import annotations

from typing import cast

from stallpoint.core.source import Source, SourceKind
from stallpoint.knowledge.tsv import read_bundled_rows


def load_sources() -> dict[str, Source]:
    """All sources by id."""
    return {row["id"]: _source(row) for row in read_bundled_rows("sources.tsv")}


def _source(row: dict[str, str]) -> Source:
    return Source(
        id=row["id"],
        title=row["title"],
        authors=row["authors"],
        year=int(row["year"]) if row["year"] else None,
        venue=row["venue"],
        doi=row["doi"],
        url=row["url"],
        kind=cast("SourceKind", row["kind"]),
    )
