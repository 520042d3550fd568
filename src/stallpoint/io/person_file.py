"""A person's file, TOML: where their genome, repeats, markers and expression are, and what was measured."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.nearest import ask_nearest

_TEXT, _NUMBER, _FLAG, _TEXTS = "text", "a number", "true or false", "a list of texts"
_COUNTS = 'a list of numbers, or texts such as ">145"'
_KINDS: dict[str, tuple[type, ...]] = {_TEXT: (str,), _NUMBER: (int, float), _FLAG: (bool,), _TEXTS: (list,), _COUNTS: (list,)}

ONE: dict[str, dict[str, str]] = {
    "person": {"id": _TEXT, "age_years": _NUMBER, "sex": _TEXT},
    "genome": {
        "file": _TEXT, "sample": _TEXT, "build": _TEXT, "reference": _TEXT, "assay": _TEXT, "date": _TEXT, "also": _TEXTS,
    },
    "repeats": {"file": _TEXT, "sample": _TEXT},
    "expression": {
        "file": _TEXT, "rows": _TEXT, "gene_sets": _TEXTS, "sample": _TEXT, "controls": _TEXTS, "tissue": _TEXT,
        "platform": _TEXT, "probes": _TEXT,
    },
    "subtype": {"file": _TEXT, "label": _TEXT, "person": _TEXT, "tissue": _TEXT, "platform": _TEXT},
}  # fmt: skip
"""Tables that stand once, and the kind of each key."""

MANY: dict[str, dict[str, str]] = {
    "variant": {
        "gene": _TEXT, "variant": _TEXT, "call": _TEXT, "zygosity": _TEXT, "assay": _TEXT, "date": _TEXT, "self_reported": _FLAG,
    },
    "repeat": {"gene": _TEXT, "alleles": _COUNTS, "assay": _TEXT, "date": _TEXT, "self_reported": _FLAG},
    "marker": {
        "marker": _TEXT, "value": _NUMBER, "unit": _TEXT, "matrix": _TEXT, "below_limit": _FLAG, "platform": _TEXT, "date": _TEXT,
    },
    "stage": {"name": _TEXT, "value": _TEXT, "date": _TEXT, "source": _TEXT},
    "history": {"name": _TEXT, "value": _TEXT, "date": _TEXT, "source": _TEXT},
}  # fmt: skip
"""Tables that may be repeated, written [[variant]]."""

NEEDED = {
    "person": ("id",),
    "genome": ("file",),
    "repeats": ("file",),
    "expression": ("file", "rows", "gene_sets", "sample", "controls"),
    "subtype": ("file", "label", "tissue", "platform"),
    "variant": ("gene", "variant", "call"),
    "repeat": ("gene", "alleles"),
    "marker": ("marker", "value", "unit"),
    "stage": ("name", "value"),
    "history": ("name", "value"),
}

Table = dict[str, Any]


class PersonFileError(TableError):
    """A person's file that cannot be understood."""


@dataclass(frozen=True)
class PersonFile:
    """What the file says; paths are relative to `folder`."""

    folder: Path
    one: dict[str, Table] = field(default_factory=dict)
    many: dict[str, tuple[Table, ...]] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """A path as the file means it."""
        return self.folder / name


def read_person_file(path: Path) -> PersonFile:
    """The checked content of a person's file.

    Raises:
        PathError: no such file.
        PersonFileError: not TOML, an unknown table or key (the message names the nearest), a missing key, or a value of another kind.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="give the path of a person's file") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise PersonFileError(f"is not TOML: {fault}", where=path.name, do="mend the line it names") from fault
    for name in said:
        if name not in ONE and name not in MANY:
            raise PersonFileError(f"unknown table [{name}]", where=path.name, do=ask_nearest(name, [*ONE, *MANY]))
    if "person" not in said:
        raise PersonFileError("has no table [person]", where=path.name, do='begin with [person] and id = "P001"')
    one = {name: _checked(said[name], name, ONE[name], path) for name in ONE if name in said}
    many = {
        name: tuple(_checked(each, name, MANY[name], path) for each in _list(said[name], name, path))
        for name in MANY
        if name in said
    }
    return PersonFile(path.parent, one, many)


def _list(value: Any, name: str, path: Path) -> list[Any]:
    if not isinstance(value, list):
        raise PersonFileError(f"[{name}] may be repeated", where=path.name, do=f"write it as [[{name}]]")
    return value


def _checked(table: Any, name: str, known: dict[str, str], path: Path) -> Table:
    where = f"{path.name}, [{name}]"
    if not isinstance(table, dict):
        raise PersonFileError("is no table", where=where, do=f"write [{name}] and its keys below")
    for key, value in table.items():
        if key not in known:
            raise PersonFileError(f"unknown key {key}", where=where, do=ask_nearest(key, known))
        if not isinstance(value, _KINDS[known[key]]) or (isinstance(value, bool) and known[key] != _FLAG):
            raise PersonFileError(f"{key} = {value!r} is not {known[key]}", where=where, do=f"write {known[key]}")
        if isinstance(value, float) and not isfinite(value):
            raise PersonFileError(
                f"{key} = {value!r} is not {known[key]}", where=where, do=f"write {known[key]}, or leave it out"
            )
        if known[key] == _TEXTS and isinstance(value, list) and not all(isinstance(each, str) for each in value):
            raise PersonFileError(f"{key} = {value!r} is not {_TEXTS}", where=where, do=f"write {_TEXTS}")
    missing = [key for key in NEEDED[name] if key not in table]
    if missing:
        raise PersonFileError(f"no key {missing[0]}", where=where, do=f"add {', '.join(missing)}")
    return table
