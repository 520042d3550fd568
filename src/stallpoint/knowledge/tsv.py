"""Bundled tables of facts, read as text."""

from __future__ import annotations

import csv
from importlib.resources import files


def read_bundled_rows(name: str) -> list[dict[str, str]]:
    """Rows of `knowledge/data/<name>` as text by column name.

    Args:
        name: file name of a tab-separated table with a header line.
    """
    return list(csv.DictReader(read_bundled_lines(name), delimiter="\t", quoting=csv.QUOTE_NONE))


def read_bundled_lines(name: str) -> list[str]:
    """Lines of `knowledge/data/<name>`."""
    return files("stallpoint.knowledge").joinpath("data", name).read_text(encoding="utf-8").splitlines()
