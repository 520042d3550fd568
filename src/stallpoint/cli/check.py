"""stallpoint check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stallpoint.cli.arguments import AsJson, Study
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_checks, show_json

OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write the page: quality.html and quality.json.")
]


@plainly
def check(study: Study, out: OutFolder = None, *, as_json: AsJson = False) -> None:
    """Read and check a study's file and tables, and say what its data are like; nothing is estimated."""
    from stallpoint.study.check_study import check_study, describe_check

    checked = check_study(study, out=out)
    if as_json:
        show_json(describe_check(checked))
        return
    simulated = " (simulated data)" if checked.cohort.simulated else ""
    typer.echo(f"{checked.study.name}{simulated}")
    for table, rows in checked.rows.items():
        typer.echo(f"  {table:<16}{rows:>10,} rows")
    for arm, people in checked.arms.items():
        typer.echo(f"  arm {arm:<12}{people:>10,} people")
    typer.echo(checked.estimand or "No [trial]: the people are described and nothing is compared.")
    show_checks(checked.checks)
    typer.echo("\nData quality")
    show_checks(checked.quality.checks)
    if checked.page is not None:
        typer.echo(f"\nPage: {checked.page}")
