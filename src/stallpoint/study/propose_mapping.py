"""A proposal of what a table's columns mean, written beside the study that is not yet there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stallpoint.core.errors import OutputError
from stallpoint.io.clinic_table.propose import propose_mapping
from stallpoint.io.source_files import open_source
from stallpoint.study.output_folder import write_whole


@dataclass(frozen=True)
class ProposedMapping:
    """Where the proposal is, and what was guessed and why."""

    path: Path
    guesses: tuple[str, ...]


def write_proposal(source: Path, out: Path) -> ProposedMapping:
    """Write OUT-mapping.toml beside OUT.

    Raises:
        OutputError: that file is there already; it may have been worked on.
        TableError, PathError: the source cannot be read as a table.
    """
    path = out.absolute().with_name(f"{out.absolute().name}-mapping.toml")
    if path.exists():
        raise OutputError(
            "is there already and was left as it is",
            where=str(path),
            do=f"give it with --mapping {path}, or move it for a new proposal",
        )
    with open_source(source) as files:
        proposal = propose_mapping(files)
    write_whole(path, proposal.text.encode())
    return ProposedMapping(path, proposal.lines)
