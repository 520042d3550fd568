"""The page of one person's profile: one HTML file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stallpoint.core.numbers import format_number
from stallpoint.core.profile import MarkerReading, PathwayState
from stallpoint.core.source import Source
from stallpoint.core.variant import RepeatCall
from stallpoint.profile.view import LIMITS, ProfileView
from stallpoint.report.render import page_environment, page_stylesheet

TAGS = {"refutes": "warning", "null": "hypothesis", "supports": "exploratory"}


@dataclass(frozen=True)
class _Page:
    """The profile as the template asks for it."""

    view: ProfileView
    sources: Sequence[Source]

    def cite(self, source: str) -> list[int]:
        """The number of a source in the list of references."""
        return [number for number, each in enumerate(self.sources, start=1) if each.id == source]

    def tag(self, direction: str) -> str:
        """The dress of a direction."""
        return TAGS[direction]

    def say_marker(self, reading: MarkerReading) -> str:
        """A value in its standard unit, with its sign where it is censored; what was said where it could not be converted."""
        if reading.value is None:
            return reading.said
        return f"{'<' if reading.censored else ''}{reading.value:.4g} {reading.unit}"

    def say_alleles(self, repeat: RepeatCall) -> str:
        """Counts with their intervals."""
        return ", ".join(
            f"{count:g}" if low == high == count else f"{count:g} ({low:g} to {high:g})".replace(" to inf", " or more")
            for count, (low, high) in zip(repeat.alleles, repeat.intervals, strict=True)
        )

    def say_activity(self, state: PathwayState) -> tuple[str, str, str]:
        """Activity, where 95% of controls lie, corrected p; empty where there is none."""
        if state.activity is None:
            return "", "", ""
        span = (
            "" if state.low is None or state.high is None else f"{format_number(state.low, 2)} to {format_number(state.high, 2)}"
        )
        return format_number(state.activity, 2), span, "" if state.p_value is None else f"{state.p_value:.2g}"

    @property
    def limits(self) -> tuple[str, ...]:
        """What no such page can know."""
        return LIMITS


def render_profile(view: ProfileView, sources: Sequence[Source]) -> str:
    """The whole page as text; all text is escaped."""
    template = page_environment().get_template("profile.html.j2")
    return template.render(page=_Page(view, sources), view=view, profile=view.profile, stylesheet=page_stylesheet())
