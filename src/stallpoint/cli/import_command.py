"""stallpoint import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_checks, show_json, working

FormatName = Annotated[str, typer.Argument(metavar="FORMAT", help="proact, omop, sdtm, adam, phenopackets or table.")]
Source = Annotated[Path, typer.Argument(metavar="SOURCE", help="A folder, a zip archive or a file; it is only read.")]
OutStudy = Annotated[
    Path, typer.Option("--out", metavar="STUDY", help="The study's folder: new, or of an earlier import of the same format.")
]
Mapping = Annotated[
    Path | None, typer.Option("--mapping", metavar="FILE", help="What the columns mean, for the format table (TOML).")
]


@plainly
def import_command(
    format_name: FormatName, source: Source, out: OutStudy, mapping: Mapping = None, *, as_json: AsJson = False
) -> None:
    """Make a study of files that you hold already, and keep a record of everything that was changed on the way."""
    from stallpoint.study.import_study import import_study

    if format_name.lower() == "table" and mapping is None:
        _propose(source, out, as_json=as_json)
    with working(f"Importing {source.name}"):
        imported = import_study(format_name, source, out, mapping=mapping)
    if as_json:
        show_json(imported)
        return
    for table, rows in imported.rows.items():
        typer.echo(f"  {table:<16}{rows:>10,} rows")
    typer.echo("What cleaning changed (import/audit.parquet has every entry):")
    for rule, count in imported.rules.items():
        typer.echo(f"  {rule:<32}{count:>10,}")
    show_checks(imported.checks)
    for notice in (imported.not_randomised, *imported.notices):
        typer.echo(notice)
    typer.echo(f"\nStudy: {out}. Next: stallpoint check {out}")


def _propose(source: Path, out: Path, *, as_json: bool) -> None:
    """What the columns may mean; ends with the fault that nothing was imported."""
    from stallpoint.core.errors import StudyFileError
    from stallpoint.study.propose_mapping import write_proposal

    with working(f"Looking at {source.name}"):
        proposal = write_proposal(source, out)
    if as_json:
        show_json(proposal)
    else:
        for guess in proposal.guesses:
            typer.echo(f"  {guess}")
    raise StudyFileError(
        "nothing was imported yet: these are guesses",
        where=str(proposal.path),
        do=f"look at each line, above all at what is commented out; then add --mapping {proposal.path}",
    )
