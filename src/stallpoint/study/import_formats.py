"""The formats that can be imported: how each is read, and which rules clean it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stallpoint.clean.rule import Rule
from stallpoint.core.draft import Draft
from stallpoint.core.errors import StudyFileError
from stallpoint.core.nearest import ask_nearest
from stallpoint.io.source_files import SourceFiles

MAPPED = ("table", "omop", "sdtm", "adam")
"""Formats that take a mapping: of the columns of a table, or further terms for the others."""


@dataclass(frozen=True)
class Format:
    """A format's name on the command line, what it is, its reader and its rules in the order of application."""

    name: str
    says: str
    read: Callable[[SourceFiles, Path | None], Draft]
    rules: Callable[[], tuple[Rule, ...]]


def find_format(name: str, *, mapping: Path | None) -> Format:
    """A format by name.

    Raises:
        StudyFileError: no such format, or a mapping for a format that needs none.
    """
    known = {each.name: each for each in FORMATS}
    if name.lower() not in known:
        raise StudyFileError(f"{name} is not a format that can be imported", where="import", do=ask_nearest(name, known))
    if mapping is not None and name.lower() not in MAPPED:
        raise StudyFileError(
            f"{name} needs no mapping", where="--mapping", do=f"leave it out; mappings are for {', '.join(MAPPED)}"
        )
    return known[name.lower()]


def _read_proact(files: SourceFiles, _mapping: Path | None) -> Draft:
    from stallpoint.io.proact.read import read_proact
    from stallpoint.knowledge.unit_spellings import load_unit_spellings

    return read_proact(files, units=load_unit_spellings())


def _rules_of_proact() -> tuple[Rule, ...]:
    from stallpoint.clean.proact.rules import PROACT_RULES

    return PROACT_RULES


def _read_omop(files: SourceFiles, mapping: Path | None) -> Draft:
    from stallpoint.io.omop.read import read_omop
    from stallpoint.io.terms import build_terms
    from stallpoint.knowledge.tsv import read_bundled_rows

    return read_omop(files, build_terms(read_bundled_rows("omop_concepts.tsv")), mapping=mapping)


def _rules_of_omop() -> tuple[Rule, ...]:
    from stallpoint.clean.omop import OMOP_RULES

    return OMOP_RULES


def _read_sdtm(files: SourceFiles, mapping: Path | None) -> Draft:
    from stallpoint.io.cdisc.sdtm import read_sdtm
    from stallpoint.io.terms import build_terms
    from stallpoint.knowledge.tsv import read_bundled_rows

    return read_sdtm(files, build_terms(read_bundled_rows("cdisc_terms.tsv")), mapping=mapping)


def _read_adam(files: SourceFiles, mapping: Path | None) -> Draft:
    from stallpoint.io.cdisc.adam import read_adam
    from stallpoint.io.terms import build_terms
    from stallpoint.knowledge.tsv import read_bundled_rows

    return read_adam(files, build_terms(read_bundled_rows("cdisc_terms.tsv")), mapping=mapping)


def _rules_of_cdisc() -> tuple[Rule, ...]:
    from stallpoint.clean.cdisc import CDISC_RULES

    return CDISC_RULES


def _read_clinic_table(files: SourceFiles, mapping: Path | None) -> Draft:
    from stallpoint.io.clinic_table.read import read_clinic_table
    from stallpoint.io.mapping_file import read_mapping

    if mapping is None:
        raise StudyFileError(
            "a table needs a mapping of its columns", where="--mapping", do="give one; docs/mapping_file.md says what it holds"
        )
    return read_clinic_table(files, read_mapping(mapping))


def _rules_of_table() -> tuple[Rule, ...]:
    from stallpoint.clean.table import TABLE_RULES

    return TABLE_RULES


def _read_phenopackets(files: SourceFiles, _mapping: Path | None) -> Draft:
    from stallpoint.io.phenopackets.read import read_phenopackets
    from stallpoint.knowledge.phenopacket_terms import load_phenopacket_terms

    return read_phenopackets(files, load_phenopacket_terms())


FORMATS = (
    Format("proact", "PRO-ACT, any release, as a folder or zip", _read_proact, _rules_of_proact),
    Format("omop", "OMOP common data model 5.4, as CSV or Parquet, a folder or zip", _read_omop, _rules_of_omop),
    Format("sdtm", "CDISC SDTM datasets, as XPT, CSV or Parquet, a folder or zip", _read_sdtm, _rules_of_cdisc),
    Format("adam", "CDISC ADaM datasets, as XPT, CSV or Parquet, a folder or zip", _read_adam, _rules_of_cdisc),
    Format(
        "table", "spreadsheets and text tables of a clinic, with a mapping of their columns", _read_clinic_table, _rules_of_table
    ),
    Format("phenopackets", "GA4GH Phenopackets 2: a JSON file or a folder of them", _read_phenopackets, _rules_of_table),
)
