"""Since when a thing was known: a year, a month or a day, and whether that lies before a day that is asked for."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from stallpoint.core.errors import StallpointError

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def last_day(text: str) -> date:
    """The last day that a year, month or day can mean: a result of 2022 counts as known from the end of 2022.

    Raises:
        StallpointError: no such date.
    """
    match = _SHAPE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = int(match[1]), int(match[2] or 12), match[3]
        return date(year, month, int(day) if day else monthrange(year, month)[1])
    except ValueError:
        raise StallpointError(f"{text!r} is no date", where="date", do="write 2022, 2022-09 or 2022-09-30") from None


def was_known(known_from: str, as_of: date) -> bool:
    """Whether something known from `known_from` was known on a day; what has no date was not."""
    return bool(known_from) and last_day(known_from) <= as_of
