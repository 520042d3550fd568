"""A number that a model rests on, with where it comes from; and every name such a number can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.source import EvidenceClass, Tag

Link = Literal["taken", "absorbed", "delivered", "engaged", "relevant", "timely", "visible"]
"""The links of the chain from dose to life, in their order."""

LINKS: tuple[Link, ...] = ("taken", "absorbed", "delivered", "engaged", "relevant", "timely", "visible")


@dataclass(frozen=True)
class Parameter:
    """One number about a drug.

    `value`, `low` and `high` are in `unit`. `low` to `high` is how well the typical value is known (an interval or the range over
    sources); `between_cv` and `within_cv` are how far people, and occasions of one person, lie apart: coefficients of variation
    as fractions. `tag` says how the number was obtained and is never upgraded; `source` is the id of a `Source`.
    """

    name: str
    value: float
    unit: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    low: float | None = None
    high: float | None = None
    between_cv: float | None = None
    within_cv: float | None = None
    species: str = ""
    note: str = ""


@dataclass(frozen=True)
class ParameterKind:
    """What a name stands for: its unit, the link of the chain that needs it, and the values it can have at all."""

    unit: str
    link: Link
    label: str
    least: float = 0.0
    most: float = float("inf")


PARAMETER_KINDS: dict[str, ParameterKind] = {
    "bioavailability": ParameterKind("fraction", "absorbed", "share of an oral dose that reaches the circulation", most=1),
    "absorption_rate": ParameterKind("1/h", "absorbed", "rate of absorption"),
    "absorption_lag": ParameterKind("h", "absorbed", "delay before absorption begins"),
    "clearance": ParameterKind("L/h", "absorbed", "clearance from plasma"),
    "apparent_clearance": ParameterKind("L/h", "absorbed", "clearance divided by bioavailability"),
    "central_volume": ParameterKind("L", "absorbed", "volume of distribution, or of the central compartment"),
    "apparent_volume": ParameterKind("L", "absorbed", "volume of distribution divided by bioavailability"),
    "peripheral_volume": ParameterKind("L", "absorbed", "volume of the peripheral compartment"),
    "intercompartmental_clearance": ParameterKind("L/h", "absorbed", "flow between central and peripheral compartment"),
    "second_peripheral_volume": ParameterKind("L", "absorbed", "volume of the second peripheral compartment"),
    "second_intercompartmental_clearance": ParameterKind("L/h", "absorbed", "flow to the second peripheral compartment"),
    "half_life": ParameterKind("h", "absorbed", "terminal half-life in plasma"),
    "time_of_peak": ParameterKind("h", "absorbed", "time from a dose to its peak in plasma"),
    "peak_concentration": ParameterKind("mg/L", "absorbed", "peak in plasma at the usual dose"),
    "average_concentration": ParameterKind("mg/L", "absorbed", "average in plasma at the usual dose"),
    "fraction_unbound_plasma": ParameterKind("fraction", "absorbed", "share of plasma drug that is unbound", most=1),
    "brain_plasma_ratio": ParameterKind("ratio", "delivered", "total brain to total plasma, Kp"),
    "brain_plasma_ratio_without_pgp": ParameterKind("ratio", "delivered", "Kp in animals without P-glycoprotein"),
    "fraction_unbound_brain": ParameterKind("fraction", "delivered", "share of brain drug that is unbound", most=1),
    "unbound_brain_plasma_ratio": ParameterKind("ratio", "delivered", "unbound brain to unbound plasma, Kp,uu"),
    "csf_plasma_ratio": ParameterKind("ratio", "delivered", "total CSF to total plasma"),
    "csf_half_life": ParameterKind("h", "delivered", "apparent half-life in CSF"),
    "efflux_index_pgp": ParameterKind("ratio", "delivered", "P-gp efflux over passive permeability, at the healthy level"),
    "efflux_index_bcrp": ParameterKind("ratio", "delivered", "BCRP efflux over passive permeability, at the healthy level"),
    "potency": ParameterKind("umol/L", "engaged", "unbound concentration of half effect, EC50 or IC50"),
    "hill": ParameterKind("ratio", "engaged", "Hill exponent"),
    "dose_of_half_effect": ParameterKind("mg/day", "engaged", "daily dose of half the largest effect in people"),
    "largest_log_hazard_ratio": ParameterKind("ratio", "engaged", "log hazard ratio at a very high dose", least=float("-inf")),
}
"""Every name a drug file may use. Flows and volumes are those of a person of 70 kg unless the note says otherwise."""
