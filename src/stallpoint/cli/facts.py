"""stallpoint facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json

if TYPE_CHECKING:
    from stallpoint.core.claim import Claim
    from stallpoint.knowledge.evidence.base import EvidenceBase
    from stallpoint.knowledge.evidence.find import FactSheet
    from stallpoint.knowledge.variants import VariantFinding

Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="drug, trial, variant, gene, mechanism, modifier, parameter, source, or search.")
]
Name = Annotated[
    list[str] | None, typer.Argument(metavar="NAME", help="What to look up; words to search for; nothing lists the names.")
]
OwnFolder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="FOLDER", help="Evidence of your own, added to what is bundled: docs/evidence.md."),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Only what was known by then: 2022, 2022-09 or 2022-09-30.")
]


@plainly
def facts(kind: Kind, name: Name = None, folder: OwnFolder = None, as_of: AsOf = None, *, as_json: AsJson = False) -> None:
    """What is known, with its source: what refutes first. FACTS trial PHOENIX, drug riluzole, variant SOD1 A5V, search neurofilament."""
    from stallpoint.knowledge.evidence.find import fact_names, find_fact, search_facts

    base = read_base(folder, as_of)
    said = " ".join(name or [])
    if kind == "search":
        claims = search_facts(base, said)
        show_json({"search": said, "claims": [record_of_claim(claim, base) for claim in claims]}) if as_json else _show_found(
            claims, base, said
        )
    elif not said:
        names = sorted(set(fact_names(base, kind).values()), key=str.casefold)
        show_json({"kind": kind, "names": names}) if as_json else typer.echo("\n".join(names))
    else:
        sheet = find_fact(base, kind, said)
        show_json(record_of_sheet(sheet, base)) if as_json else show_sheet(sheet, base)


def read_base(folder: Path | None, as_of: str | None) -> EvidenceBase:
    """The evidence, with a user's own, up to a day."""
    from stallpoint.core.known_from import last_day
    from stallpoint.knowledge.evidence.base import known_on
    from stallpoint.knowledge.evidence.load import load_evidence

    base = load_evidence(folder)
    return base if as_of is None else known_on(base, last_day(as_of))


def record_of_claim(claim: Claim, base: EvidenceBase) -> dict[str, Any]:
    """A claim with the CURIEs of what it names."""
    from dataclasses import asdict

    from stallpoint.core.curie import source_curie

    source, trial = base.sources[claim.source], base.trial(claim.trial)
    curies = {name: base.curie(name) for name in claim.treatments if base.curie(name)}
    return {
        **asdict(claim),
        "own": claim.id in base.own,
        "source_curie": source_curie(source),
        "trial_curie": trial.registry if trial else "",
        "treatment_curies": curies,
    }


def record_of_sheet(sheet: FactSheet, base: EvidenceBase) -> dict[str, Any]:
    """A sheet for machines: claims with CURIEs, works in full."""
    return {
        "kind": sheet.kind,
        "name": sheet.name,
        "curie": sheet.curie,
        "as_of": None if base.as_of is None else base.as_of.isoformat(),
        "undated_left_out": sheet.undated,
        "own_rows": base.own_rows,
        "about": dict(sheet.about),
        "claims": [record_of_claim(claim, base) for claim in sheet.claims],
        "trials": sheet.trials,
        "arms": sheet.arms,
        "variants": sheet.variants,
        "findings": sheet.findings,
        "approvals": sheet.approvals,
        "replications": sheet.replications,
        "numbers": sheet.numbers,
        "sources": [base.sources[id_] for id_ in sheet.sources],
    }


def show_sheet(sheet: FactSheet, base: EvidenceBase) -> None:
    """A sheet for people."""
    head = f"{sheet.kind}: {sheet.name}" + (f"  [{sheet.curie}]" if sheet.curie else "")
    typer.echo(f"Research use only, not medical advice.\n\n{head}")
    for label, text in sheet.about:
        typer.echo(f"  {label}: {text}")
    _show("Of carriers, what speaks against first", [_finding_line(each) for each in sheet.findings])
    show_claims(sheet.claims, base)
    _show("Numbers", [_number_line(each) for each in sheet.numbers])
    _show("Arms", [_arm_line(arm) for arm in sheet.arms])
    if sheet.kind != "trial":
        _show(
            "Trials",
            [f"{trial.name} ({trial.known_from or 'no result'}): {trial.verdict or 'see claims'}" for trial in sheet.trials],
        )
    told = [f"{row.gene} {row.variant} ({row.tag}, {row.source}): {row.finding}" for row in sheet.variants if row.finding]
    _show("As told in short" if sheet.kind == "variant" else "Variants", told)
    _show(
        "Regulators", [f"{each.region} {each.known_from}: {each.status} ({each.tag}, {each.source})" for each in sheet.approvals]
    )
    _show("Looked for again", [f"{each.signal}, then {each.test}: {each.outcome} ({each.tag})" for each in sheet.replications])
    if base.own_text:
        typer.echo(f"\n{base.own_text}")
    if sheet.undated:
        typer.echo(f"\n{sheet.undated} claims of the base have no date and are left out of a question about the past.")
    _show("Sources", [f"{id_}: {base.sources[id_].text}" for id_ in sheet.sources])


def show_claims(claims: tuple[Claim, ...], base: EvidenceBase) -> None:
    """Claims, what refutes first, each with its kind of evidence, tag and source."""
    said = {"refutes": "Against", "null": "Neither for nor against", "supports": "For"}
    for direction, title in said.items():
        _show(title, [claim_line(claim, base) for claim in claims if claim.direction == direction])


def claim_line(claim: Claim, base: EvidenceBase) -> str:
    """One claim on one line, and below it what public sources showed when they were asked."""
    trial = base.trial(claim.trial)
    where = ", ".join(each for each in (trial.name if trial else "", claim.link or "", claim.standing or "") if each)
    known = claim.known_from or "no date"
    own = f"; {base.owned(claim)}" if base.owned(claim) else ""
    line = (
        f"{claim.text} [{claim.kind}{f'; {where}' if where else ''}; {claim.design}; {claim.tag}; {claim.source}, {known}{own}]"
    )
    return f"{line}\n      public sources: {claim.check}" if claim.check else line


def _show_found(claims: tuple[Claim, ...], base: EvidenceBase, words: str) -> None:
    typer.echo(f"{len(claims)} claims hold {words!r}.")
    show_claims(claims, base)


def _finding_line(finding: VariantFinding) -> str:
    who = "the whole gene" if finding.variant == "any" else "" if finding.zygosity == "any" else finding.zygosity
    marks = "; ".join(each for each in (finding.direction, who, finding.evidence, finding.tag, finding.source) if each)
    return f"{finding.about}: {finding.claim} [{marks}]"


def _number_line(row: Any) -> str:
    interval = "" if row.low is None or row.high is None else f" ({row.low:g} to {row.high:g})"
    name = getattr(row, "name", None) or row.key
    return f"{name}: {row.value:g}{interval} {row.unit} ({row.evidence}, {row.tag}, {row.source})"


def _arm_line(arm: Any) -> str:
    names = (
        "n",
        "alsfrs_r_mean",
        "age_years_mean",
        "bulbar_percent",
        "riluzole_percent",
        "decline_per_month",
        "change_mean",
        "deaths",
    )
    held = [f"{name} {getattr(arm, name):g}" for name in names if getattr(arm, name) is not None]
    return f"{arm.arm}: {', '.join(held)} ({arm.tag}, {arm.source})"


def _show(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")
