"""A table as a SAS transport file, version 5 (extra `clinical`)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from stallpoint.core.errors import StallpointError

LONGEST_NAME = 8
LONGEST_TEXT = 200
"""Bytes of a name and of a text in version 5."""


def render_xpt(table: str, frame: pl.DataFrame) -> tuple[bytes, list[str]]:
    """The file, and what it does not hold. Full names stand in the labels; true and false are 1 and 0; missing text is empty.

    Raises:
        StallpointError: the extra `clinical` is not installed.
    """
    try:
        import pyreadstat
    except ImportError as fault:
        raise StallpointError("pyreadstat is not installed", where="--to xpt", do="pip install 'stallpoint[clinical]'") from fault
    names = short_names(frame.columns)
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    cut = frame.with_columns(
        *[_cut(frame[name]) for name in text], pl.col(pl.Boolean).cast(pl.Float64), pl.col(pl.Int64).cast(pl.Float64)
    )
    with TemporaryDirectory(prefix="stallpoint-") as folder:
        path = Path(folder) / f"{table}.xpt"
        pyreadstat.write_xport(
            cut.rename(names).to_pandas(),
            path,
            column_labels={short: name[:40] for name, short in names.items()},
            table_name=table.upper()[:LONGEST_NAME],
            file_format_version=5,
        )
        return path.read_bytes(), _losses(table, frame, cut, names)


def short_names(names: list[str]) -> dict[str, str]:
    """Each name in at most eight letters and digits, no two alike."""
    short: dict[str, str] = {}
    for name in names:
        plain = "".join(letter for letter in name.upper() if letter.isascii() and letter.isalnum())
        plain = plain if plain[:1].isalpha() else f"V{plain}"
        taken = set(short.values())
        numbered = (plain[: LONGEST_NAME - len(str(count))] + str(count) for count in range(2, 10_000))
        short[name] = next(each for each in (plain[:LONGEST_NAME], *numbered) if each not in taken)
    return short


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
