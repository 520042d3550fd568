"""The known name that a mistyped one most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

ALIKE = 0.8


def nearest_name(name: str, known: Iterable[str], *, alike: float = ALIKE) -> str | None:
    """The most similar known name, or None when none is alike. Upper and lower case count as the same."""
    scored = [(SequenceMatcher(None, name.lower(), other.lower()).ratio(), other) for other in known]
    ratio, nearest = max(scored, default=(0.0, ""))
    return nearest if ratio >= alike else None


def ask_nearest(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name: `did you mean onset_months?`, or the names there are."""
    names = sorted(known)
    longer = [other for other in names if name and other.lower().startswith(name.lower())]
    nearest = longer[0] if longer else nearest_name(name, names, alike=0.6)
    if nearest:
        return f"did you mean {nearest}?"
    return f"choose one of: {', '.join(names)}" if names else "there is nothing to choose from"


def nearest_names(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """The most similar known names, the nearest first; those that hold the name come before those that merely resemble it."""
    by_lower = {other.lower(): other for other in sorted(known, reverse=True)}
    holding = sorted((other for other in by_lower if name and name.lower() in other), key=len)
    alike = get_close_matches(name.lower(), by_lower, n=most, cutoff=0.5)
    return [by_lower[other] for other in dict.fromkeys([*holding, *alike])][:most]
