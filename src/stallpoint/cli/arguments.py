"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Study = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder, or its study.toml.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the results: new, empty, or of an earlier run.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout and nothing else there.")]
