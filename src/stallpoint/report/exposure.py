"""The page of one drug's way to its target: one HTML file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.core.numbers import format_number
from stallpoint.core.source import Source
from stallpoint.draw.exposure import draw_course, draw_losses, draw_swings, say_share
from stallpoint.draw.svg import render_svg
from stallpoint.exposure.answer import ExposureAnswer
from stallpoint.exposure.from_structure import CAUTION, StructureSuggestion
from stallpoint.exposure.structure.prediction import BarrierPrediction
from stallpoint.exposure.structure.score import Score
from stallpoint.knowledge.uncertainty import load_uncertainty
from stallpoint.report.render import page_environment, page_stylesheet

MOST_SWINGS = 8

LIMITS = (
    "No level was measured in this person, and none in the spinal cord of any living person: levels there are computed.",
    "Averages over a dosing interval are compared with potency; effects that need a peak, or last beyond the level, are not seen.",
    "A total brain to plasma ratio is binding for the most part; it is never used as the unbound one.",
    "Lumbar CSF is not spinal cord, and brain is not spinal cord.",
    "It does not say which drug or dose is right for anybody.",
)


@dataclass(frozen=True)
class _Page:
    """The answer as the template asks for it."""

    answer: ExposureAnswer
    structure: StructureSuggestion
    sources: Sequence[Source]
    figures: Sequence[Markup]
    wide: Sequence[Markup]

    def cite(self, source: str) -> list[int]:
        """The number of a source in the list of references."""
        return [number for number, each in enumerate(self.sources, start=1) if each.id == source]

    @property
    def given(self) -> str:
        """How the drug is given, in words."""
        pattern = self.answer.pattern
        if pattern is None:
            return "how it is given is not known here"
        every = f"{pattern.interval_h / 24:g} days" if pattern.interval_h > 24 else f"{pattern.interval_h:g} h"
        infused = f", infused over {pattern.infusion_h:g} h" if pattern.infusion_h else ""
        return f"{pattern.dose_mg:g} mg every {every}, {pattern.route}{infused}"

    @property
    def said_of_person(self) -> str:
        """What is known of the person, in words."""
        person = self.answer.person
        known = {name: value for name, value in vars(person).items() if value is not None}
        return (
            ", ".join(f"{name} {value}" for name, value in known.items())
            or "a typical person; nothing is known of anyone in particular"
        )

    @property
    def structure_caution(self) -> str:
        """What a structure's suggestion is worth beside a measurement."""
        return CAUTION

    @property
    def structure_rows(self) -> tuple[tuple[str, str, str], ...]:
        """What is asked of the structure, what it answers, and how far that goes; without the model, label and scores alone."""
        said = self.structure
        rows = () if said.prediction is None else _say_prediction(said.prediction)
        label = (("label in B3DB", said.known, "a model that judges it has not seen its label"),) if said.known else ()
        scores = tuple((s.name, _say_score(s), f"without a measured {' and '.join(s.missing)}") for s in said.scores)
        return (*rows, *label, *scores)

    @property
    def limits(self) -> tuple[str, ...]:
        """What no such page can know."""
        return LIMITS


def render_exposure(answer: ExposureAnswer, structure: StructureSuggestion, sources: Sequence[Source]) -> str:
    """The whole page as text; all text is escaped."""
    course, losses, swings = _draw(answer)
    figures, wide = ([figure for figure in figures if figure] for figures in ((course,), (losses, swings)))
    page = _Page(answer, structure, sources, figures, wide)
    template = page_environment().get_template("exposure.html.j2")
    return template.render(page=page, answer=answer, stylesheet=page_stylesheet())


def _say_score(score: Score) -> str:
    low, high = format_number(score.low, 1), format_number(score.high, 1)
    return f"{low if low == high else f'{low} to {high}'} of {score.most:g}"


def _say_prediction(predicted: BarrierPrediction) -> tuple[tuple[str, str, str], ...]:
    """Rows of the fitted model: class with the set that cannot be excluded, logBB, domain."""
    middle, low, high = (format_number(each, 1) for each in predicted.log_bb)
    level = f"{predicted.level:.0%}"
    kept = " or ".join(predicted.labels) or "neither class"
    inside = "inside" if predicted.domain.inside else "outside, so no answer is given"
    return (
        ("passes the barrier", predicted.answer, f"probability of BBB+ {predicted.probability:.0%}; at {level} it may be {kept}"),
        ("logBB, total drug", f"{middle} ({low} to {high})", f"{level} interval"),
        ("like the compounds it learnt from", inside, "; ".join(predicted.domain.reasons) or "by likeness and by six properties"),
    )


@debug_mode(False)
def _draw(answer: ExposureAnswer) -> tuple[Markup | None, Markup | None, Markup | None]:
    """The charts for which there are numbers: course, losses, swings."""
    course = losses = swings = None
    if answer.course is not None:
        last = answer.course.row(-1, named=True)
        people = f"95% of people {last['low']:.2g} to {last['high']:.2g}"
        said = f"{answer.drug.name} in plasma over time; at the end {last['middle']:.2g} mg/L, {people}."
        course = _inline(draw_course(answer.course, drug=answer.drug.name.capitalize(), unit="mg/L, total"), said)
    if answer.steps:
        table = pl.DataFrame([{**vars(step)} for step in answer.steps])
        said = "; ".join(f"{step.label} {say_share(step.middle)}" for step in answer.steps)
        losses = _inline(draw_losses(table), f"What each step passes on: {said}.")
    if answer.swings:
        shown = answer.swings[:MOST_SWINGS]
        table = pl.DataFrame([{"label": s.label, "at_low": s.at_low, "at_high": s.at_high, "total": s.total} for s in shown])
        said = "; ".join(f"{s.label} {say_share(s.at_low)} to {say_share(s.at_high)}" for s in shown)
        chart = draw_swings(table, threshold=load_uncertainty()["verdict_share"], result="share of the largest effect")
        swings = _inline(chart, f"How far the share of the effect moves with each input: {said}.")
    return course, losses, swings


def _inline(chart: object, said: str) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    return Markup(render_svg(chart, alt=said))  # type: ignore[arg-type]  # noqa: S704
