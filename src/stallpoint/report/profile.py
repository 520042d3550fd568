"""The page of one person's profile: one HTML file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stallpoint.core.numbers import format_number
from stallpoint.core.profile import MarkerReading, PathwayState
from stallpoint.core.source import Source
from stallpoint.core.variant import RepeatCall
from stallpoint.explain.person import PersonTreatment, PersonTreatments
from stallpoint.explain.person_text import PERSON_LIMITS, SECTIONS, opening_statements, treatment_statements
from stallpoint.explain.statement import Statement
from stallpoint.profile.view import LIMITS, ProfileView
from stallpoint.report.profile_figures import gene_figure, marker_figure, pathway_figure
from stallpoint.report.render import page_environment, page_stylesheet

TAGS = {"refutes": "warning", "null": "hypothesis", "supports": "exploratory"}


@dataclass(frozen=True)
class _Page:
    """The profile as the template asks for it."""

    view: ProfileView
    sources: Sequence[Source]
    treatments: PersonTreatments | None = None

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
    def gene_figure(self) -> Markup:
        """What is known of each gene, as a chart."""
        return gene_figure(self.view.profile)

    @property
    def marker_figure(self) -> Markup | None:
        """Markers on their reference ranges, as a chart."""
        return marker_figure(self.view.profile, self.say_marker)

    @property
    def pathway_figure(self) -> Markup | None:
        """Pathways against controls, as a chart."""
        return pathway_figure(self.view.profile)

    @property
    def limits(self) -> tuple[str, ...]:
        """What no such page can know."""
        return LIMITS if self.treatments is None else (*PERSON_LIMITS, *LIMITS)

    @property
    def opening(self) -> tuple[Statement, ...]:
        """What the treatments are, before any of them."""
        return () if self.treatments is None else opening_statements(self.treatments)

    @property
    def sections(self) -> dict[str, str]:
        """Parts of a treatment by key, with their titles."""
        return SECTIONS

    def say_treatment(self, one: PersonTreatment) -> dict[str, tuple[Statement, ...]]:
        """One treatment in sentences."""
        return treatment_statements(one)

    def cite_treatment(self, one: PersonTreatment) -> list[int]:
        """Numbers of the works that a treatment rests on."""
        named = {each.claim.source for each in one.results} | {each.trial.source for each in one.applicability}
        named |= {source for link in (one.chain.links if one.chain else ()) for source in link.sources}
        return [number for number, each in enumerate(self.sources, start=1) if each.id in named]


def render_profile(view: ProfileView, sources: Sequence[Source], treatments: PersonTreatments | None = None) -> str:
    """The whole page as text, treatments beside the person where they are given; all text is escaped."""
    template = page_environment().get_template("profile.html.j2")
    return template.render(page=_Page(view, sources, treatments), view=view, profile=view.profile, stylesheet=page_stylesheet())
