"""Six pathways of ALS as lists of open gene sets, genes that mark cell types, and what is known of molecular subtypes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stallpoint.knowledge.tsv import read_bundled_rows


@dataclass(frozen=True)
class Pathway:
    """A pathway and the names of the gene sets that stand for it; the sets themselves are the user's files."""

    id: str
    label: str
    gene_sets: tuple[str, ...]
    source: str


@cache
def load_pathways() -> tuple[Pathway, ...]:
    """The six pathways, in a fixed order."""
    rows = read_bundled_rows("profile/pathways.tsv")
    labels = {row["pathway"]: row for row in reversed(rows)}
    order = dict.fromkeys(row["pathway"] for row in rows)
    return tuple(
        Pathway(id, labels[id]["label"], tuple(row["gene_set"] for row in rows if row["pathway"] == id), labels[id]["source"])
        for id in order  # noqa: A001
    )


@cache
def load_cell_type_genes() -> dict[str, tuple[str, ...]]:
    """Genes that mark a cell type; recalled, and used only to warn."""
    types: dict[str, list[str]] = {}
    for row in read_bundled_rows("profile/cell_type_genes.tsv"):
        types.setdefault(row["cell_type"], []).append(row["gene"])
    return {cell: tuple(genes) for cell, genes in types.items()}


@cache
def load_subtype_facts() -> dict[str, float]:
    """Shares of the molecular subtypes, and how far cortex and cord of the same people agree."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("profile/subtypes.tsv")}
