"""What columns of dose-response matrices are called: our own names, DrugComb's and SynergyFinder's.

DrugComb: Zagidullin et al. (2019) Nucleic Acids Res 47:W43, doi:10.1093/nar/gkz337; SynergyFinder: Zheng et al. (2022) Genomics
Proteomics Bioinformatics 20:587, doi:10.1016/j.gpb.2022.01.004; recalled. Upper and lower case, blanks and underscores count as the same.
"""

from __future__ import annotations

import re
from typing import Literal

from stallpoint.core.dose_matrix import ResponseKind
from stallpoint.core.errors import TableError

Scale = Literal["fraction", "percent"]

NAMES: dict[str, tuple[str, ...]] = {
    "pair": ("pair", "block", "blockid", "pairindex", "combination", "combinationid"),
    "sample": ("sample", "cellline", "celllinename", "cells"),
    "drug_1": ("drug1", "drugrow", "druga"),
    "drug_2": ("drug2", "drugcol", "drugb"),
    "drug_3": ("drug3", "drugc"),
    "dose_1": ("dose1", "conc1", "concr", "concrow", "doserow", "conca", "dosea"),
    "dose_2": ("dose2", "conc2", "concc", "conccol", "dosecol", "concb", "doseb"),
    "dose_3": ("dose3", "conc3", "dosec"),
    "unit_1": ("unit1", "concrunit", "concrowunit", "concunit1", "doseunit1"),
    "unit_2": ("unit2", "conccunit", "conccolunit", "concunit2", "doseunit2"),
    "unit_3": ("unit3", "concunit3", "doseunit3"),
    "unit": ("unit", "concunit", "doseunit"),
    "plate": ("plate", "plateid"),
    "well": ("well", "wellid"),
    "replicate": ("replicate", "rep"),
    "control": ("control", "welltype"),
}

RESPONSES: dict[str, tuple[ResponseKind | None, Scale | None]] = {
    "viability": ("viability", None),
    "viabilityfraction": ("viability", "fraction"),
    "viabilitypercent": ("viability", "percent"),
    "inhibition": ("inhibition", None),
    "inhibitionfraction": ("inhibition", "fraction"),
    "inhibitionpercent": ("inhibition", "percent"),
    "response": (None, None),
    "signal": ("viability", None),
}
"""What a response column's name says of sign and scale; `response` says neither, `signal` is raw and needs its controls."""


def plain(name: str) -> str:
    """A column's name without what people write differently."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_columns(header: list[str], *, where: str) -> dict[str, str]:
    """Our name to the file's name, for every column that is known.

    Raises:
        TableError: two columns of one meaning, or a column of doses or drugs that is needed and missing.
    """
    found: dict[str, str] = {}
    for name in header:
        meaning = next((ours for ours, theirs in NAMES.items() if plain(name) in theirs), None)
        if meaning is None:
            continue
        if meaning in found:
            raise TableError(f"columns {found[meaning]} and {name} mean the same", where=where, do="keep one of them")
        found[meaning] = name
    missing = [name for name in ("drug_1", "drug_2", "dose_1", "dose_2") if name not in found]
    if missing:
        do = "name columns drug_1, drug_2, dose_1, dose_2 (or as DrugComb and SynergyFinder do); docs/combine.md lists all names"
        raise TableError(f"no column {missing[0]}", where=where, rows=[f"the file has: {', '.join(header[:12])}"], do=do)
    return found


def find_response(header: list[str], *, where: str) -> tuple[str, ResponseKind | None, Scale | None]:
    """The response column, and what its name says of sign and scale.

    Raises:
        TableError: none, or more than one.
    """
    found = [name for name in header if plain(name) in RESPONSES]
    if len(found) != 1:
        what = f"more than one response: {', '.join(found)}" if found else "no column of responses"
        do = "give one of: viability, inhibition (each also with _percent or _fraction), response, signal"
        raise TableError(what, where=where, do=do)
    return (found[0], *RESPONSES[plain(found[0])])
