"""stallpoint new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that does not exist yet, or is empty.")]


@plainly
def new(folder: Folder, *, as_json: AsJson = False) -> None:
    """Make an empty study to fill in: study.toml with comments, a CSV with a header for each table, and the format."""
    from stallpoint.study.new_study import write_new_study

    written = [str(path) for path in write_new_study(folder)]
    if as_json:
        show_json({"written": written})
        return
    for path in written:
        typer.echo(path)
    typer.echo(f"Fill in the tables and remove columns that are not recorded; then: stallpoint check {folder}")
