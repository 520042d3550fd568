"""The times of a phenopacket: ages as ISO 8601 durations, and timestamps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stallpoint.core.months import DAYS_PER_MONTH

_NUMBER = r"(\d+(?:\.\d+)?)"
_DURATION = re.compile(rf"^P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T[\dHMS.]+)?$")
_EMPTY = ("1970-01-01", "0001-01-01")
"""Days that software writes where no date was given."""


def months_of_duration(text: str) -> float | None:
    """The months of `P61Y3M10D`, or None where it is no ISO 8601 duration of years, months, weeks and days."""
    match = _DURATION.match(text.strip())
    if match is None or not any(match.groups()):
        return None
    years, months, weeks, days = (float(part or 0) for part in match.groups())
    return 12 * years + months + (7 * weeks + days) / DAYS_PER_MONTH


def duration_of_months(months: float) -> str:
    """Months as years, months and days, to a millionth of a day: `P61Y3M10.5D`."""
    whole = int(months + 1e-9)
    days = round(max(months - whole, 0.0) * DAYS_PER_MONTH, 6)
    years, rest = divmod(whole, 12)
    return f"P{years}Y" + (f"{rest}M" if rest else "") + (f"{days:.6f}".rstrip("0").rstrip(".") + "D" if days else "")


def months_of_date(text: str) -> float | None:
    """Months since 1970 of a timestamp; None where it is none, or the one that stands for no date."""
    if not text or text.startswith(_EMPTY):
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() / 86400 / DAYS_PER_MONTH


def months_of(element: Mapping[str, Any] | None, birth: float | None) -> tuple[str, float] | None:
    """An age in months as ("age", months), or a date without birth as ("date", months since 1970); None where it says neither."""
    age = _get(element, "age", "iso8601duration")
    if isinstance(age, str) and (months := months_of_duration(age)) is not None:
        return "age", months
    moment = _get(element, "timestamp")
    date = months_of_date(moment) if isinstance(moment, str) else None
    if date is None:
        return None
    return ("date", date) if birth is None else ("age", date - birth)


def _get(said: Any, *keys: str) -> Any:
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said
