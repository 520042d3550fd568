"""stallpoint combine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json, working
from stallpoint.core.errors import StudyFileError

if TYPE_CHECKING:
    from stallpoint.combine.drug_pair import DrugPairAnswer
    from stallpoint.combine.regimens import RegimenOption
    from stallpoint.study.combine import Combined

What = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE | DRUG DRUG", help="A file of wells, or the names of two drugs.", show_default=False),
]
Response = Annotated[
    str | None, typer.Option("--response", metavar="KIND", help="viability or inhibition, where the file does not say.")
]
Cover = Annotated[
    list[str] | None,
    typer.Option("--cover", metavar="PATHWAY", help="Pairs of drugs that touch this pathway; may be given several times."),
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write combination.html and combination.json.")
]


@plainly
def combine(
    what: What = None,
    response: Response = None,
    cover: Cover = None,
    out: OutFolder = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Do drugs do more together? A file of wells: every pair's interaction. Two drugs: exposure, harm and evidence."""
    from stallpoint.study import combine as study

    names = what or []
    if cover:
        _refuse(bool(names) or response is not None or out is not None, "--cover stands alone")
        options = study.cover(cover)
        if as_json:
            show_json(study.cover_record(cover, options))
        else:
            show_options(options)
        return
    if len(names) == 2:
        _refuse(response is not None, "--response is for a file of wells")
        paired = study.combine_drugs(names[0], names[1], out=out)
        record, report = study.drug_record(paired.answer), paired.report
        if not as_json:
            show_pair(paired.answer)
    else:
        _refuse(len(names) != 1, "give one file of wells, or the names of two drugs")
        with working("Fitting surfaces"):
            combined = study.combine_file(Path(names[0]), response=response, out=out)
        record, report = study.surface_record(combined), combined.report
        if not as_json:
            show_file(combined)
    if as_json:
        show_json({**record, "report": None if report is None else str(report)})
    elif report is not None:
        typer.echo(f"\nReport: {report}")


def _refuse(wrong: bool, what: str) -> None:
    if wrong:
        do = "stallpoint combine FILE, stallpoint combine DRUG DRUG, or stallpoint combine --cover PATHWAY"
        raise StudyFileError(what, where="combine", do=do)


def show_file(combined: Combined) -> None:
    """Each pair's verdict with its ground, its reach, and what asks for care."""
    typer.echo("Research use only, not medical advice. Synergy in a dish is no benefit in a person.\n")
    for each in combined.pairs:
        typer.echo(f"{each.fit.matrix.name}: {each.verdict.verdict} (p = {each.verdict.p_value:.2g}, corrected)")
        for measure in (*each.fit.means, *each.fit.parameters):
            vague = "" if measure.told else "; not told by these data"
            typer.echo(f"  {measure.label}: {measure.estimate:+.3f} ({measure.low:+.3f} to {measure.high:+.3f}){vague}")
        typer.echo(f"  within human reach: {each.reach.answer}; {each.reach.silent or each.reach.limiting}")
        for check in each.fit.checks:
            if check.status != "passed":
                typer.echo(f"  {check.status}: {check.text}")
        for note in each.fit.matrix.notes:
            typer.echo(f"  note: {note}")
    for triple in combined.triples:
        typer.echo(f"{triple.matrix.name}: no verdict is made of three drugs")
        for measure in triple.means:
            typer.echo(f"  {measure.label}: {measure.estimate:+.3f} ({measure.low:+.3f} to {measure.high:+.3f})")


def show_pair(answer: DrugPairAnswer) -> None:
    """Harm first, then exposure, studies, pathways."""
    typer.echo("Research use only, not medical advice.\n")
    typer.echo(answer.headline)
    known = [f"{each.kind}, {each.direction} ({each.evidence}, {each.tag}): {each.claim}" for each in answer.evidence]
    _show("What is known of both together, harm first", known)
    _show("Exposure", [f"{e.victim}, by {e.partner}: {e.answer}; {e.why}" for e in answer.exposure])
    _show("More than the parts?", [f"{s.study.setting}: {s.verdict}; {s.why}" for s in answer.studies])
    if answer.regimen is not None:
        _show("Pathways and toxicities", option_lines(answer.regimen))


def show_options(options: tuple[RegimenOption, ...]) -> None:
    """Combinations by group of evidence, in no order of merit."""
    typer.echo("Research use only, not medical advice. By evidence and name, in no order of merit.\n")
    if not options:
        typer.echo("No pair of known drugs touches all of these.")
    group = ""
    for option in options:
        if option.group != group:
            group = option.group
            typer.echo(f"\n{group}")
        typer.echo(f"  {' + '.join(option.drugs)}: {option.label}")
        for line in option_lines(option):
            typer.echo(f"    {line}")


def option_lines(option: RegimenOption) -> list[str]:
    """What is known of one combination beyond its label."""
    lines = [f"pathways: {', '.join(option.covers) or 'none on record'}"]
    if option.overlap:
        lines.append(f"on one pathway both: {', '.join(option.overlap)}")
    if option.shared_toxicities:
        lines.append(f"toxicities on one organ: {', '.join(option.shared_toxicities)}")
    if option.toxicity_unknown:
        lines.append(f"no toxicity on record here: {', '.join(option.toxicity_unknown)}")
    lines += [f"exposure: {each}" for each in option.exposure]
    return [*lines, f"{option.label}: {option.why}"]


def _show(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")
