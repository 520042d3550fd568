"""Bundled tables of facts, read as text."""

from __future__ import annotations

import csv
from importlib.resources import files


def read_bundled_rows(name: str) -> list[dict[str, str]]:
    """Rows of `knowledge/data/<name>` as text by column name.

    Args:
        name: file name of a tab-separated table with a header line.
    """
    text = files("stallpoint.knowledge").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
