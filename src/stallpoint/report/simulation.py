"""The page of virtual trials of one drug: one HTML file, no network, no script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.core.errors import StallpointError
from stallpoint.core.source import Source
from stallpoint.core.user_mechanism import UserMechanism
from stallpoint.draw.drivers import draw_drivers
from stallpoint.draw.exposure import draw_losses
from stallpoint.draw.svg import render_svg
from stallpoint.draw.virtual_trials import draw_counterfactual, draw_trial_results
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.knowledge.molecular_states import SHIFTED, MolecularState, load_molecular_states
from stallpoint.knowledge.trial_record import TrialResult
from stallpoint.mechanism.counterfactual import MEASURES
from stallpoint.mechanism.left_out import LeftOut
from stallpoint.mechanism.predict import Prediction, Probability
from stallpoint.mechanism.sensitivity import OUTPUTS
from stallpoint.mechanism.with_states import WithStates
from stallpoint.report.render import page_environment, page_stylesheet

LIMITS = (
    "Which pathway drives whose disease is not known. Driver weights, bypass and how far a target carries are assumed, wide, and the "
    "trial record hardly narrows them.",
    "Benefit on survival without benefit on function, as of riluzole, cannot come out: drugs act through the loss of neurons alone.",
    "A drug that hampers function without killing neurons, or that treats symptoms, cannot come out either.",
    "A fall of neurofilament follows the rate of loss by assumption; that it means benefit is what a trial must show.",
    "It says nothing of any one person, and not which drug or dose is right for anybody.",
)

OWN_LIMITS = (
    "The mechanism is the user's own model. Nothing of it was checked but its units and whether it can be followed: all that comes out is "
    "the user's assumption.",
    "A treatment enters it as engagement or concentration alone; the bundled hypotheses on pathways, bypass and harm do not act.",
    "Criteria of entry are not applied: people differ as the mapping file says and in nothing else.",
    "Noise of visits and leaving for other reasons than death are those of the bundled mechanism; without a hazard nobody dies.",
    "It says nothing of any one person, and not which drug or dose is right for anybody.",
)


def limits_of(own: UserMechanism | None, with_states: WithStates | None = None) -> tuple[str, ...]:
    """What virtual trials cannot know, with the bundled mechanism or a user's own, and with molecular states."""
    return (*(() if with_states is None else with_states.limits), *(LIMITS if own is None else OWN_LIMITS))


LINK_LABELS = {
    "engaged": "engaged: reaches and hits its target",
    "relevant": "relevant: the target drives the disease, and nothing makes up for it",
    "timely": "timely: in the time that the trial has",
}
SMALLEST = 1e-3


@dataclass(frozen=True)
class _Page:
    """What the template asks for."""

    prediction: Prediction
    headline: str
    claims: Mapping[str, Probability]
    record: Sequence[TrialResult]
    sources: Sequence[Source]
    figures: Sequence[Markup]
    pair: Sequence[Markup]
    own: UserMechanism | None
    through: Sequence[Mapping[str, Any]]
    with_states: WithStates | None
    left_out: LeftOut | None

    def cite(self, source: str) -> list[int]:
        """The number of a source in the list of references."""
        return [number for number, each in enumerate(self.sources, start=1) if each.id == source]

    def ratio(self, result: TrialResult) -> str:
        """What a trial found, drug over control, with its 95% interval."""
        ends = (math.exp(result.log_ratio + z * result.std_error) for z in (-1.96, 1.96))
        low, high = (f"{each:.2f}" for each in ends)
        return f"{math.exp(result.log_ratio):.2f} ({low} to {high})"

    def measured(self, state: str) -> str:
        """How a molecular state is told, and when."""
        known = load_molecular_states()[state]
        return f"{known.measured}; {known.when}"

    def factors(self, state: MolecularState) -> list[tuple[str, float, float, float]]:
        """What a molecular state is supposed to shift: typical ratio and its 95%."""
        shifted = [(name, factor) for name, factor in zip(SHIFTED, state.factors, strict=True) if factor is not None]
        far = math.exp(1.96 * state.spread)
        return [(name, typical, typical / far, typical * far) for name, typical in shifted]

    @property
    def limits(self) -> tuple[str, ...]:
        """What no such page can know."""
        return limits_of(self.own, self.with_states)

    @property
    def parameters(self) -> tuple[object, ...]:
        """Every number of the model, what is assumed first."""
        return tuple(sorted(load_mechanism().values(), key=lambda each: (each.evidence != "assumed", each.key)))

    @property
    def design(self) -> str:
        """The trial in words."""
        plan = self.prediction.plan
        gene = f", carriers of {plan.entry.genotype}" if plan.entry.genotype and plan.entry.genotype != "sporadic" else ""
        with_states = f", with {self.with_states.text}" if self.with_states is not None else ""
        late = f", treatment from week {plan.delay_weeks}" if plan.delay_weeks else ""
        arms = f"{plan.treated} treated, {plan.control} control"
        return f"{arms}, {plan.weeks} weeks, a visit every {plan.visit_weeks} weeks{gene}{with_states}{late}"


def render_simulation(
    prediction: Prediction,
    *,
    headline: str,
    claims: Mapping[str, Probability],
    links: pl.DataFrame,
    course: pl.DataFrame,
    record: Sequence[TrialResult],
    sources: Sequence[Source],
    left_out: LeftOut | None,
    own: UserMechanism | None = None,
    drivers: pl.DataFrame | None = None,
    through: pl.DataFrame | None = None,
    with_states: WithStates | None = None,
) -> str:
    """The whole page as text; all text is escaped.

    Raises:
        StallpointError: criteria of entry without whom they leave out.
    """
    if left_out is None and own is None:
        raise StallpointError(
            "criteria of entry are shown without whom they leave out", where="left_out", do="count them: count_left_out"
        )
    page = _Page(
        prediction,
        headline,
        claims,
        record,
        sources,
        *_draw(prediction, links, course, pl.DataFrame() if drivers is None else drivers),
        own,
        [] if through is None else through.to_dicts(),
        with_states,
        left_out,
    )
    template = page_environment().get_template("simulation.html.j2")
    return template.render(page=page, stylesheet=page_stylesheet())


@debug_mode(False)
def _draw(
    prediction: Prediction, links: pl.DataFrame, course: pl.DataFrame, drivers: pl.DataFrame
) -> tuple[list[Markup], list[Markup]]:
    results = draw_trial_results(prediction.trials, assumed=_driven(drivers, OUTPUTS[0]))
    middle = float(prediction.trials["slope_difference"].median())  # type: ignore[arg-type]
    figures = [_inline(results, f"Slope differences that virtual trials find; the middle one is {middle:.2f} points per month.")]
    said_of_harm = pl.when(pl.col("transmission_low") < 0).then(pl.lit("; harm in some draws")).otherwise(pl.lit(""))
    passed = links.drop_nulls("transmission").with_columns(
        (pl.col("link").replace_strict(LINK_LABELS) + said_of_harm).alias("label")
    )
    if passed.height:
        shares = passed.select(
            "label",
            *(
                pl.col(old).clip(SMALLEST, 1.0).alias(new)
                for old, new in zip(TRANSMISSION, ("low", "middle", "high"), strict=True)
            ),
            evidence=pl.lit("assumed"),
        )
        said = "; ".join(f"{row['label']} {row['middle']:.0%}" for row in shares.iter_rows(named=True))
        figures.append(_inline(draw_losses(shares), f"What each link passes on, assumed: {said}."))
    if drivers.height:
        said = "; ".join(f"{row['output']}: {row['group']} {row['total']:.0%}" for row in drivers.iter_rows(named=True))
        figures.append(_inline(draw_drivers(drivers), f"Share of the variance of each answer by class of evidence. {said}."))
    pair = []
    for measure, null, output in zip(MEASURES[:2], (0.0, 1.0), (OUTPUTS[0], OUTPUTS[2]), strict=True):
        rows = course.filter(pl.col("measure") == measure, pl.col("middle").is_finite())
        if rows.is_empty():
            continue
        title, unit = measure.split(", ")
        last = rows.row(-1, named=True)
        ends = f"{last['middle']:.2f} at the end ({last['low']:.2f} to {last['high']:.2f})"
        assumed = _driven(drivers, output)
        said = f"{title} with treatment against without: {ends}{', driven by assumption' if assumed else ''}."
        drawn = draw_counterfactual(rows, title=f"{title}, with against without", unit=unit, null=null, assumed=assumed)
        pair.append(_inline(drawn, said))
    return figures, pair


def _driven(drivers: pl.DataFrame, output: str) -> bool:
    """Whether an output is driven by assumption; where that was not looked at, it is taken to be."""
    if drivers.is_empty():
        return True
    return bool(drivers.filter(pl.col("output") == output)["driven_by_assumption"].any())


TRANSMISSION = ("transmission_low", "transmission", "transmission_high")


def _inline(chart: object, said: str) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    return Markup(render_svg(chart, alt=said))  # type: ignore[arg-type]  # noqa: S704
