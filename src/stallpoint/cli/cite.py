"""stallpoint cite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The output folder of a run.")]


@plainly
def cite(run: RunFolder, *, as_json: AsJson = False) -> None:
    """The works a run rests on, as BibTeX."""
    from stallpoint.core.bibtex import render_bibtex
    from stallpoint.study.cite import read_cited_sources

    sources = read_cited_sources(run)
    if as_json:
        show_json({"sources": sources})
        return
    typer.echo("\n\n".join(render_bibtex(source) for source in sources))
