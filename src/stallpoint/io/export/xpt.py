"""A table as a SAS transport file, version 5 (extra `clinical`)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from stallpoint.core.errors import StallpointError
from stallpoint.io.export.short_name import LONGEST_NAME, short_names

LONGEST_TEXT = 200
"""Bytes of a text in version 5."""


def render_xpt(table: str, frame: pl.DataFrame, *, label: str) -> tuple[bytes, list[str]]:
    """The file, and what it does not hold. Full names stand in the labels; true and false are 1 and 0; missing text is empty.
    `label` names the study; version 5 keeps its first 40 letters.

    Raises:
        StallpointError: the extra `clinical` is not installed.
    """
    try:
        import pyreadstat
    except ImportError as fault:
        raise StallpointError("pyreadstat is not installed", where="--to xpt", do="pip install 'stallpoint[clinical]'") from fault
    names = short_names({name: name for name in frame.columns})
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    cut = frame.with_columns(
        *[_cut(frame[name]) for name in text], pl.col(pl.Boolean).cast(pl.Float64), pl.col(pl.Int64).cast(pl.Float64)
    )
    with TemporaryDirectory(prefix="stallpoint-") as folder:
        path = Path(folder) / f"{table}.xpt"
        pyreadstat.write_xport(
            cut.rename(names).to_pandas(),
            path,
            file_label=label[:40],
            column_labels={short: name[:40] for name, short in names.items()},
            table_name=table.upper()[:LONGEST_NAME],
            file_format_version=5,
        )
        return path.read_bytes(), _losses(table, frame, cut, names)


def _cut(text: pl.Series) -> pl.Series:
    """Texts of more than 200 bytes as far as whole letters reach."""
    if not (text.str.len_bytes() > LONGEST_TEXT).any():
        return text
    cut = [each if each is None else each.encode()[:LONGEST_TEXT].decode(errors="ignore") for each in text]
    return pl.Series(text.name, cut, dtype=pl.String)


def _losses(table: str, frame: pl.DataFrame, cut: pl.DataFrame, names: dict[str, str]) -> list[str]:
    renamed = [f"{name} as {short}" for name, short in names.items() if short.lower() != name.lower()]
    lost = [f"{table}: names of more than 8 letters: {', '.join(renamed)}"] if renamed else []
    shortened = sum(int(frame[name].ne_missing(cut[name]).sum()) for name, dtype in frame.schema.items() if dtype == pl.String)
    return [*lost, *([f"{table}: {shortened:,} texts cut at 200 bytes"] if shortened else [])]
