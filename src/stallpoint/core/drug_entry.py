"""One table of a drug file, read key by key: what it says is checked, and a slip is one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from stallpoint.core.drug_tables import FileTable
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.quantity import read_quantity

Made = TypeVar("Made")
Entry = Mapping[str, Any]


class DrugFileError(DrugError):
    """A drug file that cannot be understood, or holds a value that cannot be."""


def build_each(said: Entry, table: str, build: Callable[[Entry, str], Made], where: str) -> tuple[Made, ...]:
    """Every entry of an array of tables, built.

    Raises:
        DrugFileError: a single table where several may be, or something that is no table.
    """
    entries = said.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        do = "double the brackets: there may be several"
        raise DrugFileError(f"[{table}] must be written [[{table}]]", where=where, do=do)
    return tuple(build(entry, f"{where}: [[{table}]] {number}") for number, entry in enumerate(entries, start=1))


def read_table(said: Entry, table: str, where: str) -> Entry:
    """The one table of this name; empty where there is none.

    Raises:
        DrugFileError: something that is no table.
    """
    entry = said.get(table, {})
    if not isinstance(entry, Mapping):
        raise DrugFileError(f"there is one [{table}] and it is a table", where=where, do=f"write [{table}] with its keys below")
    return entry


def require_keys(said: Entry, table: FileTable, where: str) -> None:
    """No unknown key, and none of the needed ones missing.

    Raises:
        DrugFileError: an unknown or a missing key.
    """
    require_known(said, table.key_names, where)
    missing = [key for key in table.needed_names if key not in said]
    if missing:
        raise DrugFileError(f"{', '.join(missing)} missing", where=where, do="add it; every number needs its tag and source")


def require_known(said: Entry, keys: Iterable[str], where: str) -> None:
    """No unknown key.

    Raises:
        DrugFileError: an unknown key; names the nearest.
    """
    for key in said:
        if key not in keys:
            raise DrugFileError(f"unknown key {key}", where=where, do=ask_nearest(key, keys))


def read_choice(said: Entry, key: str, known: Iterable[str], where: str) -> Any:
    """The value of a key that must be one of the known words.

    Raises:
        DrugFileError: another word; names the nearest.
    """
    value = said[key]
    if not isinstance(value, str) or value not in known:
        raise DrugFileError(f"{key} {value!r} is not known", where=where, do=ask_nearest(str(value), known))
    return value


def read_text(said: Entry, key: str, where: str) -> str:
    """The text of a key; empty where the key is absent.

    Raises:
        DrugFileError: something that is no text, or a key that says nothing.
    """
    value = said.get(key, "")
    if not isinstance(value, str) or (key in said and not value.strip()):
        raise DrugFileError(f"{key} {value!r} is not a text", where=where, do="put words between quotes, or leave the key out")
    return value


def read_texts(said: Entry, key: str, where: str) -> tuple[str, ...]:
    """The list of texts of a key; empty where the key is absent.

    Raises:
        DrugFileError: something that is no list of texts.
    """
    values = said.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise DrugFileError(f"{key} {values!r} is not a list of texts", where=where, do=f'write {key} = ["one", "two"]')
    return tuple(values)


def read_positive(said: Entry, key: str, unit: str, where: str) -> float:
    """A quantity above 0.

    Raises:
        DrugFileError: 0 or less.
        QuantityError: no number, or a unit that does not fit.
    """
    value = read_quantity(said[key], unit, where=f"{where} {key}")
    if not value > 0:
        raise DrugFileError(f"{value:g} is not above 0", where=f"{where} {key}", do="leave the entry out if it is not known")
    return value
