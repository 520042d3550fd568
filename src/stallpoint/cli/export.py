"""stallpoint export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stallpoint.cli.arguments import AsJson, Study
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json, working

To = Annotated[str, typer.Option("--to", metavar="FORMAT", help="parquet, csv, adam, xpt or phenopackets.")]
OutFolder = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new or empty folder.")]


@plainly
def export(study: Study, to: To, out: OutFolder, *, as_json: AsJson = False) -> None:
    """Write a study for other software, and say what that format cannot hold."""
    from stallpoint.study.export_study import export_study

    with working(f"Writing {to}"):
        exported = export_study(study, to, out)
    if as_json:
        show_json(exported)
        return
    typer.echo(f"{len(exported.files):,} files in {out}")
    for loss in exported.not_held:
        typer.echo(f"  not held as it was: {loss}")
