"""stallpoint explain DRUG: the answer of the literature on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from stallpoint.cli.facts import claim_line
from stallpoint.cli.show import show_json, working

if TYPE_CHECKING:
    from stallpoint.explain.statement import Statement
    from stallpoint.explain.ways import Way
    from stallpoint.study.explain_literature import ExplainedLiterature

MOST_CLAIMS = 6
"""Claims of a topic that a terminal shows; the page shows them all."""


def explain_named(name: str, folder: Path | None, as_of: str | None, out: Path | None, *, as_json: bool) -> None:
    """Ask the literature and say what it answers."""
    from stallpoint.study.explain_literature import explain_from_literature, record_of_literature

    with working("Asking the literature"):
        explained = explain_from_literature(name, folder=folder, as_of=as_of, out=out)
    if as_json:
        show_json({**record_of_literature(explained), "report": None if explained.report is None else str(explained.report)})
        return
    show_literature(explained)


def show_literature(explained: ExplainedLiterature) -> None:
    """The answer, what speaks against first, link by link, ways past, and what the answer hangs on."""
    answer, said = explained.answer, explained.statements
    typer.echo("Research use only, not medical advice. From the literature alone: a hypothesis.\n")
    for each in said["answer"]:
        typer.echo(each.text)
    _show("What randomised trials saw, what speaks against first", said["results"])
    _show("Signals in groups: hypotheses", said["signals"])
    _show("Links", said["links"])
    _show("The way to the target, computed", said["way to the target"])
    if answer.pumps:
        typer.echo("\nPumps at the barrier: both sides")
        for direction in ("refutes", "null", "supports"):
            held = [claim for claim in answer.pumps if claim.direction == direction]
            for claim in held[:MOST_CLAIMS]:
                typer.echo(f"  {direction}: {claim_line(claim, explained.base)}")
            if len(held) > MOST_CLAIMS:
                typer.echo(f"  and {len(held) - MOST_CLAIMS} more: stallpoint facts mechanism efflux")
    _show_ways(answer.ways)
    _show("What this answer hangs on", said["hangs on"])
    if explained.report is not None:
        typer.echo(f"\nReport: {explained.report}")


def _show_ways(ways: Sequence[Way]) -> None:
    if ways:
        typer.echo("\nWays past, by kind of evidence and in no order of merit; at best worth a study")
    for way in ways:
        typer.echo(f"  {way.kind.kind}: {way.kind.label} [{way.ground}]")
        typer.echo(f"    against: {way.kind.against}")
        typer.echo(f"    it must be true that {way.kind.must_be_true}; a study: {way.kind.study}")
        for each in way.computed:
            typer.echo(f"    computed: {each}")


def _show(title: str, statements: Sequence[Statement]) -> None:
    if statements:
        typer.echo(f"\n{title}")
        for each in statements:
            typer.echo(f"  {each.text}")
