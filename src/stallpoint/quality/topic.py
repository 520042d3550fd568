"""What every look at the quality of data hands on."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.core.check import Check


@dataclass(frozen=True)
class Topic:
    """One look at a cohort: `checks` came out in some way; `notes` say how it was looked at, and what could not be judged."""

    checks: tuple[Check, ...]
    notes: tuple[str, ...]
