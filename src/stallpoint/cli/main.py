"""The command line: one file a command, and nothing heavy imported before a command is chosen."""

from __future__ import annotations

import os

import typer

from stallpoint.cli.check import check
from stallpoint.cli.cite import cite
from stallpoint.cli.combine import combine
from stallpoint.cli.demo import demo
from stallpoint.cli.errors import EPILOG
from stallpoint.cli.explain import explain
from stallpoint.cli.export import export
from stallpoint.cli.expose import expose
from stallpoint.cli.facts import facts
from stallpoint.cli.import_command import import_command
from stallpoint.cli.new import new
from stallpoint.cli.profile import profile
from stallpoint.cli.run import run
from stallpoint.cli.score import score
from stallpoint.cli.simulate import simulate
from stallpoint.core.errors import INTERRUPTED_EXIT_CODE

app = typer.Typer(
    name="stallpoint",
    help=(
        "Find where an ALS treatment stalls: dose, barrier, target, biology, timing or measurement. "
        "And say when the data cannot tell."
    ),
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (demo, new, check, run, score, explain, facts, profile, expose, combine, simulate, cite):
    app.command(epilog=EPILOG)(command)
app.command("import", epilog=EPILOG)(import_command)
app.command(epilog=EPILOG)(export)


def main() -> None:
    """Entry point of the command `stallpoint`."""
    # The arrays are many and small: threads inside one product only cost time, and their order would change the last digits.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        raise SystemExit(INTERRUPTED_EXIT_CODE) from None
