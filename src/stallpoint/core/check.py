"""What was verified about data or a fit, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckStatus = Literal["passed", "warning", "failed"]


@dataclass(frozen=True)
class Check:
    """One verification.

    `failed` means that what depends on it must not be believed; `warning`, that it must be read with care.
    `count` is the number of rows, patients or nodes the text speaks of, where there is one; `figures` are the other numbers that it says.
    """

    name: str
    status: CheckStatus
    text: str
    count: int | None = None
    figures: tuple[float, ...] = ()


def worst_status(checks: tuple[Check, ...]) -> CheckStatus:
    """The gravest status among checks; `passed` when there are none."""
    statuses = {check.status for check in checks}
    if "failed" in statuses:
        return "failed"
    return "warning" if "warning" in statuses else "passed"
