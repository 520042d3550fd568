"""What a structure says of the barrier, with all that limits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.numbers import format_number
from stallpoint.exposure.structure.domain import DomainVerdict
from stallpoint.exposure.structure.efflux_rule import EffluxAlert
from stallpoint.exposure.structure.read import Structure
from stallpoint.exposure.structure.score import Score

ClassLabel = Literal["BBB+", "BBB-"]

LIMITS = (
    "B3DB's BBB+ means a total brain-to-blood ratio of a tenth or more (logBB of -1), or that a source said so. "
    "Neither that label nor logBB is Kp,uu, the ratio of unbound drug, and neither can be turned into it without the fractions unbound; "
    "neither speaks of the spinal cord. Stereoisomers are not told apart."
)
"""Said wherever a prediction is shown."""


@dataclass(frozen=True)
class Neighbour:
    """A training compound that is like the one asked about. `name` is B3DB's and blank where it is known not to fit."""

    name: str
    smiles: str
    skeleton: str
    similarity: float
    label: ClassLabel
    log_bb: float | None


@dataclass(frozen=True)
class BarrierPrediction:
    """A prediction for one molecule.

    probability: of the label BBB+, calibrated on compounds of scaffolds that the model had not seen. labels: the classes that cannot be
    excluded at `level`, each judged against its own class: one, both, or none where the compound is like neither. log_bb: logarithm to
    base 10 of the total brain-to-blood ratio, with low and high at `level`. known: B3DB's label, `contested`, or `not in B3DB`; where
    there is one, the model that judged had not seen the compound. contested: what speaks against a label. efflux: P-glycoprotein by rule.
    """

    structure: Structure
    probability: float
    labels: tuple[ClassLabel, ...]
    log_bb: tuple[float, float, float]
    level: float
    domain: DomainVerdict
    neighbours: tuple[Neighbour, ...]
    known: str
    contested: tuple[str, ...]
    scores: tuple[Score, ...]
    efflux: EffluxAlert

    @property
    def answer(self) -> Literal["BBB+", "BBB-", "cannot tell"]:
        """The one label that remains, inside of the domain and where no label is contested; else `cannot tell`."""
        if self.contested or not self.domain.inside or len(self.labels) != 1:
            return "cannot tell"
        return self.labels[0]

    @property
    def text(self) -> str:
        """One plain sentence."""
        _, low, high = self.log_bb
        numbers = (
            f"{self.probability:.0%} probability of the label BBB+, logBB {format_number(low, 1)} to {format_number(high, 1)} "
            f"({self.level:.0%} interval)"
        )
        caution = "this is no unbound ratio (Kp,uu), says nothing of the spinal cord, and is a hypothesis until measured"
        return f"{self._verdict} ({numbers}); {caution}."

    @property
    def limits(self) -> str:
        """What the prediction is not."""
        return LIMITS

    @property
    def _verdict(self) -> str:
        if self.contested:
            return f"From its structure it cannot be told whether it passes the barrier, and its label is contested: {self.contested[0]}"
        if not self.domain.inside:
            return f"It is too unlike the training compounds for its structure to tell: {self.domain.reasons[0]}"
        if len(self.labels) == 2:
            return "From its structure it cannot be told whether it passes the barrier"
        if not self.labels:
            return "It agrees with neither class, so its structure cannot tell whether it passes the barrier"
        return f"Its structure is that of compounds labelled {self.labels[0]}"
