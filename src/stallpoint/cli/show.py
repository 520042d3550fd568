"""Texts and tables for people, JSON for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from stallpoint.core.check import Check
    from stallpoint.study.run import Run
    from stallpoint.study.stage import Stage


def show_json(value: Any) -> None:
    """One JSON document on stdout."""
    from stallpoint.study.json_text import render_json

    typer.echo(render_json(value), nl=False)


def show_checks(checks: tuple[Check, ...]) -> None:
    """What asks for care, one line each, then how many checks passed."""
    for check in checks:
        if check.status != "passed":
            typer.echo(f"  {check.status:<8} {check.text}")
    typer.echo(f"  {sum(check.status == 'passed' for check in checks)} of {len(checks)} checks passed")


def show_run(run: Run, *, as_json: bool) -> None:
    """The answer, how sure it is, and where the report is."""
    if as_json:
        show_json(
            {"answer": run.answer, "how_sure": run.how_sure, "stall": run.stall, "report": str(run.report), "stages": run.records}
        )
        return
    said = [run.answer, run.how_sure, *([f"\n{run.stall}"] if run.stall else [])]
    typer.echo("\nResearch use only, not medical advice.\n\n" + "\n".join(said) + f"\n\nReport: {run.report}")


@contextmanager
def stage_progress() -> Iterator[Callable[[Stage, int, int], None]]:
    """Tells of stages on stderr: a spinner on a terminal, a line each elsewhere."""
    if not sys.stderr.isatty():
        yield lambda stage, index, of: typer.echo(f"[{index + 1}/{of}] {stage.says}", err=True)
        return
    from rich.console import Console

    from stallpoint.study.progress import hear_progress

    with Console(stderr=True).status("Starting") as status:
        said = "Starting"

        def tell(stage: Stage, index: int, of: int) -> None:
            nonlocal said
            said = f"[{index + 1}/{of}] {stage.says}"
            status.update(said)

        with hear_progress(lambda done, of: status.update(f"{said}: {done:,} of {of:,}")):
            yield tell


@contextmanager
def working(says: str) -> Iterator[None]:
    """A spinner on stderr while work goes on; nothing where no terminal shows it."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(says):
        yield
