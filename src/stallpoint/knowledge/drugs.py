"""The drugs that come with the software, one file each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from stallpoint.core.build_drug import build_drug
from stallpoint.core.drug import Drug
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest


class UnknownDrugError(DrugError):
    """A drug that no file describes."""


def load_drug(name: str) -> Drug:
    """The drug of this name or other name; upper and lower case count as the same.

    Raises:
        UnknownDrugError: no such drug; names the nearest.
    """
    names = {said.lower(): drug for drug in load_drugs() for said in (drug.name, *drug.also)}
    if name.lower() not in names:
        do = ask_nearest(name, names) + " A drug of your own is one TOML file: give its path."
        raise UnknownDrugError(f"no drug called {name}", do=do)
    return names[name.lower()]


@cache
def load_drugs() -> tuple[Drug, ...]:
    """All drugs by name."""
    folder = files("stallpoint.knowledge").joinpath("data", "drugs")
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")}
    drugs = (build_drug(tomllib.loads(text), where=name) for name, text in texts.items())
    return tuple(sorted(drugs, key=lambda drug: drug.name.lower()))
