"""The drugs that come with the software, one file each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from stallpoint.core.build_drug import build_drug
from stallpoint.core.drug import Drug
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import nearest_name

NEAR = 0.6
"""How alike a mistyped name must be to a known one to be suggested."""


class UnknownDrugError(DrugError):
    """A drug that no file describes."""


def load_drug(name: str) -> Drug:
    """The drug of this name or other name; upper and lower case count as the same.

    Raises:
        UnknownDrugError: no such drug; names the nearest.
    """
    names = {said: drug for drug in load_drugs() for said in (drug.name, *drug.also)}
    found = next((drug for said, drug in names.items() if said.lower() == name.lower()), None)
    if found is None:
        near = nearest_name(name, names, alike=NEAR)
        do = f"did you mean {near}?" if near else f"choose one of: {', '.join(drug.name for drug in load_drugs())}."
        raise UnknownDrugError(f"no drug called {name!r}", do=f"{do} A drug of your own is one TOML file: give its path.")
    return found


@cache
def load_drugs() -> tuple[Drug, ...]:
    """All drugs by name."""
    folder = files("stallpoint.knowledge").joinpath("data", "drugs")
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")}
    drugs = (build_drug(tomllib.loads(text), where=name) for name, text in texts.items())
    return tuple(sorted(drugs, key=lambda drug: drug.name.lower()))
