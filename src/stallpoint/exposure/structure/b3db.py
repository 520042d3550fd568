"""B3DB as the package qc-b3db ships it: one row per skeleton, with every doubt about it.

Names are not to be relied on: some hundred rows carry the name of a drug and the structure of something else. So rows are joined on
the first block of the InChIKey, which is made from the InChI. Stereoisomers, salts and isotopes of one skeleton become one compound;
where their labels differ, the compound is contested.

Source: Meng, Xi, Huang & Ayers (2021), doi:10.1038/s41597-021-01069-5; CC0. A compound is BBB+ there where its logBB is -1 or more, or
where its sources say so.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from stallpoint.core.errors import PathError
from stallpoint.exposure.structure.extra import require_chem
from stallpoint.exposure.structure.read import Structure
from stallpoint.knowledge.barrier_scores import load_contested_labels
from stallpoint.knowledge.sources import load_sources

CLASSES, LOG_RATIOS = "B3DB_classification.tsv", "B3DB_regression.tsv"
FIRST_INVENTED_CID = 100_000_000
"""From here on a PubChem number is that of another compound plus this, and the name belongs to the other compound."""

Row = dict[str, str]


@dataclass(frozen=True)
class Compound:
    """One skeleton of B3DB. label: 1 BBB+, 0 BBB-. log_bb: mean of its values, None without any. contested: reasons, none if empty.

    name: B3DB's, blank where it is known not to fit.
    """

    skeleton: str
    smiles: str
    name: str
    label: int
    log_bb: float | None
    rows: int
    contested: tuple[str, ...]


def read_b3db() -> tuple[Compound, ...]:
    """All skeletons in the order of B3DB. Rows that hold several molecules are left out.

    Raises:
        StallpointError: the extra `chem` is missing.
        PathError: the package holds other files than expected.
    """
    return _join_rows(read_rows(CLASSES), read_rows(LOG_RATIOS))


def find_compound(structure: Structure) -> Compound | None:
    """What B3DB holds of one structure; None where it holds nothing.

    Only rows of the same formula are keyed: it is part of what a skeleton is made from, and keying all of B3DB takes seconds.

    Raises:
        StallpointError: the extra `chem` is missing.
        PathError: the package holds other files than expected.
    """
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        formula = _formula(Chem.MolToInchi(structure.molecule))
    classes, ratios = ([row for row in read_rows(name) if _formula(row["Inchi"]) == formula] for name in (CLASSES, LOG_RATIOS))
    return next((found for found in _join_rows(classes, ratios) if found.skeleton == structure.skeleton), None)


def hash_b3db() -> str:
    """SHA-256 of the two tables."""
    joined = hashlib.sha256()
    for name in (CLASSES, LOG_RATIOS):
        joined.update(_find(name).read_bytes())
    return joined.hexdigest()


def _join_rows(classes: Sequence[Row], log_ratios: Sequence[Row]) -> tuple[Compound, ...]:
    from rdkit import Chem

    ratios: dict[str, list[float]] = {}
    for row in log_ratios:
        ratios.setdefault(Chem.InchiToInchiKey(row["Inchi"])[:14], []).append(float(row["logBB"]))
    groups: dict[str, list[Row]] = {}
    for row in classes:
        groups.setdefault(Chem.InchiToInchiKey(row["Inchi"])[:14], []).append(row)
    return tuple(_join(skeleton, rows, ratios.get(skeleton, [])) for skeleton, rows in groups.items())


def _formula(inchi: str) -> str:
    """The part of an InChI after its version."""
    return inchi.split("/")[1]


def _join(skeleton: str, rows: list[Row], ratios: list[float]) -> Compound:
    best = min(rows, key=lambda row: (row["group"], int(row["NO."])))
    counts = Counter(row["BBB+/BBB-"] for row in rows)
    return Compound(
        skeleton=skeleton,
        smiles=best["SMILES"],
        name="" if _is_invented(best) else best["compound_name"],
        label=int(counts["BBB+"] > counts["BBB-"]),
        log_bb=float(np.mean(ratios)) if ratios else None,
        rows=len(rows),
        contested=_find_doubts(skeleton, counts),
    )


def _find_doubts(skeleton: str, counts: Counter[str]) -> tuple[str, ...]:
    doubts = []
    if len(counts) > 1:
        doubts.append(f"B3DB labels it BBB+ in {counts['BBB+']} and BBB- in {counts['BBB-']} of its rows")
    known = load_contested_labels().get(skeleton)
    if known:
        doubts.append(f"{known.name} is {known.label} in B3DB, but {known.why} ({known.evidence}; {_cite(known.source)})")
    return tuple(doubts)


def _cite(source: str) -> str:
    work = load_sources()[source]
    return f"{work.authors.split()[0]} {work.year}"


def _is_invented(row: Row) -> bool:
    number = row["CID"].split(".")[0]
    return number.isdigit() and int(number) >= FIRST_INVENTED_CID


def read_rows(name: str) -> list[Row]:
    """Rows of one table that hold a single molecule, as text by column."""
    text = _find(name).read_text(encoding="utf-8-sig")
    return [row for row in csv.DictReader(text.splitlines(), delimiter="\t") if "." not in row["SMILES"]]


def _find(name: str) -> Path:
    """The file without importing the package, which would read every table it has through pandas."""
    require_chem()
    places = getattr(find_spec("B3DB"), "submodule_search_locations", None) or []
    for place in places:
        if (Path(place) / name).is_file():
            return Path(place) / name
    raise PathError(f"{name} is not in the package", where="qc-b3db", do="pip install --force-reinstall qc-b3db")
