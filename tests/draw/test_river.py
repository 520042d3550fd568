from __future__ import annotations

import polars as pl
import pytest

from stallpoint.core.parameter import LINKS
from stallpoint.draw.river import ASKS, describe_river, draw_river
from stallpoint.draw.svg import render_svg

CLASSES = ("measured here", "measured here", "human", "animal", "in vitro", "assumed", "measured here")


def links(passes=(0.9, 0.8, 0.3, 0.9, 0.8, 0.9, 1.0), classes=CLASSES):
    left, rows = 1.0, []
    for link, share, evidence in zip(LINKS, passes, classes, strict=True):
        left *= share
        rows.append(
            {
                "subject": "this trial", "link": link, "low": share / 2, "middle": share, "high": min(1.0, share * 1.2),
                "arrives_low": left / 2, "arrives": left, "arrives_high": min(1.0, left * 1.3), "evidence": evidence,
                "bottleneck_probability": 0.8 if link == "delivered" else 0.03,
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def test_it_is_a_valid_chart_that_names_every_link_and_its_evidence():
    chart = draw_river(links(), named="delivered")
    chart.to_dict(validate=True)
    svg = render_svg(chart, alt="the chain")
    for link in LINKS:
        assert f">{link}<" in svg
        assert ASKS[link] in svg
    for said in ("people elsewhere", "animals", "dish", "assumed", "stalls here, 0.80"):
        assert said in svg


def test_what_cannot_be_told_is_marked_as_possible_and_never_as_a_stall():
    svg = render_svg(draw_river(links(), named=None, possible=("delivered", "timely")), alt="the chain")
    assert svg.count("possible, 0.") == 2
    assert "stalls here" not in svg


@pytest.mark.parametrize("evidence", ["human", "animal", "in vitro", "assumed"])
def test_evidence_from_elsewhere_has_a_texture_that_grey_keeps(evidence):
    """More marks than the same river measured here: lines or dots, not colour alone."""
    here = render_svg(draw_river(links(classes=("measured here",) * 7), named=None), alt="")
    there = render_svg(draw_river(links(classes=("measured here", evidence, *["measured here"] * 5)), named=None), alt="")
    assert there.count("<path") + there.count("<line") > here.count("<path") + here.count("<line") + 5


def test_a_river_that_runs_dry_can_be_drawn():
    render_svg(draw_river(links(passes=(0.0,) * 7), named="taken"), alt="")


def test_it_wears_the_colours_of_the_page():
    svg = render_svg(draw_river(links(), named="delivered"), alt="")
    assert "var(--accent)" in svg
    assert "#1f6f78" not in svg


def test_the_words_say_what_the_picture_does():
    said = describe_river(links(), stall="It stalls at delivered.")
    assert "delivered 30% (human)" in said
    assert said.endswith("It stalls at delivered.")
