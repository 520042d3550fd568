"""A mapping file, TOML, with the SBML model that it names, to a user's mechanism."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any, cast

from stallpoint.core.equation_model import EquationModel, Unit
from stallpoint.core.errors import StudyFileError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.quantity import QuantityError, read_quantity
from stallpoint.core.user_mechanism import ROLES, DrugInput, InputKind, Role, UserMechanism
from stallpoint.io.sbml.read import read_sbml
from stallpoint.io.study_folder import require_path

KEYS = ("model", "name", "time_unit", "start", "drug", "outputs", "between", "range")
DRUG_KEYS = ("id", "as", "unit")
OUTPUT_KEYS = ("id", "unit")
KINDS = ("engagement", "concentration")
DAY = Unit(86400.0, (("second", 1.0),))
PER_DAY = Unit(1 / 86400.0, (("second", -1.0),))
UMOL_PER_LITRE = Unit(1e-3, (("metre", -3.0), ("mole", 1.0)))
PURE = Unit(1.0, ())
LONGEST_NAME = 120
WIDEST = 3.0
"""A standard deviation of a logarithm beyond this is a mistake: a factor of 400 between people."""


def read_user_mechanism(path: Path) -> UserMechanism:
    """The mechanism that a mapping file describes (docs/own_mechanism.md).

    Raises:
        PathError: no such file, or no such model beside it.
        StudyFileError: not TOML, an unknown or missing key, a name that the model does not have, or a unit that does not fit.
        SbmlError: a model that cannot be read.
    """
    require_path(path)
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise StudyFileError(f"is not TOML: {fault}", where=path.name, do="mend the line it names") from fault
    place = path.name
    _require_known(said, KEYS, place)
    model = read_sbml(_model_path(path, said))
    days = _days_per_time(model, said, place)
    drug = _drug(model, _table(said, "drug", place), place)
    outputs = _outputs(model, _table(said, "outputs", place), days, place)
    return UserMechanism(
        name=_name(_text(said, "name", place) if "name" in said else model.name, place),
        place=place,
        model=model,
        days_per_time=days,
        start=_number(said.get("start", 0.0), 0.0, math.inf, f"{place}, start"),
        drug=drug,
        outputs=outputs,
        between={
            _constant(model, name, drug, f"{place}, [between]"): _number(value, 0.0, WIDEST, f"{place}, [between], {name}")
            for name, value in _table(said, "between", place).items()
        },
        ranges={
            _constant(model, name, drug, f"{place}, [range]"): _range(value, f"{place}, [range], {name}")
            for name, value in _table(said, "range", place).items()
        },
    )


def _name(said: str, place: str) -> str:
    if len(said) > LONGEST_NAME or not said.isprintable():
        raise StudyFileError(
            f"the name of the model is longer than {LONGEST_NAME} characters, or holds what cannot be printed",
            where=place,
            do='write name = "..." with a short one',
        )
    return said


def _model_path(path: Path, said: dict[str, Any]) -> Path:
    """A file in the mapping file's own folder or below it."""
    named = Path(_text(said, "model", path.name))
    if named.is_absolute() or ".." in named.parts:
        raise StudyFileError(f"model is {str(named)!r}", where=path.name, do="put the model beside this file and name it alone")
    return path.parent / named


def _days_per_time(model: EquationModel, said: dict[str, Any], place: str) -> float:
    return _agreed(model.time_unit, said.get("time_unit"), "day", DAY, f"{place}, time_unit", what="the model's time")


def _drug(model: EquationModel, said: dict[str, Any], place: str) -> DrugInput:
    where = f"{place}, [drug]"
    _require_known(said, DRUG_KEYS, where)
    name, kind = _text(said, "id", where), _text(said, "as", where)
    if kind not in KINDS:
        raise StudyFileError(f"as is {kind!r}", where=where, do=f"write one of {', '.join(KINDS)}")
    if name not in {*model.constants} or name in dict(model.at_start):
        raise StudyFileError(f"{name} cannot be set from outside", where=where, do="name a parameter or species without a rule")
    if kind == "concentration":
        size = _agreed(model.units.get(name), said.get("unit"), "umol/L", UMOL_PER_LITRE, where, what=name)
        return DrugInput(name, "concentration", 1 / size)
    _require_pure(model.units.get(name), where, name)
    return DrugInput(name, cast("InputKind", kind))


def _outputs(model: EquationModel, said: dict[str, Any], days: float, place: str) -> dict[Role, str]:
    _require_known(said, ROLES, f"{place}, [outputs]")
    if "alsfrs_r" not in said:
        raise StudyFileError("there is no alsfrs_r", where=f"{place}, [outputs]", do="say which name is ALSFRS-R, 0 to 48")
    outputs: dict[Role, str] = {}
    for role in ROLES:
        if role not in said:
            continue
        where = f"{place}, [outputs.{role}]"
        block = said[role] if isinstance(said[role], dict) else {"id": said[role]}
        _require_known(block, OUTPUT_KEYS, where)
        name = _text(block, "id", where)
        if name not in model.ids:
            raise StudyFileError(f"the model has no {name}", where=where, do=ask_nearest(name, model.ids))
        _check_output(model, role, name, block, days, where)
        outputs[role] = name
    return outputs


def _check_output(model: EquationModel, role: Role, name: str, block: dict[str, Any], days: float, where: str) -> None:
    """ALSFRS-R and neurons are pure numbers; a hazard is per the model's own time; of NfL only ratios are used, in any unit."""
    declared = model.units.get(name)
    if role in ("alsfrs_r", "neurons"):
        _require_pure(declared, where, name)
    if role == "hazard":
        per_time = _agreed(declared, block.get("unit"), "1/day", PER_DAY, where, what=name)
        if not math.isclose(per_time * days, 1.0, rel_tol=1e-6):
            raise StudyFileError(
                f"{name} is not per the model's unit of time", where=where, do="give the hazard per unit of the model's time"
            )


def _agreed(declared: Unit | None, said: object, unit: str, target: Unit, where: str, *, what: str) -> float:
    """How many of a unit one of the model's is: as the model declares, or as the file says; if both, they must agree."""
    own = None
    if declared is not None:
        if declared.powers != target.powers:
            raise StudyFileError(
                f"{what} has another dimension than {unit}", where=where, do="name another quantity, or mend its unit"
            )
        own = declared.factor / target.factor
    if said is None:
        if own is None:
            raise StudyFileError(f"the unit of {what} is not declared", where=where, do=f'say it, such as "{unit}"')
        return own
    try:
        told = read_quantity(f"1 {said}", unit, where=where)
    except QuantityError as fault:
        raise StudyFileError(fault.what, where=where, do=f'write a unit such as "{unit}"') from fault
    if own is not None and not math.isclose(own, told, rel_tol=1e-6):
        raise StudyFileError(
            f"the model declares another unit of {what}", where=where, do="take the unit out here, or mend the model"
        )
    return told


def _require_pure(declared: Unit | None, where: str, name: str) -> None:
    if declared is not None and declared != PURE:
        raise StudyFileError(
            f"{name} has a unit, and must be a pure number", where=where, do="name another quantity, or divide it"
        )


def _constant(model: EquationModel, name: str, drug: DrugInput, where: str) -> str:
    if name not in model.constants or name in dict(model.at_start) or name == drug.id:
        raise StudyFileError(f"{name} is no constant that may differ", where=where, do=ask_nearest(name, tuple(model.constants)))
    if model.constants[name] <= 0:
        raise StudyFileError(f"{name} is not above 0, so it has no logarithm", where=where, do="leave it out")
    return name


def _range(said: object, where: str) -> tuple[float, float]:
    if not isinstance(said, list) or len(said) != 2:
        raise StudyFileError("is no range", where=where, do="write [low, high]")
    low, high = (_number(each, 0.0, math.inf, where) for each in said)
    if not 0 < low < high:
        raise StudyFileError(
            f"{low:g} to {high:g} is no range of a positive number", where=where, do="write [low, high], above 0"
        )
    return low, high


def _number(said: object, least: float, most: float, where: str) -> float:
    good = isinstance(said, int | float) and not isinstance(said, bool) and math.isfinite(said) and least <= said <= most
    if not good:
        raise StudyFileError(f"{said!r} is not a number from {least:g} to {most:g}", where=where, do="mend it")
    return float(cast("float", said))


def _text(said: dict[str, Any], key: str, where: str) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not value:
        raise StudyFileError(f"{key} is missing or no text", where=where, do=f'write {key} = "..."')
    return value


def _table(said: dict[str, Any], key: str, place: str) -> dict[str, Any]:
    value = said.get(key, {} if key in ("between", "range") else None)
    if not isinstance(value, dict):
        raise StudyFileError(f"there is no [{key}]", where=place, do="see docs/own_mechanism.md")
    return value


def _require_known(said: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in said:
        if key not in known:
            raise StudyFileError(f"unknown key {key}", where=where, do=ask_nearest(key, known))
