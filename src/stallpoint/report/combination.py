"""The pages of combinations: every pair of a plate, or two drugs by name; one HTML file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.combine.additivity import Additivity
from stallpoint.combine.drug_pair import DrugPairAnswer
from stallpoint.combine.exposure_interaction import ExposureInteraction
from stallpoint.combine.family import PairVerdict
from stallpoint.combine.measure import Measure
from stallpoint.combine.pair import PairFit
from stallpoint.combine.reachable import LEAST_EXCESS, Reach, in_unit
from stallpoint.combine.triple import TripleFit
from stallpoint.core.effect import Effect
from stallpoint.core.source import Source
from stallpoint.draw.combination import draw_excess, draw_reach
from stallpoint.draw.effects import draw_effects
from stallpoint.draw.svg import render_svg
from stallpoint.report.render import page_environment, page_stylesheet

MOST_DRAWN = 12
"""Pairs with charts; more are in the table and in the JSON."""

SURFACE_LIMITS = (
    "Synergy in a dish is no benefit in a person: of ALS combinations that looked good in animals none was confirmed in people.",
    "Concentrations in wells are taken as unbound; serum in the medium and plastic make them too high.",
    "The mean over all wells depends on which doses were chosen.",
    "Drift across a plate that follows the doses cannot be told from interaction without randomised wells or replicate plates.",
    "Levels in the spinal cord are computed, never measured.",
)
PAIR_LIMITS = (
    "A pathway or toxicity that is not listed is not known to be absent.",
    "Inhibited pumps are followed at the barrier only; in gut, liver and kidney they change exposure and toxicity too.",
    "Independent arms are assumed in every interaction from group summaries.",
    "No human factorial trial of an ALS combination with an interaction estimate was found.",
    "It does not say which drugs or doses are right for anybody.",
)


class Judged(Protocol):
    """A pair with its verdict and its reach."""

    @property
    def fit(self) -> PairFit:
        """The surfaces."""

    @property
    def verdict(self) -> PairVerdict:
        """What may be announced."""

    @property
    def reach(self) -> Reach:
        """Whether its synergy could be reached."""


@dataclass(frozen=True)
class _Section:
    """One pair as the template asks for it."""

    judged: Judged
    figures: Sequence[Markup]


def render_surfaces(file: str, pairs: Sequence[Judged], triples: Sequence[TripleFit], sources: Sequence[Source]) -> str:
    """The page of a file of wells; all text is escaped."""
    template = page_environment().get_template("surfaces.html.j2")
    announced = sum("synergy" in each.verdict.verdict for each in pairs)
    return template.render(
        file=file,
        pairs=pairs,
        triples=triples,
        announced=announced,
        forest=_forest(pairs),
        sections=[_Section(each, _figures(each)) for each in pairs[:MOST_DRAWN]],
        limits=SURFACE_LIMITS,
        sources=sources,
        stylesheet=page_stylesheet(),
    )


def render_drug_pair(answer: DrugPairAnswer, sources: Sequence[Source]) -> str:
    """The page of two drugs; all text is escaped."""
    numbers = {source.id: number for number, source in enumerate(sources, start=1)}
    return (
        page_environment()
        .get_template("drug_pair.html.j2")
        .render(
            answer=answer,
            forests=_study_forests(answer.studies),
            exposure_forest=_exposure_forest(answer.exposure),
            numbers=numbers,
            limits=PAIR_LIMITS,
            sources=sources,
            stylesheet=page_stylesheet(),
        )
    )


@debug_mode(False)
def _figures(judged: Judged) -> list[Markup]:
    """Excess over Bliss and over Loewe, and people's levels where they are known."""
    fit = judged.fit
    drugs, units = (fit.matrix.drugs[0], fit.matrix.drugs[1]), (fit.matrix.units[0], fit.matrix.units[1])
    found = []
    for name, label in (("bliss", "independent action (Bliss)"), ("loewe", "dose additivity (Loewe)")):
        wells = fit.wells.select(
            "dose_1", "dose_2", pl.col(f"{name}_excess").alias("excess").fill_nan(None), pl.col(f"{name}_error").alias("error")
        )
        if wells["excess"].null_count() == wells.height:
            continue
        chart = draw_excess(wells, drugs=drugs, units=units, reference=label)
        said = "; ".join(f"{m.label} {m.estimate:+.1%} ({m.low:+.1%} to {m.high:+.1%})" for m in fit.means if m.name == name)
        found.append(_inline(chart, f"{fit.matrix.name}: excess in every well; mean {said}."))
    if judged.reach.levels:
        found.append(_draw_reach(judged, drugs, units))
    return found


def _draw_reach(judged: Judged, drugs: tuple[str, str], units: tuple[str, str]) -> Markup:
    fit, reach = judged.fit, judged.reach
    wells = fit.wells.select("dose_1", "dose_2", excess=pl.min_horizontal("bliss_excess", "loewe_excess"))
    held: dict[str, float] = {}
    for number, (level, unit) in enumerate(zip(reach.levels, units, strict=True), start=1):
        low, middle, high = (float(each) for each in in_unit(np.array([level.low, level.middle, level.high]), unit))
        held |= {f"low_{number}": low, f"middle_{number}": middle, f"high_{number}": high}
    chart = draw_reach(wells, pl.DataFrame([held]), drugs=drugs, units=units, least=LEAST_EXCESS)
    return _inline(chart, f"{fit.matrix.name}: {reach.answer}; {reach.limiting}.")


@debug_mode(False)
def _forest(pairs: Sequence[Judged]) -> Markup | None:
    """Mean excess over Bliss and Loewe of every drawn pair."""
    rows = [
        _measure_effect(f"{each.fit.matrix.name}, {measure.label}", measure, len(each.fit.matrix.left))
        for each in pairs[:MOST_DRAWN]
        for measure in each.fit.means
        if measure.name in ("bliss", "loewe")
    ]
    if not rows:
        return None
    chart = draw_effects(rows, title="Mean excess over two references")
    return _inline(chart, "; ".join(f"{row.label} {row.estimate:+.3f} ({row.low:+.3f} to {row.high:+.3f})" for row in rows))


def _measure_effect(label: str, measure: Measure, wells: int) -> Effect:
    return Effect(
        name=measure.name,
        label=label,
        estimate=measure.estimate,
        low=measure.low,
        high=measure.high,
        unit=measure.unit,
        n=wells,
        estimand="mean excess over the wells with both drugs",
        method="refits to remade wells",
    )


@debug_mode(False)
def _study_forests(studies: Sequence[Additivity]) -> list[Markup]:
    """Interactions that could be identified, a forest for each scale."""
    found = []
    for scale, unit in (("additive", "of control"), ("multiplicative", "on the log scale")):
        rows = [
            Effect(
                name=study.study.id,
                label=f"{study.study.first} and {study.study.second}, {study.study.setting}",
                estimate=each.estimate,
                low=each.low,
                high=each.high,
                unit=unit,
                n=0,
                estimand=f"{scale} interaction of {study.study.outcome}",
                method="delta method",
            )
            for study in studies
            for each in study.interactions
            if each.scale == scale
        ]
        if rows:
            chart = draw_effects(rows, title=f"Interaction, {unit}; 0 is no more than the parts")
            found.append(_inline(chart, "; ".join(f"{r.label}: {r.estimate:+.3f} ({r.low:+.3f} to {r.high:+.3f})" for r in rows)))
    return found


@debug_mode(False)
def _exposure_forest(exposure: Sequence[ExposureInteraction]) -> Markup | None:
    """Factors on the unbound level at the neuron, of interactions with a shared pathway."""
    rows = [
        Effect(
            name=each.victim,
            label=f"{each.victim}, by {each.partner}",
            estimate=each.site.middle,
            low=each.site.low,
            high=each.site.high,
            unit="times the level without it",
            n=0,
            estimand="unbound level at the neuron",
            method="draws",
            scale="ratio",
        )
        for each in exposure
        if each.roles
    ]
    if not rows:
        return None
    chart = draw_effects(rows, title="Unbound level at the neuron, over that without the partner")
    return _inline(chart, "; ".join(f"{row.label}: {row.estimate:.2f} times ({row.low:.2f} to {row.high:.2f})" for row in rows))


def _inline(chart: object, said: str) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    return Markup(render_svg(chart, alt=said))  # type: ignore[arg-type]  # noqa: S704
