"""Tables as CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import polars as pl

_RUNS = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?\d+([.]\d+)?([eE][+-]?\d+)?$"


def render_csv(frame: pl.DataFrame) -> tuple[bytes, int]:
    """The table, and how many cells (and headers) got a leading apostrophe because a spreadsheet would run them as a formula."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    guarded = frame.with_columns(_guard(pl.col(name)).alias(name) for name in texts)
    changed = sum(int(guarded[name].ne_missing(frame[name]).sum()) for name in texts)
    headers = {name: f"'{name}" for name in frame.columns if name[:1] in ("=", "+", "-", "@", "\t")}
    return guarded.rename(headers).write_csv().encode(), changed + len(headers)


def _guard(text: pl.Expr) -> pl.Expr:
    runs = text.str.contains(_RUNS) & ~text.str.contains(_NUMBER)
    return pl.when(runs).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
