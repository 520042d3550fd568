"""Published compartment models with linear rates: what they are made of, as tables with a source on every number.

A model is states, flows between them, parameters and covariates of the parameters. A flow's rate per hour is a parameter, or a
clearance over the volume it leaves. A model of one's own needs no more than these tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.source import EvidenceClass, Tag

OUT = "out"
"""Where a flow ends that leaves the body or is broken down."""

UNITS_PER_MG = {
    ("L", "mg/L"): 1.0,
    ("L", "ug/mL"): 1.0,
    ("L", "ng/mL"): 1e3,
    ("mL", "ug/mL"): 1e3,
    ("mL", "ng/mL"): 1e6,
    ("g", "ug/g"): 1e3,
}
"""(unit of the volume, unit of the concentration) to what 1 mg in 1 such volume is in that unit."""

Form = Literal["power", "exponential", "fraction", "linear"]
"""How a covariate x with reference r and coefficient b multiplies a parameter: (x/r)^b, exp(b(x-r)), 1+bx, 1+b(x-r)."""


@dataclass(frozen=True)
class Parameter:
    """A typical value and how it varies between people, log-normally.

    `between` is a coefficient of variation ("cv") or the standard deviation of the logarithm ("log_sd"); 0 where none was estimated.
    """

    key: str
    value: float
    unit: str
    between: float = 0.0
    between_scale: Literal["cv", "log_sd", ""] = ""
    evidence: EvidenceClass = "assumed"
    tag: Tag = "assumed"
    source: str = "modelling_choice"
    note: str = ""

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm between people."""
        return math.sqrt(math.log1p(self.between**2)) if self.between_scale == "cv" else self.between


@dataclass(frozen=True)
class State:
    """A compartment: what it is (`matrix`), where (`region`), the parameter that is its volume or mass, and the unit it is reported in."""

    key: str
    matrix: str
    region: str
    volume: str
    conc_unit: str


@dataclass(frozen=True)
class Flow:
    """From one state to another or `out`: by the parameter `rate`, or by `clearance` over `volume`."""

    origin: str
    destination: str
    rate: str = ""
    clearance: str = ""
    volume: str = ""


@dataclass(frozen=True)
class CovariateEffect:
    """What a property of a person does to a parameter. Above `ignored_above` the effect is switched off, as its authors did."""

    parameter: str
    covariate: str
    form: Form
    coefficient: float
    reference: float
    ignored_above: float = math.inf
    evidence: EvidenceClass = "assumed"
    tag: Tag = "assumed"
    source: str = "modelling_choice"
    note: str = ""


@dataclass(frozen=True)
class LinearModel:
    """A linear compartment model; made by `linear_model_build.linear_model`.

    `dose_range_mg` is what was studied; `source` is the id of the work it comes from.
    """

    name: str
    species: str
    dose_state: str
    dose_range_mg: tuple[float, float]
    states: tuple[State, ...]
    flows: tuple[Flow, ...]
    parameters: Mapping[str, Parameter]
    effects: tuple[CovariateEffect, ...]
    source: str

    @property
    def covariates(self) -> dict[str, float]:
        """Names of the covariates it needs, with the reference at which its typical values hold."""
        return {effect.covariate: effect.reference for effect in self.effects}

    def place(self, state: str) -> int:
        """Where a state stands among the states.

        Raises:
            StallpointError: there is no such state; the nearest name is given.
        """
        known = [one.key for one in self.states]
        if state not in known:
            raise StallpointError(f"no compartment {state!r}", where=f"model {self.name}", do=ask_nearest(state, known))
        return known.index(state)
