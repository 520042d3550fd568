"""A statement and the right to make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.check import Check, worst_status

Status = Literal["confirmatory", "exploratory", "hypothesis", "cannot tell"]
Basis = Literal["randomised data", "observed data", "literature", "mechanism"]


@dataclass(frozen=True)
class Finding:
    """An answer to one question. Its status follows from how the answer was reached; nobody types it in.

    `decisive` says whether the data exclude the null, after whatever correction `controlled` promises.
    `controlled` says whether the error rate over all looks at the same kind of question was held.
    """

    question: str
    text: str
    basis: Basis
    prespecified: bool
    controlled: bool
    decisive: bool
    effect: str = ""
    checks: tuple[Check, ...] = ()

    @property
    def status(self) -> Status:
        """confirmatory, exploratory, hypothesis or cannot tell."""
        if self.basis in ("literature", "mechanism"):
            return "hypothesis"
        if not self.decisive or worst_status(self.checks) == "failed":
            return "cannot tell"
        if self.basis == "randomised data" and self.prespecified and self.controlled:
            return "confirmatory"
        return "exploratory"
