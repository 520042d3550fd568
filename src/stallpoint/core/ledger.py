"""Every look at the outcome, counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

LookKind = Literal["average effect", "modifier", "description"]


@dataclass(frozen=True)
class Look:
    """One question put to the outcome: what was asked, whether it was pre-specified, what came out."""

    question: str
    kind: LookKind
    outcome: str
    prespecified: bool
    effect: str
    p_value: float | None
    p_adjusted: float | None = None


def adjust_holm(looks: tuple[Look, ...]) -> tuple[Look, ...]:
    """Holm's step-down p-values over the looks that have a p-value; the others pass unchanged.

    Source: Holm S (1979) A simple sequentially rejective multiple test procedure. Scand J Stat 6:65-70.
    """
    tested = sorted(
        (index for index, look in enumerate(looks) if look.p_value is not None), key=lambda i: looks[i].p_value or 0.0
    )
    adjusted = list(looks)
    running = 0.0
    for rank, index in enumerate(tested):
        running = max(running, min(1.0, (len(tested) - rank) * (looks[index].p_value or 0.0)))
        adjusted[index] = replace(looks[index], p_adjusted=running)
    return tuple(adjusted)
