"""Where a number comes from, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tag = Literal["seen", "recalled", "derived", "assumed"]
"""How a fact was obtained: read in a source, general knowledge, arithmetic on seen numbers, a modelling choice."""

SourceKind = Literal["article", "book", "software", "dataset", "misc"]

EvidenceClass = Literal["measured here", "human", "animal", "in vitro", "assumed"]

Direction = Literal["refutes", "null", "supports"]
"""What evidence says of a claim; the order in which it is shown."""

DIRECTIONS: tuple[Direction, ...] = ("refutes", "null", "supports")


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
    kind: SourceKind = "article"

    @property
    def text(self) -> str:
        """One line for a list of references."""
        when = f" ({self.year})" if self.year else ""
        link = f" doi:{self.doi}" if self.doi else f" {self.url}" if self.url else ""
        who = f"{self.authors}{when}. " if self.authors or when else ""
        return f"{who}{self.title}.{f' {self.venue}.' if self.venue else ''}{link}"
