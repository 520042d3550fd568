"""Which gene each probe of an array measures, from a table with the columns `probe` and `symbol`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.delimited_file import read_delimited

_BETWEEN_SYMBOLS = re.compile(r"\s*(?:///|[;,|])\s*")
_NO_SYMBOL = frozenset(("", "---", "NA", "null"))


@dataclass(frozen=True)
class ProbeMap:
    """`symbols` of the probes that measure one gene; `several` are the probes that measure more than one, and so stand for none."""

    symbols: dict[str, str]
    several: frozenset[str]


def read_probe_map(path: Path) -> ProbeMap:
    """The map from a TSV or CSV. A probe may stand on several lines, or name several symbols with `///` or `;` between them.

    Raises:
        PathError: no such file.
        TableError: other columns, or no probe with a symbol.
    """
    try:
        frame = read_delimited(path).frame
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="give a table with the columns probe and symbol") from fault
    if not {"probe", "symbol"} <= set(frame.columns):
        shown = ", ".join(frame.columns[:5])
        raise TableError(f"has no columns probe and symbol, but {shown}", where=path.name, do="name them probe and symbol")
    genes: dict[str, set[str]] = {}
    for probe, said in frame.select("probe", "symbol").drop_nulls().iter_rows():
        genes.setdefault(probe, set()).update(set(_BETWEEN_SYMBOLS.split(said)) - _NO_SYMBOL)
    symbols = {probe: min(found) for probe, found in genes.items() if len(found) == 1}
    if not symbols:
        raise TableError("names no symbol for any probe", where=path.name, do="give a symbol for each probe")
    return ProbeMap(symbols, frozenset(probe for probe, found in genes.items() if len(found) > 1))
