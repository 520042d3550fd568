"""Charts of a person's page: what is not tested, what has no reference and what cannot be told are shown as such."""

import json
import re

import polars as pl

from stallpoint.draw.gene_calls import draw_gene_calls
from stallpoint.draw.marker_ranges import PLOT_WIDTH, draw_marker_ranges
from stallpoint.draw.pathway_states import draw_pathway_states
from stallpoint.draw.svg import render_svg

MARKER = {"label": pl.String, "value": pl.String, "z": pl.Float64, "reading": pl.Float64, "upper_95": pl.Float64}
STATE = {"label": pl.String, "activity": pl.Float64, "low": pl.Float64, "high": pl.Float64, "answer": pl.String}


def data_of(chart) -> list[dict]:
    return [row for layer in chart.layer for row in json.loads(layer.data.values)]


def test_each_variant_is_one_mark_of_its_answer():
    calls = pl.DataFrame({"gene": ["SOD1"] * 4 + ["FUS"], "answer": ["absent", "present", "not tested", "absent", "not tested"]})
    chart = draw_gene_calls(calls)
    marks = [row for row in data_of(chart) if "answer" in row]
    assert sorted(row["answer"] for row in marks) == ["absent", "absent", "not tested", "not tested", "present"]
    first = [row["answer"] for row in sorted(marks, key=lambda row: (row["row"], row["at"]))]
    assert first == ["present", "absent", "absent", "not tested", "not tested"]
    svg = render_svg(chart, alt="Genes")
    assert "1 present, 2 absent, 1 not tested" in svg
    assert "not tested, which is never normal" in svg
    assert not re.search(r"#[0-9a-f]{6}", svg)


def test_more_marks_than_fit_are_still_counted():
    svg = render_svg(draw_gene_calls(pl.DataFrame({"gene": ["SOD1"] * 90, "answer": ["absent"] * 90})), alt="Genes")
    assert "90 absent" in svg


def test_a_marker_stands_on_its_own_range_or_on_none():
    rows = [
        ("at the limit", "20 pg/mL", None, 20.0, 20.0),
        ("far above", "2000 pg/mL", None, 2000.0, 20.0),
        ("a score", "9 pg/mL", 1.96, 9.0, None),
        ("nothing to go by", "300 pg/mL", None, 300.0, None),
    ]
    chart = draw_marker_ranges(pl.DataFrame(rows, schema=MARKER, orient="row"))
    at = {row["label"]: row for row in data_of(chart) if "label" in row}
    assert at["at the limit"]["at"] == PLOT_WIDTH / 2 == at["at the limit"]["high"]
    assert not at["at the limit"]["outside"]
    assert (at["far above"]["at"], at["far above"]["arrow"], at["far above"]["outside"]) == (PLOT_WIDTH, "triangle-right", True)
    assert at["a score"]["at"] == at["a score"]["high"]
    assert at["nothing to go by"]["at"] is None
    svg = render_svg(chart, alt="Markers")
    assert svg.count(">no reference<") == 1
    assert "9 pg/mL, z 2.0" in svg
    assert "NaN" not in svg
    assert not re.search(r"#[0-9a-f]{6}", svg)


def test_pathways_show_band_mark_and_what_cannot_be_told():
    rows = [
        ("autophagy", 3.2, -0.7, 0.8, "higher"),
        ("mitochondria", -2.0, None, None, "cannot tell"),
        ("excitotoxicity", None, None, None, "cannot tell"),
    ]
    chart = draw_pathway_states(pl.DataFrame(rows, schema=STATE, orient="row"))
    svg = render_svg(chart, alt="Pathways")
    assert "higher: 3.20 (\u22120.70 to 0.80)" in svg
    assert "cannot tell: \u22122.00" in svg
    assert svg.count("cannot tell<") == 2
    assert "NaN" not in svg
    empty = draw_pathway_states(pl.DataFrame([rows[2]], schema=STATE, orient="row"))
    assert "excitotoxicity" in render_svg(empty, alt="Pathways")
