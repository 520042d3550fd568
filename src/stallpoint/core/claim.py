"""One typed statement of evidence, with its number, its source and the day from which it was known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.parameter import Link
from stallpoint.core.source import DIRECTIONS, Direction, EvidenceClass, Tag

ClaimKind = Literal["mechanism", "exposure", "engagement", "marker", "function", "survival", "modifier"]
Design = Literal["randomised", "human observational", "post-mortem", "animal", "in vitro", "assumed"]
DESIGNS: tuple[Design, ...] = ("randomised", "human observational", "post-mortem", "animal", "in vitro", "assumed")
"""Classes of evidence, the strongest for an effect in people first."""

Standing = Literal["primary", "secondary", "post hoc", "uncontrolled"]
"""What the question was in its study: the one it was made for, another planned one, one asked afterwards, or one without controls."""

Role = Literal["prognostic", "predictive", "downstream", "exposure"]
"""What a marker or modifier is said to do: foretell the course, change the effect, follow the disease, change the level of the drug.
A prognostic one says nothing of an effect, and a downstream marker that falls is not benefit."""

ClaimScale = Literal["difference", "ratio", "hazard ratio", "rate ratio", "odds ratio", "share", "level", "rank"]
_NULLS = {"difference": 0.0, "ratio": 1.0, "hazard ratio": 1.0, "rate ratio": 1.0, "odds ratio": 1.0}
HUMAN: tuple[Design, ...] = ("randomised", "human observational", "post-mortem")


@dataclass(frozen=True)
class Claim:
    """A statement that one source makes.

    `direction` is what it says of the claim that the treatment passes `link`; where `link` is None it speaks of the whole chain: that the
    treatment helps. `text` holds every number that is said of it. `value`, `low` and `high` are in `unit` (95% interval where there is
    one), `control` is the same quantity in controls: for a difference of function, what they lost. `known_from` is a year, month or day.
    `tag` is never upgraded; `check` says what public sources showed when they were asked.
    """

    id: str
    kind: ClaimKind
    direction: Direction
    text: str
    design: Design
    tag: Tag
    source: str
    link: Link | None = None
    treatments: tuple[str, ...] = ()
    trial: str = ""
    mechanism: str = ""
    modifier: str = ""
    role: Role | None = None
    population: str = ""
    standing: Standing | None = None
    measure: str = ""
    scale: ClaimScale | None = None
    better: Literal["higher", "lower"] | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    control: float | None = None
    p: float | None = None
    n: int | None = None
    known_from: str = ""
    check: str = ""

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every structured number of the row."""
        held = (self.value, self.low, self.high, self.control, self.p, self.n)
        return tuple(float(each) for each in held if each is not None)

    @property
    def shows_no_gain(self) -> bool:
        """Whether a result on function or survival has an interval that holds no effect, or lies on the side of harm."""
        null = _NULLS.get(self.scale or "")
        if null is None or self.low is None or self.high is None or self.kind not in ("function", "survival"):
            return False
        return self.low <= null if self.better == "higher" else self.high >= null if self.better == "lower" else False

    @property
    def human(self) -> bool:
        """Whether it was seen in people."""
        return self.design in HUMAN

    @property
    def evidence(self) -> EvidenceClass:
        """The coarser class that transmissions carry."""
        if self.human:
            return "human"
        return "animal" if self.design == "animal" else "in vitro" if self.design == "in vitro" else "assumed"


def contrary_first(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """What refutes before what is null before what supports; within each the stronger design first."""
    return tuple(sorted(claims, key=lambda claim: (DIRECTIONS.index(claim.direction), DESIGNS.index(claim.design), claim.id)))
