"""What the codes and words of a source mean in a study: a list of terms, matched to the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stallpoint.core.errors import StudyFileError
from stallpoint.core.nearest import ask_nearest
from stallpoint.io.delimited_file import read_delimited
from stallpoint.io.transcribe import clean_identifier

MEANING = ("table", "column", "value", "unit")
"""What a term says of a row, as columns that `match_terms` adds."""

_COLUMNS = ("domain", "code", "pattern", *MEANING)
_ALSO_ALLOWED = ("tag", "source", "note")


@dataclass(frozen=True)
class Term:
    """A code or a pattern of words, and what it stands for.

    `code` is compared as a whole, `pattern` is a regular expression; both in lower case. `table` and `column` say where the row goes,
    `value` is the study's word for it, `unit` the unit it must have ("kg?" where the unit may be left out, since the words state it).
    """

    domain: str
    code: str
    pattern: str
    table: str
    column: str
    value: str
    unit: str

    @property
    def meaning(self) -> tuple[str, ...]:
        """The values of `MEANING`."""
        return (self.table, self.column, self.value, self.unit)


def build_terms(rows: Iterable[Mapping[str, str | None]]) -> tuple[Term, ...]:
    """Terms from rows of text; empty cells are empty text."""
    return tuple(Term(*((row.get(name) or "").strip() for name in _COLUMNS)) for row in rows)


def read_terms(path: Path, *, domains: Sequence[str]) -> tuple[Term, ...]:
    """A user's own terms from a table of text with the columns of the bundled list; `code` or `pattern` may be left out.

    Raises:
        PathError, TableError: the file cannot be read.
        StudyFileError: a column, a domain or a pattern that cannot be.
    """
    frame = read_delimited(path).frame
    for name in frame.columns:
        if name not in (*_COLUMNS, *_ALSO_ALLOWED):
            raise StudyFileError(f"unknown column {name}", where=path.name, do=ask_nearest(name, _COLUMNS))
    for name in ("domain", "table", "column"):
        if name not in frame.columns:
            raise StudyFileError(f"no column {name}", where=path.name, do=f"give the columns {', '.join(_COLUMNS)}")
    terms = build_terms(frame.iter_rows(named=True))
    for row, term in enumerate(terms, start=1):
        _require_usable(term, f"{path.name}, data row {row}", domains)
    return terms


def of_domain(terms: Sequence[Term], domain: str) -> tuple[Term, ...]:
    """The terms of one domain, in their order."""
    return tuple(term for term in terms if term.domain == domain)


def words_of(terms: Sequence[Term], domain: str) -> dict[str, str]:
    """Code to value, for the terms of a domain that have a code; the first of a code stands."""
    return {term.code.lower(): term.value for term in reversed(of_domain(terms, domain)) if term.code}


def match_terms(frame: pl.DataFrame, terms: Sequence[Term], *, codes: Sequence[str], texts: Sequence[str]) -> pl.DataFrame:
    """The frame with the columns of `MEANING`, null where no term fits.

    A code outranks a pattern; among each, the first in the list. Each different row of codes and texts is looked up once.
    """
    keys = [*codes, *texts]
    different = frame.select(keys).unique(maintain_order=True)
    lookup = _Lookup.of(terms)
    found = [lookup.find(row[: len(codes)], row[len(codes) :]) for row in different.iter_rows()]
    meanings = pl.DataFrame(found, schema=dict.fromkeys(MEANING, pl.String), orient="row")
    return frame.join(different.hstack(meanings), on=keys, how="left", nulls_equal=True, maintain_order="left")


def clean_code(column: str) -> pl.Expr:
    """A code as it is compared: text without the .0 that a spreadsheet adds; 0 is no code."""
    code = clean_identifier(column).str.to_lowercase()
    return pl.when(code != "0").then(code)


@dataclass(frozen=True)
class _Lookup:
    by_code: Mapping[str, Term]
    by_pattern: Sequence[tuple[re.Pattern[str], Term]]

    @classmethod
    def of(cls, terms: Sequence[Term]) -> _Lookup:
        by_code = {term.code.lower(): term for term in reversed(terms) if term.code}
        return cls(by_code, [(re.compile(term.pattern.lower()), term) for term in terms if term.pattern])

    def find(self, codes: Sequence[str | None], texts: Sequence[str | None]) -> tuple[str | None, ...]:
        for code in codes:
            if code and code.lower() in self.by_code:
                return self.by_code[code.lower()].meaning
        said = [text.lower() for text in texts if text]
        matching = (term for pattern, term in self.by_pattern if any(pattern.search(text) for text in said))
        term = next(matching, None)
        return term.meaning if term else (None,) * len(MEANING)


def _require_usable(term: Term, where: str, domains: Sequence[str]) -> None:
    if term.domain not in domains:
        raise StudyFileError(f"{term.domain or 'nothing'} is not a domain", where=where, do=ask_nearest(term.domain, domains))
    if not term.code and not term.pattern:
        raise StudyFileError("neither a code nor a pattern", where=where, do="give one of the two")
    try:
        re.compile(term.pattern)
    except re.error as fault:
        raise StudyFileError(f"pattern {term.pattern}: {fault}", where=where, do="give a regular expression") from fault
