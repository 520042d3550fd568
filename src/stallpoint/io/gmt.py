"""Gene sets in a GMT file: name, description and genes, separated by tabs."""

from __future__ import annotations

from pathlib import Path

from stallpoint.core.errors import PathError, TableError


def read_gmt(path: Path) -> dict[str, frozenset[str]]:
    """Sets by name, as the file writes them.

    Raises:
        PathError: no such file.
        TableError: not text, empty, a line without genes, or a set twice with other genes.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="give a GMT file") from fault
    except UnicodeDecodeError as fault:
        raise TableError("is not text", where=path.name, do="give a GMT file, not compressed") from fault
    sets: dict[str, frozenset[str]] = {}
    bare, twice = [], []
    for number, line in enumerate(lines, start=1):
        name, *rest = line.split("\t")
        genes = frozenset(gene.partition(",")[0].strip() for gene in rest[1:] if gene.strip())
        if not line.strip():
            continue
        if genes and sets.get(name.strip(), genes) != genes:
            twice.append(f"line {number}: {line[:60]}")
        if not genes:
            bare.append(f"line {number}: {line[:60]}")
        sets[name.strip()] = genes
    if bare:
        raise TableError("has sets without genes", where=path.name, rows=bare, do="write name, description and genes with tabs")
    if twice:
        raise TableError("names a set twice with other genes", where=path.name, rows=twice, do="keep one, or rename the other")
    if not sets:
        raise TableError("is empty: it holds no gene set", where=path.name, do="give a GMT file with gene sets")
    return sets
