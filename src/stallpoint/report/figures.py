"""The charts of a report, as inline SVG by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import altair as alt
import polars as pl
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.core.effect import Effect
from stallpoint.draw.bounds import draw_bounds, draw_survivor_bounds
from stallpoint.draw.effect_spread import draw_effect_spread
from stallpoint.draw.effects import draw_effects
from stallpoint.draw.flow import NOT_SHOWN, draw_flow
from stallpoint.draw.numbers import format_estimate
from stallpoint.draw.river import describe_river, draw_river
from stallpoint.draw.survival import draw_survival
from stallpoint.draw.svg import render_svg
from stallpoint.draw.trajectories import draw_trajectories
from stallpoint.draw.visits import draw_visits
from stallpoint.report.content import ReportContent


# Altair checks every part against its JSON schema, at several times the cost of drawing; the charts' tests do that instead.
@debug_mode(False)
def draw_figures(content: ReportContent) -> dict[str, Markup]:
    """Charts for which the series are there: trajectories, survival, flow, visits, bounds, survivors, spread."""
    series = {name: _sort_arms(frame, content.arms) for name, frame in content.series.items() if frame.height}
    figures: dict[str, Markup] = {}
    if {"trajectories_observed", "trajectories_fitted"} <= series.keys():
        fitted = series["trajectories_fitted"]
        chart = draw_trajectories(series["trajectories_observed"], fitted)
        figures["trajectories"] = _inline(chart, f"Function over time. {_say_last(fitted, 'mean', '{:.1f} points')}")
    if {"survival", "numbers_at_risk"} <= series.keys():
        curves = series["survival"]
        chart = draw_survival(curves, series["numbers_at_risk"])
        figures["survival"] = _inline(chart, f"Survival. {_say_last(curves, 'survival', '{:.0%}')}")
    if "flow" in series:
        figures["flow"] = _inline(draw_flow(series["flow"]), f"Who entered and what became of them. {_say_flow(series['flow'])}")
    if "visit_pattern" in series:
        alt = "Share of people assessed, missed, withdrawn or dead at each planned visit, by arm."
        figures["visits"] = _inline(draw_visits(series["visit_pattern"]), alt)
    if "benefit_bounds" in series:
        bounds = series["benefit_bounds"]
        figures["bounds"] = _inline(draw_bounds(bounds), f"What shares of people can be. {_say_bounds(bounds)}")
    if "survivor_bounds" in series:
        survivors = series["survivor_bounds"]
        said = _say_survivors(survivors)
        figures["survivors"] = _inline(
            draw_survivor_bounds(survivors), f"Effect in those who would live under either arm. {said}"
        )
    if "effect_spread" in series:
        spread = series["effect_spread"]
        figures["spread"] = _inline(
            draw_effect_spread(spread), f"How far effects may differ between people. {_say_spread(spread)}"
        )
    return figures


@debug_mode(False)
def draw_rivers(content: ReportContent) -> list[Markup]:
    """The chain of the trial, then that of each group in which a link is named."""
    if not {"chain_links", "chain_stalls"} <= content.series.keys():
        return []
    links, stalls = content.series["chain_links"], content.series["chain_stalls"].to_dicts()
    shown = [stall for stall in stalls if stall["kind"] == "trial" or (stall["kind"] == "group" and stall["named"] is not None)]
    rivers = []
    for stall in shown:
        rows = links.filter(pl.col("subject") == stall["subject"])
        chart = draw_river(rows, named=stall["named"], possible=stall["possible"])
        rivers.append(_inline(chart, describe_river(rows, stall=stall["text"])))
    return rivers


@debug_mode(False)
def draw_forests(effects: Sequence[Effect], *, prespecified: Mapping[str, bool]) -> list[Markup]:
    """One forest per unit and scale, in the order in which these first occur."""
    first_seen = list(dict.fromkeys(map(_axis, effects)))
    ordered = sorted(effects, key=lambda effect: first_seen.index(_axis(effect)))
    groups = [list(group) for _, group in groupby(ordered, key=_axis)]
    return [_inline(draw_effects(group, prespecified=prespecified), _say_effects(group)) for group in groups]


def _axis(effect: Effect) -> tuple[str, str]:
    return effect.unit, effect.scale


def _inline(chart: alt.LayerChart, alt: str) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    return Markup(render_svg(chart, alt=alt))  # noqa: S704


def _sort_arms(frame: pl.DataFrame, arms: Sequence[str]) -> pl.DataFrame:
    """Rows in the order of the arms, so that an arm wears the same colour in every chart; unnamed arms come last."""
    rank = {arm: index for index, arm in enumerate(arms)}
    order = pl.col("arm").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)
    return frame.sort(order, maintain_order=True) if rank and "arm" in frame.columns else frame


def _say_last(curves: pl.DataFrame, value: str, written: str) -> str:
    """Where each arm's curve ends."""
    last = curves.sort("time_months", maintain_order=True).group_by("arm", maintain_order=True).last()
    said = [f"{row['arm']} {written.format(row[value])} at {row['time_months']:g} months" for row in last.iter_rows(named=True)]
    return f"{'; '.join(said)}."


def _say_flow(flow: pl.DataFrame) -> str:
    said = [
        f"{part['arm'][0]}: {', '.join(f'{step} {NOT_SHOWN if n is None else n}' for step, n in part.select('step', 'n').iter_rows())}"
        for part in flow.partition_by("arm", maintain_order=True)
    ]
    return f"{'; '.join(said)}."


def _say_bounds(bounds: pl.DataFrame) -> str:
    said = [f"{row['share']} {row['least']:.0%} to {row['most']:.0%}" for row in bounds.iter_rows(named=True)]
    return f"{'; '.join(said)}."


def _say_survivors(bounds: pl.DataFrame) -> str:
    said = [
        f"assumed of deaths: {row['assumption']}: {row['least']:.1f} to {row['most']:.1f} points"
        for row in bounds.iter_rows(named=True)
    ]
    return f"{'; '.join(said)}."


def _say_spread(spread: pl.DataFrame) -> str:
    said = [
        f"{row['sd']:.2f} at a correlation of {row['correlation']:g}"
        for row in (spread.row(0, named=True), spread.row(-1, named=True))
    ]
    return f"Standard deviation in points per month: {', '.join(said)}."


def _say_effects(effects: Sequence[Effect]) -> str:
    unit = f" ({effects[0].unit})" if effects[0].unit else ""
    return f"Effects with intervals{unit}: {'; '.join(f'{effect.label} {format_estimate(effect)}' for effect in effects)}."
