"""The person a question is asked for: what changes how a drug is handled. Nothing that is not said is taken as normal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from stallpoint.core.drug import CovariateRatio, Drug
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest


class PersonError(DrugError):
    """A description of a person that cannot be understood."""


LEVELS = {
    "sex": ("female", "male"),
    "smoker": ("true", "false"),
    "child_pugh": ("none", "A", "B"),
    "ancestry": ("Japanese", "other"),
    "meal": ("fasted", "high fat"),
    "genotype": ("SOD1", "C9orf72", "FUS", "TARDBP", "sporadic"),
}


@dataclass(frozen=True)
class Person:
    """Words of `LEVELS`; None is not known."""

    sex: str | None = None
    smoker: str | None = None
    child_pugh: str | None = None
    ancestry: str | None = None
    meal: str | None = None
    genotype: str | None = None


def build_person(said: Mapping[str, Any], *, where: str) -> Person:
    """A checked Person from the table [person] of a profile.

    Raises:
        PersonError: an unknown key, or a value that is not one of its words.
    """
    known = [field.name for field in fields(Person)]
    for key, value in said.items():
        if key not in known:
            raise PersonError(f"unknown key {key} in [person]", where=where, do=ask_nearest(key, known))
        if _word(value) not in LEVELS[key]:
            raise PersonError(f"{key} {value!r} is not known", where=where, do=f"write one of: {', '.join(LEVELS[key])}")
    return Person(**{key: _word(value) for key, value in said.items()})


def _word(value: object) -> str:
    """TOML writes true and false without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def matching_ratios(drug: Drug, person: Person, parameter: str) -> tuple[CovariateRatio, ...]:
    """What multiplies a parameter of a drug in this person. A covariate that is not known has no say: the typical value stands."""
    return tuple(
        ratio for ratio in drug.covariates if ratio.parameter == parameter and getattr(person, ratio.column, None) == ratio.level
    )


def unknown_covariates(drug: Drug, person: Person) -> tuple[str, ...]:
    """Columns that matter for the drug and are not known of the person."""
    asked = dict.fromkeys(ratio.column for ratio in drug.covariates)
    return tuple(column for column in asked if getattr(person, column, None) is None)
