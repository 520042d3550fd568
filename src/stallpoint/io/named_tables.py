"""The tables of a source that goes by file names: person.csv, DM.xpt, in any case and any folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from stallpoint.core.errors import TableError
from stallpoint.io.source_files import SourceFiles


def find_named(files: SourceFiles, names: Iterable[str], *, endings: tuple[str, ...]) -> dict[str, Path]:
    """The file of each named table that is there.

    Raises:
        TableError: two files for one table.
    """
    wanted = set(names)
    found: dict[str, Path] = {}
    for place, path in sorted(files.files.items()):
        stem, ending = PurePosixPath(place).stem.lower(), path.suffix.lower()
        if stem not in wanted or ending not in endings:
            continue
        if stem in found:
            raise TableError(
                f"more than one file for {stem}", where=files.place, do=f"keep one of {found[stem].name} and {place}"
            )
        found[stem] = path
    return found


def say_unused(files: SourceFiles, used: Iterable[Path]) -> tuple[str, ...]:
    """A note that names the files that were not read."""
    taken = set(used)
    left = sorted(place for place, path in files.files.items() if path not in taken)
    return (f"files not read: {', '.join(left)}",) if left else ()


def require_named(found: Iterable[str], needed: str, files: SourceFiles, *, spell: Callable[[str], str] = str) -> None:
    """The needed table is there.

    Raises:
        TableError: it is not.
    """
    there = sorted(found)
    if needed not in there:
        listed = ", ".join(spell(name) for name in there) or "none of them"
        raise TableError(
            f"there is no table {spell(needed)}", where=files.place, rows=[f"tables found: {listed}"], do="give the whole export"
        )
