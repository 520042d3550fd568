"""The charts of a person's page, each with its alternative text; None where nothing was measured."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.core.profile import MarkerReading, Profile
from stallpoint.draw.gene_calls import ANSWERS, draw_gene_calls
from stallpoint.draw.marker_ranges import draw_marker_ranges
from stallpoint.draw.pathway_states import draw_pathway_states
from stallpoint.draw.svg import render_svg
from stallpoint.knowledge.repeats import load_repeats
from stallpoint.knowledge.variants import load_genes, load_variants

SayMarker = Callable[[MarkerReading], str]


@debug_mode(False)
def gene_figure(profile: Profile) -> Markup:
    """Calls and repeats of each gene that is asked for; those that stratify nobody, and what nothing is said of, are not tested."""
    told = [(call.gene, call.call if call.usable else "not tested") for call in profile.calls]
    told += [(repeat.gene, repeat.call if repeat.usable else "not tested") for repeat in profile.repeats]
    told += [(gene, "not tested") for gene in load_repeats() if gene not in {repeat.gene for repeat in profile.repeats}]
    told += [(gene, "not tested") for gene in {each.gene for each in load_variants()} - {gene for gene, _ in told}]
    order = {gene: index for index, gene in enumerate(load_genes())}
    ranked = sorted(told, key=lambda each: (order.get(each[0], len(order)), each[0]))
    frame = pl.DataFrame(ranked, schema=["gene", "answer"], orient="row")
    counts = frame.group_by("gene", maintain_order=True).agg(
        *((pl.col("answer") == answer).sum().alias(answer) for answer in ANSWERS)
    )
    said = "; ".join(
        f"{row['gene']} " + ", ".join(f"{row[answer]} {answer}" for answer in ANSWERS if row[answer])
        for row in counts.iter_rows(named=True)
    )
    return _inline(draw_gene_calls(frame), f"Variants and repeats of each gene: {said}.")


@debug_mode(False)
def marker_figure(profile: Profile, say: SayMarker) -> Markup | None:
    """Usable readings on the ranges of their references."""
    usable = [each for each in profile.markers if each.quality == "usable"]
    if not usable:
        return None
    frame = pl.DataFrame(
        [(_name(each), say(each), each.z, each.value, each.upper_95) for each in usable],
        schema={"label": pl.String, "value": pl.String, "z": pl.Float64, "reading": pl.Float64, "upper_95": pl.Float64},
        orient="row",
    )
    said = "; ".join(f"{_name(each)} {say(each)}, {_place(each)}" for each in usable)
    return _inline(draw_marker_ranges(frame), f"Markers: {said}.")


@debug_mode(False)
def pathway_figure(profile: Profile) -> Markup | None:
    """Pathways beside where 95% of controls lie."""
    if not any(each.activity is not None for each in profile.pathways):
        return None
    frame = pl.DataFrame(
        [(each.label, each.activity, each.low, each.high, each.answer) for each in profile.pathways],
        schema={"label": pl.String, "activity": pl.Float64, "low": pl.Float64, "high": pl.Float64, "answer": pl.String},
        orient="row",
    )
    said = "; ".join(f"{each.label} {each.answer}" for each in profile.pathways)
    return _inline(draw_pathway_states(frame), f"Pathways against controls: {said}.")


def _name(reading: MarkerReading) -> str:
    return ", ".join(part for part in (reading.marker, reading.matrix, reading.date) if part)


def _place(reading: MarkerReading) -> str:
    if reading.z is not None:
        return f"standard score {reading.z:.1f}"
    return reading.position if reading.upper_95 is not None else "no reference"


def _inline(chart: object, said: str) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    return Markup(render_svg(chart, alt=said))  # type: ignore[arg-type]  # noqa: S704
