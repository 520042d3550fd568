"""A user's own model in the place of the bundled mechanism: which of its names a treatment sets, and which are read as what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.equation_model import EquationModel

Role = Literal["alsfrs_r", "neurons", "nfl", "hazard"]
ROLES: tuple[Role, ...] = ("alsfrs_r", "neurons", "nfl", "hazard")
InputKind = Literal["engagement", "concentration"]


@dataclass(frozen=True)
class DrugInput:
    """What a treatment sets in the model: a share of engagement, 0 to 1, or an unbound concentration at the site.

    `per_umol_l` is how many of the model's unit one umol/L is; 1 for engagement.
    """

    id: str
    kind: InputKind
    per_umol_l: float = 1.0


@dataclass(frozen=True)
class UserMechanism:
    """A model with its mapping. All of it is the user's assumption.

    Attributes:
        name: of the model.
        place: the mapping file, for messages.
        model: the equations.
        days_per_time: how many days a unit of the model's time is.
        start: the model's time when a trial begins.
        drug: what a treatment sets.
        outputs: identifiers by role; `alsfrs_r` is always there.
        between: standard deviation of the logarithm of a constant between people.
        ranges: 95% of what the typical value of a constant may be, log-normal; drawn once for each virtual trial.
    """

    name: str
    place: str
    model: EquationModel
    days_per_time: float
    start: float
    drug: DrugInput
    outputs: Mapping[Role, str]
    between: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
