"""stallpoint explain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.explain_literature import explain_named
from stallpoint.cli.facts import AsOf, OwnFolder
from stallpoint.cli.show import show_json, working

if TYPE_CHECKING:
    from stallpoint.explain.deciding import MeasurementValue
    from stallpoint.explain.study_chain import ChainFinding
    from stallpoint.study.explain_study import ExplainedStudy

Subject = Annotated[
    str,
    typer.Argument(metavar="STUDY|DRUG", help="A study's folder or study.toml; or a treatment or trial, from the literature."),
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Where to write explanation.html and explanation.json."),
]


@plainly
def explain(
    subject: Subject, folder: OwnFolder = None, as_of: AsOf = None, out: OutFolder = None, *, as_json: AsJson = False
) -> None:
    """Where does a treatment stall, how sure is that, and which measurement would decide? A study on disk, or a drug by its literature."""
    if is_place(subject):
        refuse_evidence_options(folder, as_of)
        _explain_study(Path(subject), out, as_json=as_json)
    else:
        explain_named(subject, folder, as_of, out, as_json=as_json)


def is_place(subject: str) -> bool:
    """Whether a word means a study on disk: it is there, or it is written as a path."""
    return Path(subject).exists() or subject.endswith(".toml") or "/" in subject


def refuse_evidence_options(folder: Path | None, as_of: str | None) -> None:
    """A study is explained by its own data.

    Raises:
        StudyFileError: evidence or a day was asked for.
    """
    from stallpoint.core.errors import StudyFileError

    if folder is not None or as_of is not None:
        raise StudyFileError("--folder and --as-of are for the literature", where="explain", do="leave them out, or name a drug")


def _explain_study(subject: Path, out: Path | None, *, as_json: bool) -> None:
    from stallpoint.study.explain_study import explain_study, record_of

    with working("Asking where it stalls"):
        explained = explain_study(subject, out=out)
    if as_json:
        show_json({**record_of(explained), "report": None if explained.report is None else str(explained.report)})
        return
    show_explanation(explained)


def show_explanation(explained: ExplainedStudy) -> None:
    """The answer, how sure, the links one by one, groups in which a link is named, values, what would decide, and whom it speaks of."""
    found = explained.explanation
    simulated = " Simulated data." if explained.trial.cohort.simulated else ""
    typer.echo(f"Research use only, not medical advice.{simulated}\n")
    typer.echo(explained.content.answer)
    typer.echo(explained.content.how_sure)
    for chain in (found.whole, *(each for each in found.groups if each.stall.named is not None)):
        _show_chain(chain)
    if found.whole.stall.answer == "cannot be told apart":
        typer.echo("\nWhich measurement would decide, in no order of merit (share of worlds in which it would give an answer)")
        for each in found.measurements:
            typer.echo(f"  {_say_measurement(each, explained.study.costs.currency)}")
    _show_values(found.at_values)
    for check in found.checks:
        if check.status != "passed":
            typer.echo(f"  {check.status}: {check.text}")
    typer.echo(f"\n{explained.content.represents}")
    if explained.report is not None:
        typer.echo(f"\nReport: {explained.report}")


def _show_chain(found: ChainFinding) -> None:
    typer.echo(
        f"\nShare that passes each link in {found.chain.subject} (95% interval), class of evidence, probability of the bottleneck"
    )
    for each in found.chain.transmissions:
        low, high = each.interval
        said = f"{each.middle:4.0%} ({low:.0%} to {high:.0%})"
        typer.echo(f"  {each.link:<10} {said:<20} {each.evidence:<14} {found.stall.probability[each.link]:.2f}  {each.ground}")


def _show_values(at_values: Sequence[ChainFinding]) -> None:
    """The chain at values of numbers named beforehand: what passes each link in the middle, and the answer."""
    if at_values:
        typer.echo("\nAt values of what was named beforehand, people near them counting most (what passes each link)")
    for each in at_values:
        passes = ", ".join(f"{link.link} {link.middle:.0%}" for link in each.chain.transmissions)
        typer.echo(f"  {each.chain.subject}: {each.stall.answer}; {passes}")


def _say_measurement(each: MeasurementValue, currency: str) -> str:
    punctures = f", {each.lumbar_punctures} lumbar punctures" if each.lumbar_punctures else ""
    cost = "" if each.cost is None else f", {each.cost:,.0f} {currency}".rstrip()
    return f"{each.measurement:<20} {each.people:>5} people: {each.answers:4.0%}{punctures}{cost}"
