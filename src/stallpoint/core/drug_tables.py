"""Every table and key that a drug file may hold, declared once: the reader and `docs/drug_file.md` both come from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from stallpoint.core.drug import DrugKind, Route, Site
from stallpoint.core.parameter import LINKS
from stallpoint.core.source import Direction, EvidenceClass, SourceKind, Tag


@dataclass(frozen=True)
class Key:
    """A key of a table: what it holds, as one would write it, and what it is."""

    name: str
    holds: str
    what: str
    needed: bool = False


@dataclass(frozen=True)
class FileTable:
    """A table of a drug file. `many` tables are written with double brackets, one for each entry."""

    name: str
    what: str
    keys: tuple[Key, ...]
    many: bool = True

    @property
    def key_names(self) -> tuple[str, ...]:
        """All keys that it may have."""
        return tuple(key.name for key in self.keys)

    @property
    def needed_names(self) -> tuple[str, ...]:
        """The keys without which it is an error."""
        return tuple(key.name for key in self.keys if key.needed)


def _one_of(words: tuple[str, ...]) -> str:
    return "one of: " + ", ".join(words)


_LINK = Key("link", _one_of(LINKS), "the link of the chain that it bears on", needed=True)
_EVIDENCE = Key("evidence", _one_of(get_args(EvidenceClass)), "in what it was seen", needed=True)
_TAG = Key("tag", _one_of(get_args(Tag)), "how it was obtained; a recalled number is never called seen", needed=True)
_SOURCE = Key("source", "text", "id of the work it comes from: one that the software knows, or a `[[source]]`", needed=True)
_NOTE = Key("note", "text", "whatever a reader must know to use it")

_DRUG = FileTable(
    "drug",
    "what the drug is",
    (
        Key("name", "text", "its name", needed=True),
        Key("kind", _one_of(get_args(DrugKind)), "what it is made of", needed=True),
        Key("also", "list of texts", "other names by which it is found: brands, codes"),
        Key("molar_mass", "quantity, g/mol", "of the substance whose mass the doses state, not of its salt"),
        Key("smiles", "text", "structure of the same substance"),
        Key("inchikey", "text", "InChIKey of the same substance"),
        Key("class", "text", "class of drugs"),
        Key("targets", "list of texts", "what it acts on"),
        Key("pathways", "list of texts", "the pathways of ALS that it is meant for"),
    ),
    many=False,
)
_DOSE = FileTable(
    "dose",
    "one way in which the drug was given; it is a record, not advice",
    (
        Key("name", "text", "a name to ask for it by", needed=True),
        Key("dose", "quantity, mg", "one dose", needed=True),
        Key("interval", "quantity, h", "from one dose to the next", needed=True),
        Key("route", _one_of(get_args(Route)), "where it is given", needed=True),
        Key("infusion", "quantity, h", "how long a dose runs in; at once where absent"),
        Key("cycles", "list of pairs of days", "days on and days off, in order; the last pair repeats"),
        Key("first_days", "list of days", "days of the first doses; the interval counts from the last of them"),
        _TAG,
        _SOURCE,
        _NOTE,
    ),
)
_PARAMETER = FileTable(
    "parameter",
    "one number about the drug. Where sources disagree, give each its entry under the same name: the first is used, all are shown",
    (
        Key("name", "one of the names below", "what the number is", needed=True),
        Key("value", "quantity in the unit of that name", "the typical value", needed=True),
        Key("low", "quantity in the unit of that name", "lower end of how well the typical value is known"),
        Key("high", "quantity in the unit of that name", "upper end of how well the typical value is known"),
        Key("between_cv", "fraction", "how far people lie apart, as a coefficient of variation"),
        Key("within_cv", "fraction", "how far occasions of one person lie apart, as a coefficient of variation"),
        Key("species", "text", "in whom it was measured"),
        _EVIDENCE,
        _TAG,
        _SOURCE,
        _NOTE,
    ),
)
_COVARIATE = FileTable(
    "covariate",
    "what a parameter is multiplied with in some people",
    (
        Key("parameter", "one of the names below", "the parameter", needed=True),
        Key("column", "text", "the property, such as `sex` or `smoker`", needed=True),
        Key("level", "text", "its value in these people, such as `female` or `true`", needed=True),
        Key("ratio", "ratio", "the factor", needed=True),
        _EVIDENCE,
        _TAG,
        _SOURCE,
        _NOTE,
    ),
)
_FINDING = FileTable(
    "evidence",
    "one finding on whether the drug passes a link",
    (
        _LINK,
        Key("direction", _one_of(get_args(Direction)), "what it says of the claim that the drug passes this link", needed=True),
        Key("claim", "text", "the finding in one sentence, with its numbers", needed=True),
        _EVIDENCE,
        _TAG,
        _SOURCE,
        Key("site", _one_of(get_args(Site)), "where engagement was seen; only the CNS counts for the neuron"),
    ),
)
_GAP = FileTable(
    "gap",
    "what is not known of a link",
    (
        _LINK,
        Key("what", "text", "what is not known", needed=True),
        Key("measure", "text", "the measurement that would tell", needed=True),
    ),
)
_WORK = FileTable(
    "source",
    "a work that this file cites, beyond those that the software knows",
    (
        Key("id", "text", "its id, as `source` says it above", needed=True),
        Key("title", "text", "its title", needed=True),
        Key("authors", "text", "its authors"),
        Key("year", "whole number", "its year"),
        Key("venue", "text", "journal, publisher or site"),
        Key("doi", "text", "its DOI; leave it out where it is not certain"),
        Key("url", "text", "where it was read"),
        Key("kind", _one_of(get_args(SourceKind)), "what it is; an article where absent"),
    ),
)

DRUG_TABLES: dict[str, FileTable] = {table.name: table for table in (_DRUG, _DOSE, _PARAMETER, _COVARIATE, _FINDING, _GAP, _WORK)}
