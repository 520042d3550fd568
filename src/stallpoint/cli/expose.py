"""stallpoint expose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json

if TYPE_CHECKING:
    from stallpoint.exposure.answer import ExposureAnswer
    from stallpoint.exposure.from_structure import StructureSuggestion
    from stallpoint.study.expose import Exposed

Drug = Annotated[str, typer.Argument(metavar="DRUG", help="A drug's name, or the path of a drug file (.toml).")]
Profile = Annotated[Path | None, typer.Option("--profile", metavar="FILE", help="A profile: TOML with a table [person].")]
Scenario = Annotated[
    str, typer.Option("--scenario", metavar="NAME", help="The circumstances, such as als-efflux or doses-missed.")
]
Dose = Annotated[
    str | None, typer.Option("--dose", metavar="NAME", help="One of the drug's dose patterns; the first if not given.")
]
Structure = Annotated[
    bool, typer.Option("--structure", help="Train the model of structures if it is not there yet: once, some minutes.")
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write exposure.html and exposure.json.")
]


@plainly
def expose(
    drug: Drug,
    profile: Profile = None,
    scenario: Scenario = "healthy",
    dose: Dose = None,
    out: OutFolder = None,
    *,
    structure: Structure = False,
    as_json: AsJson = False,
) -> None:
    """Does a drug get there? From the dose to the target, with what limits it, what speaks against, and what is not known."""
    from stallpoint.study.expose import expose_drug, record_of

    exposed = expose_drug(drug, profile=profile, scenario=scenario, dose=dose, structure=structure, out=out)
    if as_json:
        show_json(
            {**record_of(exposed.answer, exposed.structure), "report": None if exposed.report is None else str(exposed.report)}
        )
        return
    show_answer(exposed)
    if exposed.report is not None:
        typer.echo(f"\nReport: {exposed.report}")


def show_answer(exposed: Exposed) -> None:
    """The answer, what speaks against first, the steps, and what would have to be measured."""
    answer = exposed.answer
    typer.echo("Research use only, not medical advice.\n")
    typer.echo(answer.headline)
    typer.echo(f"  {answer.verdict.answer}: {answer.verdict.why}.")
    typer.echo(f"  {answer.barrier_sentence}")
    if answer.contradiction:
        typer.echo(f"  {answer.contradiction}")
    _show(
        "What is known, what refutes first",
        [f"{e.link}, {e.direction} ({e.evidence}, {e.tag}): {e.claim}" for e in answer.evidence],
    )
    _show("Steps", [f"{s.label}: {s.middle:.2g} ({s.low:.2g} to {s.high:.2g}; {s.evidence})" for s in answer.steps])
    _show("Levels", [f"{p}: {m:.3g} {u} ({low:.3g} to {high:.3g})" for p, low, m, high, u in answer.levels.iter_rows()])
    _show("Unbound drug over unbound plasma; lumbar CSF is not brain", fluid_lines(answer))
    _show("Other ways of delivery, unranked", [f"{g.option.label}: {g.label}; {g.why}" for g in answer.delivery])
    _show("What is not known, and what would tell", [f"{g.link}: {g.what}. Measure: {g.measure}" for g in answer.gaps])
    _show("What the structure alone suggests; a measured number outranks it", structure_lines(exposed.structure))
    if answer.unknown_of_person:
        typer.echo(f"\nNot known of the person, so the typical value stands: {', '.join(answer.unknown_of_person)}")


def fluid_lines(answer: ExposureAnswer) -> list[str]:
    """Ratios of the fluids to plasma, and what is missing for others; none where the fluids say nothing of the drug."""
    if answer.fluids is None:
        return []
    lines = [f"{r.place}: {r.middle:.2g} ({r.low:.2g} to {r.high:.2g}; {r.evidence})" for r in answer.fluids.rows]
    return [*lines, *(f"not known: {each}" for each in answer.fluids.missing)]


def structure_lines(structure: StructureSuggestion) -> list[str]:
    """What is contested first, then the prediction or why there is none, then the published scores."""
    lines = [f"contested: {each}" for each in structure.contested]
    lines.append(f"no prediction: {structure.silent}" if structure.prediction is None else structure.prediction.text)
    return [*lines, *(score.text for score in structure.scores)]


def _show(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")
