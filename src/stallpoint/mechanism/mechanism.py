"""What a virtual trial asks of a mechanism: people, what a treatment sets in them, and their courses. The bundled one, or a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.follow import Courses, follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.treatment import Supposed, Treatment, act_on
from stallpoint.mechanism.virtual_people import Entry, draw_people

Flags = npt.NDArray[np.bool_]


class Mechanism(Protocol):
    """People and actions are the mechanism's own; whoever asks only hands them back. Arrays are over n people."""

    def draw(self, n: int, *, rng: np.random.Generator, entry: Entry | None) -> Any:
        """Draw n people who may enter; they have `n` and `take`."""

    def act(
        self,
        people: Any,
        treatment: Treatment,
        supposed: Supposed,
        rng: np.random.Generator,
        *,
        treated: Flags | None = None,
        start_days: float = 0.0,
        stop_days: float = np.inf,
    ) -> Any:
        """What the treatment is in each of them; who is not treated gets no dose."""

    def follow(self, people: Any, actions: tuple[Any, ...], *, weeks: int) -> Courses:
        """Weekly reports; what the mechanism does not speak of is not a number, and without a hazard nobody dies."""


@dataclass(frozen=True)
class BundledMechanism:
    """The mechanism that comes with the software."""

    known: Mapping[str, MechanismParameter]

    def draw(self, n: int, *, rng: np.random.Generator, entry: Entry | None) -> People:
        """See `draw_people`."""
        return draw_people(n, rng=rng, world=self.known, entry=entry)

    def act(
        self,
        people: People,
        treatment: Treatment,
        supposed: Supposed,
        rng: np.random.Generator,
        *,
        treated: Flags | None = None,
        start_days: float = 0.0,
        stop_days: float = np.inf,
    ) -> Any:
        """See `act_on`."""
        return act_on(people, treatment, supposed, self.known, rng, treated=treated, start_days=start_days, stop_days=stop_days)

    def follow(self, people: People, actions: tuple[Any, ...], *, weeks: int) -> Courses:
        """See `follow_people`."""
        return follow_people(people, actions, weeks=weeks)
