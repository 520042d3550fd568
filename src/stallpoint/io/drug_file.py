"""A user's drug file, TOML, to a Drug."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from stallpoint.core.build_drug import build_drug, check_cited
from stallpoint.core.drug import Drug
from stallpoint.core.drug_entry import DrugFileError
from stallpoint.core.errors import PathError


def read_drug(path: Path, *, known_sources: Iterable[str] = ()) -> Drug:
    """The drug that a file describes.

    Args:
        path: a TOML file as `docs/drug_file.md` describes it.
        known_sources: ids of works that the file may cite without listing them.

    Raises:
        PathError: no such file.
        DrugFileError: not TOML, or something in it cannot be.
        QuantityError: a unit that does not fit.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="give the path of a drug file") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise DrugFileError(f"is not TOML: {fault}", where=str(path), do="mend the line it names") from fault
    drug = build_drug(said, where=str(path))
    check_cited(drug, known_sources, where=str(path))
    return drug
