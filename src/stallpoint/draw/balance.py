"""How alike the arms were at time zero."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, LINE, SOFT, WARN

ROW_HEIGHT = 26
BAND_HEIGHT = 16
LABEL_WIDTH = 300
LABEL_CHARACTERS = 44
NUMBERS_WIDTH = 130
MOST_ROWS = 30
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH


def draw_balance(differences: pl.DataFrame, *, randomised: bool = True) -> alt.LayerChart:
    """Standardised difference of each column or level (point) over the interval that 95 of 100 randomisations stay within (band).

    `differences` has column, level, arm, against, difference and chance; at most 30 rows, the farthest from chance. Without
    randomisation there is no band.
    """
    known = differences.drop_nulls("difference").with_columns(order=pl.int_range(pl.len()))
    far = known.sort((pl.col("difference") / pl.col("chance")).abs(), "order", descending=[True, False]).head(MOST_ROWS)
    several = known["arm"].n_unique() > 1
    rows = [_row(row, index, several) for index, row in enumerate(far.sort("order").iter_rows(named=True))]
    height = ROW_HEIGHT * max(len(rows), 1)
    reach = 1.08 * max([abs(row["difference"]) for row in rows] + [row["to"] for row in rows], default=1.0)
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    x = alt.X("difference:Q", scale=scale, axis=alt.Axis(title="standardised difference", grid=False, tickCount=7))
    y, table = down("middle", height=height), alt.Chart(inline(rows))
    band = table.mark_bar(size=BAND_HEIGHT, color=LINE.light).encode(x=alt.X("from:Q", scale=scale), x2="to:Q", y=y)
    against = str(differences["against"].first()) if differences.height else ""
    arms = "each arm" if several else str(differences["arm"].first())
    layers = [
        *([band] if randomised else []),
        alt.Chart(inline([{"at": 0.0}])).mark_rule(color=SOFT.light, strokeDash=[3, 3]).encode(x=alt.X("at:Q", scale=scale)),
        table.mark_point(size=70, filled=True, opacity=1).encode(x=x, y=y, color=alt.Color("colour:N", scale=None)),
        table.mark_text().encode(x=alt.value(-LABEL_WIDTH), y=y, text="label:N"),
        table.mark_text(align="right").encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N"),
    ]
    bands = ". Bands: where 95 of 100 randomisations of as many people lie" if randomised else ""
    more = f"; the {MOST_ROWS} farthest of {known.height}" if known.height > MOST_ROWS else ""
    subtitle = f"Points: {arms} minus {against}, in standard deviations{more}{bands}"
    return dress(layers, width=PLOT_WIDTH, height=height, title="How far the arms are apart", subtitle=subtitle)


def _row(row: dict[str, Any], index: int, several: bool) -> dict[str, Any]:
    label = " ".join(part for part in (row["column"].replace("_", " "), row["level"]) if part)
    label = f"{row['arm']}: {label}" if several else label
    outside = abs(row["difference"]) > row["chance"]
    return {
        "label": label if len(label) <= LABEL_CHARACTERS else f"{label[: LABEL_CHARACTERS - 1]}…",
        "difference": row["difference"],
        "from": -row["chance"],
        "to": row["chance"],
        "colour": WARN.light if outside else ACCENT.light,
        "numbers": f"{row['difference']:+.2f} (±{row['chance']:.2f})".replace("-", "\u2212"),
        "middle": (index + 0.5) * ROW_HEIGHT,
    }
