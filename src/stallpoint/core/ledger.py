"""Every look at the outcome, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LookKind = Literal["average effect", "modifier", "variation", "learner", "description"]


@dataclass(frozen=True)
class Look:
    """One question put to the outcome: what was asked, whether it was pre-specified, what came out.

    `p_adjusted` is corrected for the looks that the methods name; None where no correction was made.
    """

    question: str
    kind: LookKind
    outcome: str
    prespecified: bool
    effect: str
    p_value: float | None
    p_adjusted: float | None = None
