"""stallpoint simulate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_json

if TYPE_CHECKING:
    from stallpoint.study.simulate import Simulated

Drug = Annotated[str, typer.Argument(metavar="DRUG", help="A drug's name, or the path of a drug file (.toml).")]
Treated = Annotated[int, typer.Option("--treated", metavar="N", min=2, help="People in the treated arm.")]
Control = Annotated[int, typer.Option("--control", metavar="N", min=2, help="People in the control arm.")]
Weeks = Annotated[int, typer.Option("--weeks", metavar="N", min=1, help="Weeks of treatment.")]
VisitWeeks = Annotated[int, typer.Option("--visit-weeks", metavar="N", min=1, help="Weeks between visits.")]
Dose = Annotated[
    str | None, typer.Option("--dose", metavar="NAME", help="One of the drug's dose patterns; the first if not given.")
]
Genotype = Annotated[str | None, typer.Option("--genotype", metavar="NAME", help="Only carriers, such as SOD1 or C9orf72.")]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        metavar="NAME[=SHARE]",
        help="People with a molecular state, such as ALS-Glia, beside everybody; absent or a share of them after =. Again for several.",
    ),
]
Scenario = Annotated[str, typer.Option("--scenario", metavar="NAME", help="Circumstances of exposure, such as als-efflux.")]
Delay = Annotated[int, typer.Option("--delay-weeks", metavar="N", min=0, help="Weeks after randomisation until the first dose.")]
Repeats = Annotated[int, typer.Option("--repeats", metavar="N", min=1, help="Number of virtual trials.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of every draw.")]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="FILE", help="A mapping file (.toml) with your own SBML model in the place of the mechanism."
    ),
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write simulation.html, simulation.json, trials.parquet.")
]


@plainly
def simulate(
    drug: Drug,
    treated: Treated = 150,
    control: Control = 150,
    weeks: Weeks = 48,
    visit_weeks: VisitWeeks = 4,
    dose: Dose = None,
    genotype: Genotype = None,
    state: States = None,
    scenario: Scenario = "healthy",
    delay_weeks: Delay = 0,
    repeats: Repeats = 200,
    seed: Seed = 1,
    model: Model = None,
    out: OutFolder = None,
    *,
    as_json: AsJson = False,
) -> None:
    """What would a trial of a drug see? Virtual trials from exposure to function, with what is assumed said first."""
    from stallpoint.study.simulate import record_of, simulate_drug
    from stallpoint.study.state_shares import read_state_shares

    simulated = simulate_drug(
        drug,
        treated=treated,
        control=control,
        weeks=weeks,
        visit_weeks=visit_weeks,
        dose=dose,
        genotype=genotype,
        states=read_state_shares(state or ()),
        scenario=scenario,
        delay_weeks=delay_weeks,
        repeats=repeats,
        seed=seed,
        model=model,
        out=out,
    )
    if as_json:
        show_json({**record_of(simulated), "report": None if simulated.report is None else str(simulated.report)})
        return
    show_simulated(simulated)
    if simulated.report is not None:
        typer.echo(f"\nReport: {simulated.report}")


def show_simulated(simulated: Simulated) -> None:
    """What real trials found first, then shares of virtual trials, what is lost where, and what cannot be known."""
    from stallpoint.report.simulation import limits_of
    from stallpoint.study.simulate import monte_carlo, say_driver, say_result, say_spared, say_through

    treatment = simulated.prediction.treatment
    typer.echo("Research use only, not medical advice. Virtual people; driven by assumption.\n")
    typer.echo(simulated.headline)
    typer.echo(f"  Engagement: {treatment.ground}; verdict on exposure: {treatment.verdict.answer}.")
    if treatment.silent and simulated.own is None:
        typer.echo(f"  {treatment.silent}.")
    _show("What real trials found", [say_result(each) for each in simulated.record])
    beside = simulated.with_states
    if beside is not None:
        _show(
            f"A hypothesis: {beside.text}. What speaks against it, then for it",
            [f"{each.state}: {each.direction}: {each.claim} ({each.tag})" for each in beside.claims],
        )
    _show("Shares of virtual trials", [f"{claim}: {monte_carlo(each)}" for claim, each in simulated.claims.items()])
    if beside is not None:
        _show(
            "The same virtual trials without that hypothesis",
            [*(f"{claim}: {monte_carlo(each)}" for claim, each in beside.everybody.items()), say_spared(beside)],
        )
    _show(
        "What runs through the pathways that the drug acts on, assumed",
        [say_through(row) for row in simulated.through.to_dicts()],
    )
    if simulated.left_out is not None:
        _show("Whom the criteria of entry leave out", list(simulated.left_out.sentences))
    links = simulated.links.drop_nulls("transmission").iter_rows(named=True)
    _show(
        "What each link passes on, assumed",
        [
            f"{row['link']}: {row['transmission']:.0%} ({row['transmission_low']:.0%} to {row['transmission_high']:.0%})"
            for row in links
        ],
    )
    if simulated.drivers.height:
        _show(
            "What the answers hang on: share of the variance, with interactions",
            [say_driver(simulated, output) for output in simulated.drivers["output"].unique(maintain_order=True)],
        )
    _show("What this cannot know, and cannot give", list(limits_of(simulated.own, beside)))


def _show(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")
