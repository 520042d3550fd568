"""Where a number comes from, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tag = Literal["seen", "recalled", "derived", "assumed"]
"""How a fact was obtained: read in a source, general knowledge, arithmetic on seen numbers, a modelling choice."""

EvidenceClass = Literal["measured here", "human", "animal", "in vitro", "assumed"]


@dataclass(frozen=True)
class Source:
    """A work that can be cited. `id` is the key used by facts, effects and checks."""

    id: str
    title: str
    authors: str = ""
    year: int | None = None
    venue: str = ""
    doi: str = ""
    url: str = ""
    kind: Literal["article", "software", "dataset", "misc"] = "article"

    @property
    def text(self) -> str:
        """One line for a list of references."""
        when = f" ({self.year})" if self.year else ""
        link = f" doi:{self.doi}" if self.doi else f" {self.url}" if self.url else ""
        who = f"{self.authors}{when}. " if self.authors or when else ""
        return f"{who}{self.title}.{f' {self.venue}.' if self.venue else ''}{link}"


def render_bibtex(source: Source) -> str:
    """One BibTeX entry."""
    kind = {"article": "article", "software": "software", "dataset": "dataset", "misc": "misc"}[source.kind]
    fields = {
        "author": source.authors,
        "title": f"{{{source.title}}}",
        "journal" if source.kind == "article" else "howpublished": source.venue,
        "year": str(source.year) if source.year else "",
        "doi": source.doi,
        "url": source.url,
    }
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@{kind}{{{source.id},\n{body}\n}}"
