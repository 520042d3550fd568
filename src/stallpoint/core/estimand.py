"""What exactly is estimated: the five attributes of ICH E9(R1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from stallpoint.core.errors import EstimandError

DeathStrategy = Literal["joint", "composite"]
"""`joint`: function as it would go on, modelled together with death. `composite`: death ranks below any score (CAFS)."""

StoppingStrategy = Literal["treatment policy", "while on treatment"]
"""`treatment policy`: stopping changes nothing. `while on treatment`: what follows the last dose does not count."""

Endpoint = Literal["alsfrs_r"]

SUMMARIES: dict[DeathStrategy, str] = {
    "joint": "difference in mean slope, points per month",
    "composite": "win odds of the combined assessment of function and survival",
}


@dataclass(frozen=True)
class Estimand:
    """The question of a trial. Treatment, population, variable, intercurrent events, summary.

    Death and stopping have no default: what they mean is the trial's choice, never the software's.
    `survival_events` are the events that count as death or its equivalent.

    Source: ICH E9(R1) addendum on estimands and sensitivity analysis in clinical trials (2019).
    """

    treatment: str
    control: str
    population: str
    endpoint: Endpoint
    horizon_months: float
    death: DeathStrategy
    stopping: StoppingStrategy
    survival_events: tuple[str, ...] = ("death", "tracheostomy")

    def __post_init__(self) -> None:
        _require_one_of("endpoint", self.endpoint, get_args(Endpoint))
        _require_one_of("death", self.death, get_args(DeathStrategy))
        _require_one_of("stopping", self.stopping, get_args(StoppingStrategy))
        if not self.horizon_months > 0:
            raise EstimandError(f"horizon_months is {self.horizon_months}", where="estimand", do="give a horizon above 0")

    @property
    def summary(self) -> str:
        """The population-level summary that the primary effect is expressed in."""
        return SUMMARIES[self.death]

    @property
    def text(self) -> str:
        """All five attributes in one sentence."""
        return (
            f"In {self.population}, {self.treatment} against {self.control} on {self.endpoint} over "
            f"{self.horizon_months:g} months, as {self.summary}; death: {self.death}; stopping treatment: {self.stopping}."
        )


def _require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise EstimandError(f"{name} is {value!r}", where="estimand", do=f"choose one of: {', '.join(allowed)}")
