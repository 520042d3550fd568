"""What is known and what is not tested, gene by gene: one mark a variant or repeat."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import across, down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, INK, SMALL_SIZE, SOFT

LABEL_WIDTH = 110
NUMBERS_WIDTH = 330
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
ROW_HEIGHT = 24
MARK_STEP = 24
MARK_SIZE = 150

ANSWERS = ("present", "absent", "not tested")
_SHAPES = {"present": "square", "absent": "circle", "not tested": "M-0.5,-0.5L0.5,0.5M-0.5,0.5L0.5,-0.5"}
_FILLS = {"present": ACCENT.light, "absent": "transparent", "not tested": "transparent"}
_STROKES = {"present": ACCENT.light, "absent": INK.light, "not tested": SOFT.light}


def draw_gene_calls(calls: pl.DataFrame) -> alt.LayerChart:
    """A row a gene: filled squares are present, open circles absent, crosses not tested; told apart by shape, so also in grey.

    `calls` has columns gene and answer (present, absent, not tested), a row each variant or repeat; genes in the order to draw. So many
    marks of one answer as do not fit are counted in the numbers at the end of the row, as all are.
    """
    genes = calls["gene"].unique(maintain_order=True).to_list()
    height = ROW_HEIGHT * max(len(genes), 1)
    most = int(PLOT_WIDTH // MARK_STEP)
    marks: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for index, gene in enumerate(genes):
        answers = calls.filter(gene=gene)["answer"].to_list()
        row = (index + 0.5) * ROW_HEIGHT
        ordered = [answer for answer in ANSWERS for each in answers if each == answer]
        marks += [{"at": (k + 0.5) * MARK_STEP, "row": row, "answer": each} for k, each in enumerate(ordered[:most])]
        counts = ", ".join(f"{answers.count(answer)} {answer}" for answer in ANSWERS if answer in answers)
        labels.append({"row": row, "gene": gene, "numbers": counts})
    y, table = down("row", height=height), alt.Chart(inline(labels))
    layers = [
        *_marks(marks, height),
        table.mark_text(fontStyle="italic").encode(x=alt.value(-LABEL_WIDTH), y=y, text="gene:N"),
        table.mark_text(align="right", fontSize=SMALL_SIZE, color=SOFT.light).encode(
            x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N"
        ),
    ]
    subtitle = "Filled square: present. Open circle: looked for and absent. Cross: not tested, which is never normal"
    return dress(layers, width=PLOT_WIDTH, height=height, title="What is known of each gene", subtitle=subtitle)


def _marks(marks: list[dict[str, Any]], height: float) -> list[alt.Chart]:
    """One layer for each answer that occurs."""
    return [
        alt.Chart(inline(found))
        .mark_point(
            shape=_SHAPES[answer], size=MARK_SIZE, fill=_FILLS[answer], stroke=_STROKES[answer], strokeWidth=1.6, opacity=1
        )
        .encode(x=across("at", width=PLOT_WIDTH), y=down("row", height=height))
        for answer in ANSWERS
        if (found := [mark for mark in marks if mark["answer"] == answer])
    ]
