"""Virtual trials in people with molecular states beside the same trials in everybody: what speaks against, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.knowledge.molecular_states import (
    SHIFTED,
    MolecularState,
    StateClaim,
    load_molecular_states,
    load_state_claims,
)
from stallpoint.mechanism.predict import Prediction, Probability

Floats = npt.NDArray[np.float64]

HYPOTHESIS = (
    "What a molecular state says of the pathway that drives the disease is a hypothesis, so wide that it may say nothing. No treatment is "
    "tied to a state or a subtype.",
    "A difference beside trials without that hypothesis was put in by the supposed factors, not found: it is no reason to give a drug to "
    "anybody.",
    "A state that was not measured changes nothing. One that is absent moves weights the other way, by as much as the share of people who "
    "have it allows.",
    "No result in the trial record is of people chosen by a state, so the record cannot narrow what a state means.",
)


@dataclass(frozen=True)
class Mean:
    """A mean over virtual trials with its Monte Carlo standard error, None where there is one trial, and 95% of the trials."""

    value: float
    std_error: float | None
    low: float
    high: float


@dataclass(frozen=True)
class WithStates:
    """What molecular states were asked for, what speaks against and for each, and the same trials without them.

    Attributes:
        shares: of the people who have each state; 1 is present, 0 absent.
        claims: what is said of these states, what speaks against them first.
        everybody: claims of the trials without states.
        spared: true share of the loss of neurons that treatment spares, in these people, in everybody, and the difference by trial.
    """

    shares: Mapping[str, float]
    claims: tuple[StateClaim, ...]
    everybody: Mapping[str, Probability]
    spared: tuple[Mean, Mean, Mean]

    @property
    def states(self) -> tuple[MolecularState, ...]:
        """The states that were asked for."""
        return tuple(load_molecular_states()[name] for name in self.shares)

    @property
    def text(self) -> str:
        """The people in a few words."""
        return " and ".join(_say(name, share) for name, share in self.shares.items())

    @property
    def limits(self) -> tuple[str, ...]:
        """What must be read with it."""
        told = list(HYPOTHESIS)
        late = [state.name for state in self.states if state.when == "after death"]
        if late:
            told.append(f"Known after death only, so no trial can choose people by it: {', '.join(late)}.")
        twice = _shifted_twice(self.states)
        if twice:
            told.append(
                f"States that shift the same are taken to speak independently, which makes too much of {', '.join(twice)}."
            )
        return tuple(told)


def put_beside(
    shares: Mapping[str, float], here: Prediction, everybody: Prediction, claims: Mapping[str, Probability]
) -> WithStates:
    """Trials in people with states beside those in everybody.

    Args:
        shares: of the people who have each state.
        here: trials in these people.
        everybody: as many trials in the same order without states.
        claims: of the trials in everybody.
    """
    spared = [each.trials["true_slowing"].to_numpy() for each in (here, everybody)]
    return WithStates(
        shares=dict(shares),
        claims=tuple(each for each in load_state_claims() if each.state in shares),
        everybody=dict(claims),
        spared=(_mean(spared[0]), _mean(spared[1]), _mean(spared[0] - spared[1])),
    )


def _mean(values: Floats) -> Mean:
    low, high = np.quantile(values, [0.025, 0.975])
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None
    return Mean(float(values.mean()), error, float(low), float(high))


def _say(name: str, share: float) -> str:
    if share in (0, 1):
        return f"{name} {'present' if share else 'absent'}"
    return f"{name} in {share:.0%}"


def _shifted_twice(states: tuple[MolecularState, ...]) -> list[str]:
    """What is shifted by states of more than one question."""
    by_question: dict[str, set[str]] = {}
    for state in states:
        shifted = {name for name, factor in zip(SHIFTED, state.factors, strict=True) if factor is not None}
        by_question.setdefault(state.question, set()).update(shifted)
    return [name for name in SHIFTED if sum(name in each for each in by_question.values()) > 1]
