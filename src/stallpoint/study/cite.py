"""The works a run rests on."""

from __future__ import annotations

import json
from pathlib import Path

from stallpoint.core.errors import PathError
from stallpoint.core.source import Source
from stallpoint.io.study_folder import require_path


def read_cited_sources(out: Path) -> tuple[Source, ...]:
    """The sources that a run cites, in the order of its report.

    Raises:
        PathError: no such folder, or no results of a run in it.
    """
    require_path(out)
    try:
        said = json.loads((out / "results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise PathError(
            "holds no results of a run", where=str(out), do="give the folder that was --out of stallpoint run"
        ) from fault
    return tuple(Source(**each) for each in said["sources"])
