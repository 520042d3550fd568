"""Axes that are plain pixels, for charts laid out like a page."""

from __future__ import annotations

import altair as alt


def across(field: str, *, width: float) -> alt.X:
    """Pixels from the left."""
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)


def down(field: str, *, height: float) -> alt.Y:
    """Pixels from the top."""
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
