"""A profile, TOML, to what it says of a person."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from stallpoint.core.errors import DrugError, PathError


class ProfileError(DrugError):
    """A profile that cannot be read."""


def read_person(path: Path) -> dict[str, Any]:
    """The table [person] of a profile.

    Raises:
        PathError: no such file.
        ProfileError: not TOML, or without that table.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="give the path of a profile") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ProfileError(f"is not TOML: {fault}", where=str(path), do="mend the line it names") from fault
    person = said.get("person")
    if not isinstance(person, dict) or len(said) != 1:
        raise ProfileError(
            "a profile holds one table, [person]", where=str(path), do='write [person], then sex = "female" and so on'
        )
    return person
