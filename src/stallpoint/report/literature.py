"""The page of where a treatment stalls by the literature: one HTML file, no network, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.core.claim import Claim
from stallpoint.core.source import Source
from stallpoint.draw.river import draw_river
from stallpoint.draw.svg import render_svg
from stallpoint.explain.from_literature import LiteratureAnswer
from stallpoint.explain.literature_table import tabulate_literature_links
from stallpoint.explain.statement import Statement
from stallpoint.explain.ways import GROUNDS, Way
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.report.render import page_environment, page_stylesheet

LIMITS = (
    "It is a hypothesis from what was published; nothing was measured here, and no person is meant by it.",
    "Links of which nothing was found may pass nearly all or impede: how likely that is, is assumed openly.",
    "What a trial did not publish is not in it, and negative trials are published less often.",
    "A marker that falls is not benefit, and a marker that foretells the course does not say who gains.",
    "It does not say which treatment or dose is right for anybody, and it ranks none.",
)


@dataclass(frozen=True, eq=False)
class LiteraturePage:
    """The answer as the template asks for it."""

    answer: LiteratureAnswer
    base: EvidenceBase
    statements: Mapping[str, Sequence[Statement]]
    sources: Sequence[Source]

    def cite(self, source: str) -> list[int]:
        """The number of a source in the list of references."""
        return [number for number, each in enumerate(self.sources, start=1) if each.id == source]

    def where(self, claim: Claim) -> str:
        """Trial, link, standing, design and tag of a claim, in words."""
        trial = self.base.trial(claim.trial)
        parts = (
            trial.name if trial else "",
            claim.link or "",
            claim.standing or "",
            claim.design,
            claim.tag,
            claim.known_from or "no date",
            self.base.owned(claim),
        )
        return ", ".join(part for part in parts if part)

    @property
    def grouped_ways(self) -> list[tuple[str, list[Way]]]:
        """Ways past, by the kind of evidence that bears on them."""
        groups = [(ground, [way for way in self.answer.ways if way.ground == ground]) for ground in GROUNDS]
        return [(ground, ways) for ground, ways in groups if ways]

    @property
    def river(self) -> Markup | None:
        """The chain as one picture; None where it is not asked for, because a trial saw harm."""
        return None if self.answer.stall is None else _draw(self.answer)

    @property
    def limits(self) -> tuple[str, ...]:
        """What no such page can know."""
        return LIMITS


def render_literature(page: LiteraturePage) -> str:
    """The whole page as text; all text is escaped."""
    template = page_environment().get_template("literature.html.j2")
    return template.render(page=page, answer=page.answer, base=page.base, said=page.statements, stylesheet=page_stylesheet())


@debug_mode(False)
def _draw(answer: LiteratureAnswer) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    stall = answer.stall
    if stall is None:
        return Markup()
    links = tabulate_literature_links(answer)
    said = "; ".join(f"{row['link']} passes {row['middle']:.0%}, {row['evidence']}" for row in links.iter_rows(named=True))
    chart = draw_river(links, named=stall.named, possible=stall.possible)
    return Markup(render_svg(chart, alt=f"{stall.text} {said}."))  # noqa: S704
