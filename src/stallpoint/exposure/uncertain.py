"""A number that is not known exactly, as a distribution over what it might be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from stallpoint.core.parameter import PARAMETER_KINDS, Parameter
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.uncertainty import load_uncertainty

Array = npt.NDArray[np.float64]
TWO_SIDED = float(ndtri(0.975))


@dataclass(frozen=True)
class Uncertain:
    """A positive quantity: log-normal with a median and a 95% range, or log-uniform over a range where nothing is known.

    `most` cuts what cannot be (a fraction above 1). `ground` says in words what the spread rests on.
    """

    name: str
    label: str
    median: float
    low: float
    high: float
    unit: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    ground: str
    shape: Literal["log-normal", "log-uniform"] = "log-normal"
    most: float = math.inf

    def quantile(self, share: Array) -> Array:
        """Values at shares (0 to 1) of the distribution, any shape."""
        if self.low == self.high:
            return np.full_like(share, self.median)
        if self.shape == "log-uniform":
            return self.low * (self.high / self.low) ** share
        sd = math.log(self.high / self.low) / (2 * TWO_SIDED)
        return np.minimum(self.median * np.exp(sd * ndtri(share)), self.most)


def spread_parameter(parameter: Parameter) -> Uncertain:
    """How a parameter's typical value may be off: by its own range, else by the class of its evidence.

    Only the width of the range is used where it does not lie evenly about the value. The sign of a negative value is kept by the caller:
    spread is of the size.
    """
    size = abs(parameter.value)
    fold, ground = _fold(parameter)
    kind = PARAMETER_KINDS[parameter.name]
    return Uncertain(
        name=parameter.name,
        label=kind.label,
        median=size,
        low=size / fold,
        high=size * fold,
        unit=parameter.unit,
        evidence=parameter.evidence,
        tag=parameter.tag,
        source=parameter.source,
        ground=ground,
        most=kind.most,
    )


def unknown_between(name: str, low: float, high: float, *, label: str, unit: str, ground: str) -> Uncertain:
    """A quantity of which nothing is known but bounds: a widened interval, openly assumed."""
    middle = math.sqrt(low * high)
    return Uncertain(name, label, middle, low, high, unit, "assumed", "assumed", "modelling_choice", ground, "log-uniform", high)


def _fold(parameter: Parameter) -> tuple[float, str]:
    """The factor either way that holds 95%, and what it rests on."""
    if parameter.low is not None and parameter.high is not None and abs(parameter.low) > 0 and parameter.low != parameter.high:
        ends = sorted((abs(parameter.low), abs(parameter.high)))
        return math.sqrt(ends[1] / ends[0]), "range given by its source"
    known = load_uncertainty()
    fold = known[
        {"measured here": "fold_human", "human": "fold_human", "animal": "fold_animal", "in vitro": "fold_in_vitro"}.get(
            parameter.evidence, "fold_assumed"
        )
    ]
    ground = f"no range given: {fold:g}-fold either way is assumed for {parameter.evidence} evidence"
    if parameter.tag == "recalled":
        return fold * known["fold_recalled"], f"{ground}, and {known['fold_recalled']:g}-fold more as the number is recalled"
    return fold, ground
