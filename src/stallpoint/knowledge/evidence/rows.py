"""Tab-separated text to records: every cell checked against the type that its record declares."""

from __future__ import annotations

import csv
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from stallpoint.core.errors import StallpointError, TableError
from stallpoint.core.known_from import last_day
from stallpoint.core.nearest import ask_nearest

Record = TypeVar("Record")


def read_records(kind: type[Record], lines: Iterable[str], *, where: str) -> tuple[Record, ...]:
    """One record per row. Columns may be left out where the record has a default.

    Args:
        kind: a dataclass of texts, numbers, lists of texts (split at ;) and literals.
        lines: a header line and rows, separated by tabs.
        where: what to call the file in messages.

    Raises:
        TableError: an unknown or missing column, a row of the wrong length, or a cell that its column cannot hold.
    """
    rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows:
        raise TableError("is empty", where=where, do="give a header line and rows, separated by tabs")
    header, types_of = rows[0], get_type_hints(kind)
    _require_columns(kind, header, where)
    return tuple(
        _record(kind, types_of, header, row, f"{where}, line {line}") for line, row in enumerate(rows[1:], start=2) if row
    )


def _require_columns(kind: type[Any], header: list[str], where: str) -> None:
    known = [each.name for each in fields(kind)]
    for name in header:
        if name not in known:
            raise TableError(f"unknown column {name!r}", where=where, do=ask_nearest(name, known))
    if len(set(header)) < len(header):
        raise TableError("a column stands twice", where=where, do="leave one of them out")
    needed = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    missing = [name for name in needed if name not in header]
    if missing:
        raise TableError(f"no column {', '.join(missing)}", where=where, do="add it; every row needs its source and tag")


def _record(kind: type[Record], types_of: Mapping[str, Any], header: list[str], row: list[str], where: str) -> Record:
    if len(row) != len(header):
        raise TableError(
            f"{len(row)} cells for {len(header)} columns", where=where, do="separate cells by tabs, none inside a cell"
        )
    values = {
        name: _cell(types_of[name], text.strip(), f"{where}, column {name}")
        for name, text in zip(header, row, strict=True)
        if text.strip()
    }
    empty = [
        each.name
        for each in fields(kind)  # type: ignore[arg-type]  # Record is a dataclass
        if each.default is MISSING and each.default_factory is MISSING and each.name not in values
    ]
    if empty:
        raise TableError(f"{', '.join(empty)} is empty", where=where, do="fill it; every row needs its source and tag")
    return kind(**values)


def _cell(declared: Any, text: str, where: str) -> Any:
    if get_origin(declared) in (Union, types.UnionType):
        declared = next(each for each in get_args(declared) if each is not type(None))
    if get_origin(declared) is Literal:
        if text not in get_args(declared):
            raise TableError(f"{text!r} is not known", where=where, do=ask_nearest(text, get_args(declared)))
        return text
    if get_origin(declared) is tuple:
        return tuple(part.strip() for part in text.split(";") if part.strip())
    if declared is str:
        if where.endswith("column known_from"):
            _require_date(text, where)
        return text
    return _number(declared, text, where)


def _number(declared: type, text: str, where: str) -> float | int:
    try:
        number = declared(text)
    except ValueError:
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):
        raise TableError(
            f"{text!r} is no {'whole ' if declared is int else ''}number", where=where, do="give a number, or leave it empty"
        )
    return number  # type: ignore[no-any-return]  # declared is int or float


def _require_date(text: str, where: str) -> None:
    try:
        last_day(text)
    except StallpointError as fault:
        raise TableError(fault.what, where=where, do=fault.do) from fault
