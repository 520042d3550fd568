"""A mapping file, TOML, to a Mapping."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stallpoint.core.errors import StudyFileError
from stallpoint.core.mapping import (
    BLOCK,
    COLUMN,
    FIRST_VISIT,
    TIME_ZERO,
    TOP_KEYS,
    UNITS,
    VOLUMES,
    ColumnMapping,
    Mapping,
    TableMapping,
)
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.tables import TABLES
from stallpoint.io.study_folder import require_path

ZERO = "time_zero"
_LISTS = ("from", "missing")
_HOURS_AND_DATES = ("since", "until", "date", "serials")


def read_mapping(path: Path) -> Mapping:
    """The mapping that a file describes.

    Raises:
        PathError: no such file.
        StudyFileError: not TOML, an unknown or missing key, or a value that cannot be.
    """
    require_path(path)
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise StudyFileError(
            f"is not TOML: {fault}", where=path.name, do="mend the line it names; texts need quotation marks"
        ) from fault
    return _build(said, path.name)


def _build(said: dict[str, Any], place: str) -> Mapping:
    _require_known(said, (*(key.name for key in TOP_KEYS), ZERO, *TABLES), place)
    blocks = tuple(_block(name, each, place) for name in TABLES for each in _as_list(said.get(name, [])))
    if not any(block.table == "patients" for block in blocks):
        raise StudyFileError(
            "there is no [patients]", where=place, do="say where the people are; the column of identifiers will do"
        )
    zero = _block(ZERO, said[ZERO], place) if ZERO in said else None
    for block in blocks:
        _require_clock(block, blocks, zero)
    reason, notices = said.get("not_randomised", ""), said.get("notices", [])
    if not isinstance(reason, str) or not isinstance(notices, list) or not all(isinstance(each, str) for each in notices):
        raise StudyFileError("not_randomised is a text, notices a list of texts", where=place, do="put them in quotation marks")
    return Mapping(blocks, zero, reason, tuple(notices))


def _block(table: str, said: Any, place: str) -> TableMapping:
    where = f"{place}, [{table}]"
    if not isinstance(said, dict):
        raise StudyFileError(f"{table} is no table", where=place, do=f"write [{table}]")
    _require_known(said, BLOCK.key_names, where)
    columns = said.get("columns", {})
    if not isinstance(columns, dict) or not isinstance(said.get("patient"), str):
        raise StudyFileError(
            "needs patient, the column of identifiers, and [columns]", where=where, do="see docs/mapping_file.md"
        )
    read = tuple(_column(name, each, f"{place}, [{table}.columns]") for name, each in columns.items())
    wide = any(column.wide for column in read)
    known = {column.column for column in read} | ({"time_months"} if wide else set())
    needed = ("date",) if table == ZERO else tuple(name for name in TABLES[table].needed if name != "patient")
    absent = [name for name in needed if name not in known]
    if absent:
        raise StudyFileError(f"nothing is said of {', '.join(absent)}", where=where, do="a row of that table needs it")
    return TableMapping(table, str(said.get("file", "")), said.get("sheet"), said["patient"], read, where)


def _column(name: str, said: Any, where: str) -> ColumnMapping:
    where = f"{where} {name}"
    if not isinstance(said, dict):
        raise StudyFileError("is no table of keys", where=where, do=f'write {name} = {{ from = "the column" }}')
    _require_known(said, COLUMN.key_names, where)
    if sum(key in said for key in ("from", "wide", "value")) != 1:
        raise StudyFileError(
            "needs one of from, wide and value", where=where, do="say which column it is, or the value of every row"
        )
    for key in said:
        _require_kind(key, said[key], where)
    column = ColumnMapping(
        name,
        sources=tuple(_as_list(said.get("from", []))),
        wide=said.get("wide", ""),
        value=str(said["value"]) if "value" in said else None,
        words={str(left).lower(): str(right) for left, right in said.get("words", {}).items()},
        missing=tuple(str(each).lower() for each in said.get("missing", [])),
        **{key: said[key] for key in ("decimal", "unit", *_HOURS_AND_DATES) if key in said},
    )
    _require_sense(column, where)
    return column


def _require_kind(key: str, value: Any, where: str) -> None:
    fits = {
        "words": isinstance(value, dict),
        "value": isinstance(value, str | int | float),
        "serials": value in (1900, 1904),
        "decimal": value in (".", ","),
    }.get(key, isinstance(value, str))
    if key in _LISTS:
        fits = all(isinstance(each, str) for each in _as_list(value)) and value != []
    if not fits:
        holds = next(each.holds for each in COLUMN.keys if each.name == key)
        raise StudyFileError(f"{key} holds {holds}", where=where, do="correct this value")


def _require_sense(column: ColumnMapping, where: str) -> None:
    """Units that can be converted, dates that can become times."""
    if column.unit.lower() in VOLUMES and column.measure == "percent":
        raise StudyFileError(
            f"{column.unit} is a volume, not a percentage of predicted",
            where=where,
            do="give the column in % of predicted, or keep the volume under a name of its own, as fvc_litres",
        )
    units = UNITS.get(column.measure, {})
    if column.unit and column.measure and column.unit not in units:
        raise StudyFileError(f"{column.unit} cannot become {column.measure}", where=where, do=ask_nearest(column.unit, units))
    if column.since and column.until:
        raise StudyFileError(
            "since and until together", where=where, do="time runs from a day to the cell, or from the cell to a day"
        )
    timed = column.measure in ("months", "years")
    if (column.since or column.until) and not timed:
        raise StudyFileError("since and until are for columns in months or years", where=where, do="leave them out")
    if timed and (column.date or column.serials) and not (column.since or column.until):
        raise StudyFileError("a date is no time", where=where, do='say since or until when, as since = "first visit"')
    if column.wide and column.wide.count("{") != 1:
        raise StudyFileError(f"{column.wide} needs one place holder", where=where, do="write {months} where the number stands")


def _require_clock(block: TableMapping, blocks: Iterable[TableMapping], zero: TableMapping | None) -> None:
    """What time is counted from must be said somewhere."""
    visits = any(column.column == "time_months" for each in blocks if each.table == "visits" for column in each.columns)
    for column in block.columns:
        named = (column.since, column.until)
        if TIME_ZERO in named and zero is None:
            raise StudyFileError(
                f"{column.column} counts from time zero, but there is no [time_zero]", where=block.where, do="add it"
            )
        if FIRST_VISIT in named and not visits:
            raise StudyFileError(
                f"{column.column} counts from the first visit, but [visits] has no time_months", where=block.where, do="say when"
            )


def _require_known(said: Iterable[str], known: Iterable[str], where: str) -> None:
    names = tuple(known)
    for key in said:
        if key not in names:
            raise StudyFileError(f"unknown key {key}", where=where, do=ask_nearest(key, names))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
