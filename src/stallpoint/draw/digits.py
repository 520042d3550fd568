"""Last digits as recorded, beside those of a smooth distribution."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, HALF_WIDTH, INK

HEIGHT = 150
AXIS_ROOM = 60


def draw_digits(digits: pl.DataFrame, *, measure: str) -> alt.LayerChart:
    """Share of values that end in each digit (bars) and the share a smooth distribution would give it (marks).

    `digits` has digit, observed and expected, all of one measure.
    """
    x = alt.X("digit:O", axis=alt.Axis(title="last digit", labelAngle=0))

    def share(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=alt.Axis(title="share of values", format=".0%", tickCount=4))

    table = alt.Chart(inline(digits.select("digit", "observed", "expected")))
    layers = [
        table.mark_bar(color=ACCENT.light, opacity=0.6, size=26).encode(x=x, y=share("observed")),
        table.mark_tick(color=INK.light, thickness=2, size=34).encode(x=x, y=share("expected")),
    ]
    subtitle = "Bars: recorded. Marks: expected of a smooth distribution"
    return dress(layers, width=HALF_WIDTH - AXIS_ROOM, height=HEIGHT, title=measure, subtitle=subtitle)
