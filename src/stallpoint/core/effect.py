"""A number with everything a reader needs to believe it or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.check import Check, worst_status
from stallpoint.core.numbers import count_decimals, format_number

Role = Literal["primary", "secondary", "modifier", "announced", "shrunken", "variation", "exploration", "description"]
Scale = Literal["difference", "ratio", "level"]
"""`difference`: null 0. `ratio`: null 1. `level`: a quantity with no null, such as a mean slope."""

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Effect:
    """An estimate with its interval, unit, n, estimand, method, checks and sources.

    `name` is a stable key (`slope_difference`); `label` is what a person reads. `estimand` is a sentence.
    `better` says which direction is good for the patient, so that text can call a difference a benefit or a harm.
    """

    name: str
    label: str
    estimate: float
    low: float
    high: float
    unit: str
    n: int
    estimand: str
    method: str
    role: Role = "secondary"
    scale: Scale = "difference"
    better: Better = "neither"
    level: float = 0.95
    std_error: float | None = None
    p_value: float | None = None
    checks: tuple[Check, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def null(self) -> float | None:
        """The value that means no effect; None where there is none."""
        return {"difference": 0.0, "ratio": 1.0, "level": None}[self.scale]

    @property
    def excludes_null(self) -> bool:
        """Whether the interval leaves out the value of no effect; an interval that is not a number leaves out nothing."""
        return self.null is not None and (self.low > self.null or self.high < self.null)

    @property
    def favours(self) -> Literal["treatment", "control", "neither"]:
        """Which arm the interval speaks for; `neither` when it holds the null or direction has no meaning."""
        if not self.excludes_null or self.better == "neither" or self.null is None:
            return "neither"
        return "treatment" if (self.estimate > self.null) == (self.better == "higher") else "control"

    @property
    def decimals(self) -> int:
        """Decimals to write it with: what the interval supports; two for a ratio, whose low end would else read as 0."""
        return 2 if self.scale == "ratio" else count_decimals(self.low, self.high)

    @property
    def text(self) -> str:
        """One plain sentence, hedged by the checks."""
        unit = f" {self.unit}" if self.unit else ""
        estimate, low, high = (format_number(value, self.decimals) for value in (self.estimate, self.low, self.high))
        said = f"{self.label}: {estimate}{unit} ({self.level:.0%} interval {low} to {high}; n = {self.n})"
        hedge = {"passed": "", "warning": "; read with care, see the checks", "failed": "; not to be believed, a check failed"}
        return said + hedge[worst_status(self.checks)] + "."
