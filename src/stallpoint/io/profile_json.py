"""A profile as JSON, written and read back whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from math import inf, isinf
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.profile import (
    Conflict,
    Entry,
    MarkerReading,
    PathwayState,
    Profile,
    ReliabilityBin,
    Subtype,
    SubtypeCalibration,
)
from stallpoint.core.variant import RepeatCall, VariantCall

SCHEMA = "stallpoint.profile/1"
_INFINITE = "Infinity"
Part = TypeVar("Part")
_PARTS: dict[str, Callable[..., Any]] = {
    "calls": VariantCall,
    "markers": MarkerReading,
    "pathways": PathwayState,
    "stage": Entry,
    "history": Entry,
    "conflicts": Conflict,
}


def profile_record(profile: Profile) -> dict[str, Any]:
    """The profile as plain values; an interval without an upper end ends at the text Infinity."""
    record: dict[str, Any] = _plain(asdict(profile))
    return {"schema": SCHEMA, **record}


def read_profile(path: Path) -> Profile:
    """A profile that was written before.

    Raises:
        PathError: no such file.
        TableError: not JSON, another schema, or parts that a profile does not have.
    """
    return profile_from_record(read_json_object(path), place=path.name)


def read_json_object(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises:
        PathError: no such file.
        TableError: not JSON, or no object.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="give the path of a profile") from fault
    except ValueError as fault:
        raise TableError(f"is not JSON: {fault}", where=path.name, do="give a profile or a phenopacket") from fault
    if not isinstance(said, dict):
        raise TableError("holds no JSON object", where=path.name, do="give a profile or a phenopacket")
    return said


def profile_from_record(said: dict[str, Any], *, place: str) -> Profile:
    """The profile that a record holds.

    Raises:
        TableError: another schema, or parts that a profile does not have.
    """
    if said.get("schema") != SCHEMA:
        raise TableError(f"is no {SCHEMA}", where=place, do="make it with: stallpoint profile PERSON --out FOLDER")
    record = {key: value for key, value in said.items() if key != "schema"}
    try:
        parts: dict[str, Any] = {
            name: tuple(_checked(build(**each)) for each in record.pop(name, ())) for name, build in _PARTS.items()
        }
        parts["repeats"] = tuple(_repeat(each) for each in record.pop("repeats", ()))
        parts["subtype"] = _subtype(record.pop("subtype", None))
        parts["notices"] = tuple(record.pop("notices", ()))
        _require_tested(parts)
        return Profile(**record, **parts)
    except (TypeError, KeyError, AttributeError, ValueError) as fault:
        raise TableError(f"holds what no profile holds: {fault}", where=place, do="make it again with this version") from fault


def _repeat(each: dict[str, Any]) -> RepeatCall:
    bounds = tuple((float(low), inf if high == _INFINITE else float(high)) for low, high in each["intervals"])
    return _checked(
        RepeatCall(**{**each, "alleles": tuple(each["alleles"]), "intervals": bounds, "meanings": tuple(each["meanings"])})
    )


def _checked(part: Part) -> Part:
    """A part whose words are those that its kind knows: a call of normal, or an answer of one's own, is none."""
    for name, declared in get_type_hints(type(part)).items():
        said = getattr(part, name)
        if get_origin(declared) is Literal and said not in get_args(declared):
            raise ValueError(f"{name} {said!r} of a {type(part).__name__} is not known")
    return part


def _require_tested(parts: dict[str, Any]) -> None:
    """Nothing is normal, absent or present that was not tested, and a subtype is tied to no treatment."""
    for call in (*parts["calls"], *parts["repeats"]):
        if call.usable and call.call != "not tested" and not call.assay:
            raise ValueError(f"a call of {call.gene} is {call.call} and usable without an assay")
    for state in parts["pathways"]:
        if state.answer != "cannot tell" and state.activity is None:
            raise ValueError(f"pathway {state.pathway} is {state.answer} without an activity")
    subtype = parts["subtype"]
    if subtype is not None and subtype.answer not in ("cannot tell", *(name for name, _ in subtype.probabilities)):
        raise ValueError(f"subtype {subtype.answer!r} is none of those that have a probability")


def _subtype(each: dict[str, Any] | None) -> Subtype | None:
    if each is None:
        return None
    told = each.get("calibration")
    calibration = told and SubtypeCalibration(**{**told, "bins": tuple(ReliabilityBin(**one) for one in told["bins"])})
    probabilities = tuple((name, p) for name, p in each["probabilities"])
    return Subtype(**{**each, "probabilities": probabilities, "calibration": calibration})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return _INFINITE if isinstance(value, float) and isinf(value) else value
