"""Sources as BibTeX, so that a reference manager reads every author and page."""

from __future__ import annotations

import re

from stallpoint.core.source import Source

_INITIALS = re.compile(r"[A-Z]{1,4}(-[A-Z])?")
"""How the last word of a person's name looks in the house's author lists: `van Eijk RPA`."""

_PLACE = re.compile(r"(?P<journal>.+?) (?P<volume>\d+)(\((?P<number>[^)]+)\))?:(?P<pages>\S+)")
"""Journal, volume, issue and pages of a venue: `J Stat Softw 35(9):1-33`."""

_SPECIAL = re.compile(r"([&%$#_])")


def render_bibtex(source: Source) -> str:
    """One BibTeX entry."""
    fields = {
        "author": " and ".join(_author(name) for name in source.authors.split(", ")) if source.authors else "",
        "title": f"{{{_escape(source.title)}}}",
        **_venue(source),
        "year": str(source.year) if source.year else "",
        "doi": source.doi,
        "url": source.url,
    }
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@{source.kind}{{{source.id},\n{body}\n}}"


def _author(name: str) -> str:
    """A person as `Surname, I. N.`; anybody else, such as an organisation, in braces, which keep BibTeX from taking it apart."""
    if name == "et al.":
        return "others"
    surname, _, last = name.rpartition(" ")
    if surname and _INITIALS.fullmatch(last):
        return f"{_escape(surname)}, {' '.join(f'{initial}.' for initial in last.replace('-', ''))}"
    return f"{{{_escape(name)}}}"


def _venue(source: Source) -> dict[str, str]:
    if source.kind != "article":
        return {"publisher" if source.kind == "book" else "howpublished": _escape(source.venue)}
    placed = _PLACE.fullmatch(source.venue)
    if placed is None:
        return {"journal": _escape(source.venue)}
    parts = placed.groupdict(default="")
    return {**parts, "journal": _escape(parts["journal"]), "pages": parts["pages"].replace("-", "--")}


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
