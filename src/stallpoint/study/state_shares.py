"""Molecular states as a user writes them: NAME, NAME=absent, or NAME=0.3 for a share of the people."""

from __future__ import annotations

from collections.abc import Sequence

from stallpoint.core.errors import DrugError

WORDS = {"": 1.0, "present": 1.0, "absent": 0.0}


def read_state_shares(said: Sequence[str]) -> dict[str, float]:
    """Shares of the people who have each state.

    Raises:
        DrugError: a state named twice, or a share that is no number.
    """
    shares: dict[str, float] = {}
    for each in said:
        name, _, share = (part.strip() for part in each.partition("="))
        if name in shares:
            raise DrugError(f"the molecular state {name!r} is named twice", do="name it once")
        shares[name] = WORDS[share.lower()] if share.lower() in WORDS else _number(share, name)
    return shares


def _number(said: str, name: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise DrugError(f"{said!r} is no share", where=name, do="give present, absent or a share from 0 to 1") from None
