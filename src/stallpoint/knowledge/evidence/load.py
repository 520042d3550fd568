"""Reads the evidence base: the bundled tables, what stands in drug files, and a folder of the user's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from stallpoint.core.claim import Claim
from stallpoint.core.errors import PathError, TableError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.source import Source
from stallpoint.knowledge.barrier import load_barrier_findings
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.from_files import claims_of_barrier, claims_of_drug
from stallpoint.knowledge.evidence.records import (
    Approval,
    ArmRecord,
    Eligibility,
    Identifier,
    Mechanism,
    Replication,
    Treatment,
    TrialRecord,
    VariantRecord,
)
from stallpoint.knowledge.evidence.rows import read_records
from stallpoint.knowledge.evidence.words import unsaid_numbers
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_lines

TABLES: dict[str, type[Any]] = {
    "claims": Claim,
    "trials": TrialRecord,
    "eligibility": Eligibility,
    "arms": ArmRecord,
    "treatments": Treatment,
    "mechanisms": Mechanism,
    "variants": VariantRecord,
    "approvals": Approval,
    "replications": Replication,
    "curies": Identifier,
    "sources": Source,
}
"""Every table that a folder of evidence may hold, as NAME.tsv, and what one of its rows is."""

Tables = Mapping[str, tuple[Any, ...]]


def load_evidence(folder: Path | None = None) -> EvidenceBase:
    """The bundled evidence, with the rows of a user's folder added.

    Args:
        folder: holds any of the tables of `TABLES` as tab-separated files; docs/evidence.md describes them.

    Raises:
        PathError: no such folder, or it holds none of the tables.
        TableError: a table that cannot be read, an id that is taken, or a name that nothing has.
    """
    if folder is None:
        return _bundled()
    added = _read_folder(folder)
    base = _build({"evidence": _bundled_tables(), str(folder): added})
    own = frozenset(each.id for name in ("claims", "trials", "sources") for each in added.get(name, ()))
    return replace(base, own=own, own_rows=sum(len(rows) for rows in added.values()))


@cache
def _bundled() -> EvidenceBase:
    return _build({"evidence": _bundled_tables()})


@cache
def _bundled_tables() -> Tables:
    return {
        name: read_records(kind, read_bundled_lines(f"evidence/{name}.tsv"), where=f"evidence/{name}.tsv")
        for name, kind in TABLES.items()
        if name != "sources"
    }


def _read_folder(folder: Path) -> Tables:
    if not folder.is_dir():
        raise PathError(
            "is no folder", where=str(folder), do="give a folder with claims.tsv, sources.tsv or another table of evidence"
        )
    found = sorted(path for path in folder.iterdir() if path.suffix == ".tsv")
    for path in found:
        if path.stem not in TABLES:
            raise TableError("is no table of evidence", where=str(path), do=ask_nearest(path.stem, TABLES))
    if not found:
        raise PathError(
            "holds no table of evidence", where=str(folder), do=f"name files {', '.join(f'{name}.tsv' for name in TABLES)}"
        )
    return {path.stem: read_records(TABLES[path.stem], _lines(path), where=str(path)) for path in found}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise TableError(
            f"cannot be read: {fault}", where=str(path), do="save it as text, UTF-8, cells separated by tabs"
        ) from fault


def _build(folders: Mapping[str, Tables]) -> EvidenceBase:
    """The base from tables by folder; the folders' names are for messages."""
    rows = {name: tuple(row for tables in folders.values() for row in tables.get(name, ())) for name in TABLES}
    sources = load_sources()
    taken = [each.id for each in rows["sources"] if each.id in sources]
    _require(not taken, f"source ids are taken: {', '.join(taken)}", [*folders][-1], "sources", "choose other ids")
    sources = sources | {each.id: each for each in rows["sources"]}
    _require_unique(rows, [*folders][-1])
    for folder, tables in folders.items():
        _require_said(tables.get("claims", ()), folder)
        _require_direction(tables.get("claims", ()), folder)
    _require_tests(rows, [*folders][-1])
    treatments = (*rows["treatments"], *_drug_treatments(rows["treatments"]))
    names = _names(rows, sources, treatments)
    for folder, tables in folders.items():
        _require_known(tables, names, folder)
    return EvidenceBase(
        claims=(*rows["claims"], *_derived_claims(rows, sources)),
        trials=rows["trials"],
        eligibility=rows["eligibility"],
        arms=rows["arms"],
        treatments=treatments,
        mechanisms=rows["mechanisms"],
        variants=rows["variants"],
        approvals=rows["approvals"],
        replications=rows["replications"],
        identifiers=(*rows["curies"], *_inchikeys()),
        sources=sources,
    )


def _derived_claims(rows: Tables, sources: dict[str, Source]) -> list[Claim]:
    parts = {each.name: each.parts for each in rows["treatments"]}
    told = {
        (claim.source, name, claim.link)
        for claim in rows["claims"]
        for said in claim.treatments
        for name in (said, *parts.get(said, ()))
    }
    trials = {each.source for each in rows["trials"]}
    of_drugs = [claim for drug in load_drugs() for claim in claims_of_drug(drug, sources, told=told, trials=trials)]
    return [*of_drugs, *claims_of_barrier(load_barrier_findings(), sources)]


def _drug_treatments(named: Iterable[Treatment]) -> list[Treatment]:
    own = {each.name for each in named}
    return [
        Treatment(drug.name, "single", "modelling_choice", "assumed", also=drug.also, parts=(drug.name,))
        for drug in load_drugs()
        if drug.name not in own
    ]


def _inchikeys() -> list[Identifier]:
    return [
        Identifier("drug", drug.name, f"inchikey:{drug.inchikey}", "meng2021", "seen") for drug in load_drugs() if drug.inchikey
    ]


def _require_unique(rows: Tables, folder: str) -> None:
    for table, key in (("claims", "id"), ("trials", "id"), ("treatments", "name"), ("mechanisms", "id")):
        twice = [name for name, times in Counter(getattr(each, key) for each in rows[table]).items() if times > 1]
        _require(not twice, f"{key} stands twice: {', '.join(twice)}", folder, table, "choose another")


def _require_said(claims: tuple[Claim, ...], folder: str) -> None:
    """A number that the words of its row do not hold would be shown beside words that say another."""
    for number, claim in enumerate(claims, start=2):
        unsaid = unsaid_numbers(claim)
        what = f"{', '.join(f'{each:g}' for each in unsaid)} is not in the text of {claim.id}"
        _require(not unsaid, what, folder, f"claims.tsv, row {number}", "say every number of the row in its text")


def _require_tests(rows: Tables, folder: str) -> None:
    """One test has one outcome, and it is what the result of the test says, not what somebody would have it be."""
    pairs = Counter((each.signal, each.test) for each in rows["replications"])
    twice = [f"{signal}, {test}" for (signal, test), times in pairs.items() if times > 1]
    _require(not twice, f"signal and test stand twice: {'; '.join(twice)}", folder, "replications", "leave one of them out")
    directions = {each.id: each.direction for each in rows["claims"]}
    for each in rows["replications"]:
        direction = directions.get(each.test)
        held = direction is None or (each.outcome == "confirmed") == (direction == "supports")
        what = f"{each.signal} is called {each.outcome}, but {each.test} {direction} it"
        _require(held, what, folder, "replications", "give the outcome that the result of the test has")


def _require_direction(claims: tuple[Claim, ...], folder: str) -> None:
    """A result supports only where its interval does, whatever its row says."""
    for number, claim in enumerate(claims, start=2):
        held = not (claim.direction == "supports" and claim.shows_no_gain)
        what = f"{claim.id} is said to support, but its interval holds no effect or lies on the side of harm"
        _require(held, what, folder, f"claims.tsv, row {number}", "write null or refutes, or correct low, high and better")


def _names(rows: Tables, sources: dict[str, Source], treatments: tuple[Treatment, ...]) -> dict[str, set[str]]:
    """What a cell of each column may name."""
    known = {each.name for each in treatments}
    claims, mechanisms = {each.id for each in rows["claims"]}, {each.id for each in rows["mechanisms"]}
    return {
        "source": set(sources),
        "treatments": known,
        "treatment": known,
        "parts": known,
        "trial": {each.id for each in rows["trials"]},
        "mechanism": mechanisms,
        "mechanisms": mechanisms,
        "signal": claims,
        "test": claims,
    }


def _require_known(tables: Tables, names: Mapping[str, set[str]], folder: str) -> None:
    """Every name that a row uses is the name of something."""
    for table, records in tables.items():
        for number, record in enumerate(records, start=2):
            for column, known in names.items():
                said = getattr(record, column, ())
                for name in (said,) if isinstance(said, str) else said:
                    held = not name or name in known
                    what = f"{column} {name!r} is not known"
                    _require(held, what, folder, f"{table}.tsv, row {number}", "" if held else ask_nearest(name, known))


def _require(held: bool, what: str, folder: str, table: str, do: str) -> None:
    if not held:
        raise TableError(what, where=f"{folder}/{table if '.tsv' in table else f'{table}.tsv'}", do=do)
