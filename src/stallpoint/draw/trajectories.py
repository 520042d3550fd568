"""Function over time: each person a thin line, each arm's fitted mean with its band."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.core.numbers import format_number
from stallpoint.draw.dress import arm_colour, arm_dash, arms_in, dress, inline
from stallpoint.draw.labels import LINE_HEIGHT
from stallpoint.draw.line_ends import LineEnd, draw_line_ends, line_end_room
from stallpoint.draw.months import month_axis, month_ticks
from stallpoint.draw.palette import HALF_WIDTH

HEIGHT = 270
AXIS_ROOM = 34
SCORE_RANGE = (0.0, 48.0)
"""ALSFRS-R runs from 0 to 48 (Cedarbaum et al. 1999, doi:10.1016/s0022-510x(99)00210-5)."""

LINES_SHOWN = 200
FAINTEST, STRONGEST = 0.10, 0.35


def draw_trajectories(observed: pl.DataFrame, fitted: pl.DataFrame) -> alt.LayerChart:
    """Observed ALSFRS-R lines under fitted means with 95% bands, arms labelled where their lines end.

    `observed` has columns patient, arm, time_months, alsfrs_r; `fitted` has arm, time_months, mean, low, high; time in
    months, function in points. Arms wear their colours in the order of `fitted`. Above 200 people every k-th is shown,
    and the chart says so. No identifier enters the chart.

    Raises:
        StallpointError: for more than four arms.
    """
    arms = arms_in(fitted)
    ends = _find_ends(fitted)
    horizon = max(_last(fitted["time_months"]), _last(observed["time_months"]))
    every, people = _thin(observed)
    x = month_axis("time_months", domain=(0, horizon), ticks=month_ticks(horizon))
    colour, dash = arm_colour(arms), arm_dash(arms)
    lines = alt.Chart(inline(people)).mark_line(strokeWidth=0.8, opacity=_faintness(people), strokeJoin="round")
    bands = alt.Chart(inline(fitted)).mark_area(opacity=0.22)
    means = alt.Chart(inline(fitted)).mark_line(strokeWidth=2.6)
    width = HALF_WIDTH - AXIS_ROOM - line_end_room(ends)
    layers = [
        lines.encode(x=x, y=_score("alsfrs_r"), color=colour, detail="line:N"),
        bands.encode(x=x, y=_score("low"), y2="high:Q", color=colour),
        means.encode(x=x, y=_score("mean"), color=colour, strokeDash=dash),
        draw_line_ends(ends, arms=arms, width=width, gap=LINE_HEIGHT / HEIGHT * SCORE_RANGE[1], span=SCORE_RANGE),
    ]
    return dress(layers, width=width, height=HEIGHT, title="Function over time", subtitle=_say(every, arms))


def _score(field: str) -> alt.Y:
    axis = alt.Axis(values=[0, 12, 24, 36, 48], title=None)
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=SCORE_RANGE, nice=False), axis=axis)


def _last(times: pl.Series) -> float:
    return 0.0 if times.is_empty() else float(times.max())  # type: ignore[arg-type]


def _thin(observed: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    """Every k-th person and k; people become plain numbers, so that no identifier travels with the chart."""
    numbered = observed.with_columns((pl.col("patient").rank("dense") - 1).cast(pl.Int64).alias("line"))
    every = max(1, -(-numbered["line"].n_unique() // LINES_SHOWN))
    kept = numbered.filter(pl.col("line") % every == 0, pl.col("alsfrs_r").is_not_null())
    return every, kept.select("line", "arm", "time_months", "alsfrs_r").sort("line", "time_months")


def _faintness(people: pl.DataFrame) -> float:
    """Fainter the more lines there are, so that means stay in front."""
    return max(FAINTEST, min(STRONGEST, 14 / max(1, people["line"].n_unique())))


def _find_ends(fitted: pl.DataFrame) -> list[LineEnd]:
    last = fitted.sort("time_months").group_by("arm", maintain_order=True).last()
    return [
        LineEnd(row["arm"], row["mean"], f"{row['arm']} {format_number(row['mean'], 1)}") for row in last.iter_rows(named=True)
    ]


def _say(every: int, arms: list[str]) -> str:
    people = "thin: each person" if every == 1 else f"thin: 1 person in {every}"
    return f"ALSFRS-R, points of 48; {people}; bold: fitted {'means' if len(arms) > 1 else 'mean'}, 95% band"
