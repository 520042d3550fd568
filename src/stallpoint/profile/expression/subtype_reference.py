"""Expression of people whose molecular subtype is known, as a user supplies it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stallpoint.core.errors import TableError
from stallpoint.core.expression import Expression
from stallpoint.core.nearest import ask_nearest
from stallpoint.io.expression_table import read_expression_table
from stallpoint.io.h5ad import read_h5ad
from stallpoint.profile.expression.gene_symbols import drop_damaged

SUBTYPES = ("ALS-Ox", "ALS-Glia", "ALS-TE/TD")
_SPELLINGS = {"ox": 0, "glia": 1, "te": 2, "td": 2, "tetd": 2}


@dataclass(frozen=True)
class SubtypeReference:
    """`values` (samples, genes) without missing ones, `labels` index `SUBTYPES`, `people` number who gave each sample."""

    name: str
    genes: tuple[str, ...]
    values: np.ndarray
    labels: np.ndarray
    people: np.ndarray
    tissue: str
    platform: str


def read_subtype_reference(
    path: Path, *, label: str, person: str | None, tissue: str, platform: str, known_genes: Collection[str]
) -> SubtypeReference:
    """A reference from a CSV or TSV with samples as rows, or .h5ad.

    Args:
        path: the table.
        label: the column that holds the subtype; samples without one are left out.
        person: the column that says whose sample it is; None where each is of another person.
        tissue: what was sampled.
        platform: how it was measured.
        known_genes: by which genes are told from samples.

    Raises:
        StallpointError: a file that cannot be used, no such column, or a label that is no subtype.
    """
    h5ad = path.suffix == ".h5ad"
    held = drop_damaged(read_h5ad(path) if h5ad else read_expression_table(path, rows="samples", known_genes=known_genes))
    said = _column(held, label, path)
    labelled = np.array([bool(each.strip()) for each in said])
    unknown = sorted({each for each in said if each.strip() and _plain(each) not in _SPELLINGS})
    if unknown:
        raise TableError("names a subtype that is not known", where=path.name, rows=unknown, do=f"write {', '.join(SUBTYPES)}")
    who = held.samples if person is None else _column(held, person, path)
    complete = np.isfinite(held.values[labelled]).all(axis=0) & ~np.isin(held.genes, [label, person or label])
    return SubtypeReference(
        path.name,
        tuple(gene for gene, whole in zip(held.genes, complete, strict=True) if whole),
        held.values[np.ix_(labelled, complete)],
        np.array([_SPELLINGS[_plain(each)] for each in said if each.strip()], dtype=int),
        np.unique(np.array(who)[labelled], return_inverse=True)[1],
        tissue,
        platform,
    )


def _column(held: Expression, name: str, path: Path) -> tuple[str, ...]:
    """What a column tells of the samples; one that holds numbers, such as those of people, was read among the genes."""
    if name in held.genes:
        return tuple(f"{value:g}" for value in held.values[:, held.genes.index(name)])
    if name not in held.about:
        raise TableError(f"holds no column {name}", where=path.name, do=ask_nearest(name, held.about))
    return held.about[name]


def _plain(label: str) -> str:
    return "".join(letter for letter in label.lower().removeprefix("als") if letter.isalpha())
