"""A linear model of one's own from one TOML file.

```toml
name = "my oligonucleotide"
species = "human"
dose_state = "csf"
dose_range_mg = [10, 100]        # what was studied; doses ten times outside it are asked back

[parameters.cl_csf]
value = 0.02
unit = "L/h"
between = 0.3                    # of the typical value, between people; left out where unknown
between_scale = "cv"             # or log_sd
evidence = "human"               # without evidence, tag and source a number counts as assumed
tag = "seen"
source = "yamamoto2023"

[states.csf]
matrix = "CSF"                   # plasma and body count as outside the nervous system
volume = "v_csf"
conc_unit = "ng/mL"

[[flows]]
origin = "csf"
destination = "out"              # or another state
clearance = "cl_csf"             # over `volume`, or `rate` alone
volume = "v_csf"

[[covariates]]
parameter = "cl_csf"
covariate = "age_years"
form = "exponential"             # power, exponential, fraction, linear
coefficient = -0.0055
reference = 49
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any, get_args

from stallpoint.core.errors import PathError, StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.linear_model import CovariateEffect, Flow, LinearModel, Parameter, State
from stallpoint.knowledge.linear_model_build import linear_model
from stallpoint.knowledge.sources import load_sources

_TOP = ("name", "species", "dose_state", "dose_range_mg", "parameters", "states", "flows", "covariates")
_NEEDED = ("name", "species", "dose_state", "dose_range_mg", "parameters", "states", "flows")
_NUMBERS = ("value", "between", "coefficient", "reference", "ignored_above")


def read_linear_model(path: str | Path) -> LinearModel:
    """Read a model and check it.

    Raises:
        PathError: there is no such file.
        StallpointError: not TOML, a key that is unknown or missing, a value of the wrong kind, or parts that don't fit together.
    """
    place = Path(path)
    try:
        given = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise PathError(f"cannot read {place}", do="give the path of a TOML file") from fault
    except tomllib.TOMLDecodeError as fault:
        raise StallpointError(f"not TOML: {fault}", where=str(place), do="correct the line that is named") from fault
    _require_keys(given, _TOP, _NEEDED, str(place))
    parts = {key: _as_list(given.get(key, []), key, str(place)) for key in ("parameters", "states", "flows", "covariates")}
    return linear_model(
        str(given["name"]),
        species=str(given["species"]),
        dose_state=str(given["dose_state"]),
        dose_range_mg=_pair(given["dose_range_mg"], str(place)),
        parameters=[_build(Parameter, one, f"{place}, parameters") for one in parts["parameters"]],
        states=[_build(State, {"region": "", **one}, f"{place}, states") for one in parts["states"]],
        flows=[_build(Flow, one, f"{place}, flows") for one in parts["flows"]],
        effects=[_build(CovariateEffect, one, f"{place}, covariates") for one in parts["covariates"]],
    )


def _as_list(table: Any, name: str, place: str) -> list[dict[str, Any]]:
    """`[name.key]` tables with their key, or `[[name]]` as they come."""
    rows = [{"key": key, **one} for key, one in table.items() if isinstance(one, dict)] if isinstance(table, dict) else table
    if not (isinstance(rows, list) and all(isinstance(one, dict) for one in rows) and len(rows) == len(table)):
        raise StallpointError(f"{name} is not made of tables", where=place, do=f"write [{name}.KEY] or [[{name}]]")
    return rows


def _build(kind: Any, row: Mapping[str, Any], place: str) -> Any:
    known = [one.name for one in fields(kind)]
    needed = [one.name for one in fields(kind) if one.default is MISSING]
    _require_keys(row, known, needed, place)
    for key, value in row.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number != (key in _NUMBERS) or not (number or isinstance(value, str)):
            raise StallpointError(f"{key} is {value!r}", where=place, do=f"give {'a number' if key in _NUMBERS else 'text'}")
    for key, allowed in (("evidence", get_args(EvidenceClass)), ("tag", get_args(Tag)), ("source", _known_sources())):
        if key in row and row[key] not in allowed:
            raise StallpointError(f"no {key} {row[key]!r}", where=place, do=ask_nearest(str(row[key]), allowed))
    return kind(**{key: float(value) if key in _NUMBERS else value for key, value in row.items()})


@cache
def _known_sources() -> tuple[str, ...]:
    return tuple(load_sources())


def _require_keys(
    row: Mapping[str, Any], known: tuple[str, ...] | list[str], needed: tuple[str, ...] | list[str], place: str
) -> None:
    for key in row:
        if key not in known:
            raise StallpointError(f"the key {key!r} is not known", where=place, do=ask_nearest(key, known))
    missing = [key for key in needed if key not in row]
    if missing:
        raise StallpointError(f"no {' and no '.join(missing)}", where=place, do=f"add {', '.join(missing)}")


def _pair(value: Any, place: str) -> tuple[float, float]:
    try:
        low, high = (float(one) for one in value)
    except (TypeError, ValueError) as fault:
        raise StallpointError(f"dose_range_mg is {value!r}", where=place, do="give two numbers, as in [10, 100]") from fault
    return low, high
