"""stallpoint score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_checks, show_json

Visits = Annotated[Path, typer.Argument(metavar="TABLE", help="A table of visits, CSV or Parquet.")]
Patients = Annotated[
    Path | None, typer.Option("--patients", metavar="TABLE", help="The patients table, for scores that need it.")
]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the scores, .csv or .parquet.")]


@plainly
def score(table: Visits, out: OutFile, patients: Patients = None, *, as_json: AsJson = False) -> None:
    """Add the clinical scores that a table of visits allows: total, domains, King's, MiToS, progression rate and others."""
    from stallpoint.study.score_file import score_file

    scored = score_file(table, out, patients=patients)
    if as_json:
        show_json(
            {
                "written": str(scored.path),
                "visits": scored.visits,
                "checks": scored.checks,
                "prohibited_uses": scored.prohibited_uses,
            }
        )
        return
    typer.echo("Research use only, not medical advice.\n")
    typer.echo(f"{scored.visits:,} visits scored: {scored.path}")
    show_checks(scored.checks)
    typer.echo("\nWhat a score that foretells the course must not be used for")
    for use in scored.prohibited_uses:
        typer.echo(f"  {use}")
