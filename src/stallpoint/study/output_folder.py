"""The folder a run writes to: looked at before any work, and written so that a file is either whole or absent."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from stallpoint.core.errors import OutputError

STAGES = "stages"


def require_output(out: Path) -> None:
    """The folder can be written and holds nothing that is not a run's. Nothing is created.

    Raises:
        OutputError: a file in the way, no right to write, or a folder with other things in it.
    """
    ground = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not ground.is_dir():
        raise OutputError("is a file, not a folder", where=str(ground), do="give another folder with --out")
    if not os.access(ground, os.W_OK | os.X_OK):
        raise OutputError("cannot be written", where=str(ground), do="give another folder with --out, or change its permissions")
    if out.is_dir() and any(out.iterdir()) and not (out / STAGES).is_dir():
        raise OutputError(
            "holds files that no run of stallpoint wrote", where=str(out), do="give a new or empty folder with --out"
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place and move in, so that an interrupt never leaves half a file.

    Raises:
        OutputError: the system refuses.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault.strerror}", where=str(path), do="look at space and permissions") from fault
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
