"""What every chart shares: its clothes, its data carried along, its arms in order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.palette import arm_styles, chart_config


def dress(layers: Sequence[alt.Chart], *, width: float, height: float, title: str, subtitle: str = "") -> alt.LayerChart:
    """The layers as one chart, with a title in plain words and the common configuration; width and height in pixels."""
    said = alt.TitleParams(text=title, subtitle=[subtitle]) if subtitle else alt.TitleParams(text=title)
    chart = alt.LayerChart(layer=list(layers), width=width, height=height, title=said)
    dressed: alt.LayerChart = chart.configure(**chart_config())
    return dressed


def inline(rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows that travel inside the chart, as one JSON text: Altair would check and copy a list value by value."""
    said = rows.write_json() if isinstance(rows, pl.DataFrame) else json.dumps(list(rows))
    return alt.InlineData(values=said, format=alt.JsonDataFormat(type="json"))


def arms_in(frame: pl.DataFrame) -> list[str]:
    """The arms in the order in which the frame names them first."""
    return frame["arm"].unique(maintain_order=True).to_list()


def arm_colour(arms: Sequence[str]) -> alt.Color:
    """Colour by arm, without a legend: lines are labelled where they end."""
    colours = [style.colour.light for style in arm_styles(arms).values()]
    return alt.Color("arm:N", scale=alt.Scale(domain=list(arms), range=colours), legend=None)


def arm_dash(arms: Sequence[str]) -> alt.StrokeDash:
    """Dash by arm, so that arms can be told apart in grey."""
    dashes = [list(style.dash) or [1, 0] for style in arm_styles(arms).values()]
    return alt.StrokeDash("arm:N", scale=alt.Scale(domain=list(arms), range=dashes), legend=None)
