"""From expression on disk to the state of each pathway in one sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stallpoint.core.errors import TableError
from stallpoint.core.expression import Expression
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.profile import PathwayState
from stallpoint.io.expression_table import Rows, read_expression_table
from stallpoint.io.gmt import read_gmt
from stallpoint.io.h5ad import read_h5ad
from stallpoint.profile.expression.activity import score_pathways
from stallpoint.profile.expression.composition import warn_of_design
from stallpoint.profile.expression.gene_symbols import drop_damaged
from stallpoint.profile.expression.person import place_sample


def read_expression(path: Path, *, rows: Rows, gene_sets: dict[str, frozenset[str]]) -> Expression:
    """Expression by gene symbol from .h5ad, CSV or TSV, symbols that a spreadsheet damaged left out and named.

    Raises:
        StallpointError: a file that cannot be used, or samples and genes swapped.
    """
    known = frozenset().union(*gene_sets.values())
    found = read_h5ad(path) if path.suffix == ".h5ad" else read_expression_table(path, rows=rows, known_genes=known)
    if not known & set(found.genes):
        raise TableError("holds no known gene symbol", where=path.name, do="use HGNC symbols as names of the genes")
    return drop_damaged(found)


def read_gene_sets(paths: Sequence[Path]) -> dict[str, frozenset[str]]:
    """The sets of several GMT files together.

    Raises:
        StallpointError: a file that cannot be used, or no file.
    """
    if not paths:
        raise TableError(
            "no gene sets are named", where="expression", do='write gene_sets = ["sets.gmt"]; docs/profile.md says which'
        )
    return {name: genes for path in paths for name, genes in read_gmt(path).items()}


def pathway_states(
    path: Path, *, rows: Rows, gene_sets: Sequence[Path], sample: str, controls: Sequence[str], tissue: str
) -> tuple[tuple[PathwayState, ...], tuple[str, ...]]:
    """The pathways of one sample against controls, and what must be known to read them.

    Args:
        path: the expression.
        rows: what one row is.
        gene_sets: GMT files.
        sample: its name.
        controls: names of control samples; or a column and its value, written `group=control`.
        tissue: what was sampled.

    Raises:
        StallpointError: a file or name that cannot be used.
    """
    sets = read_gene_sets(gene_sets)
    expression = read_expression(path, rows=rows, gene_sets=sets)
    chosen = _controls(expression, controls, path)
    for name in (sample, *chosen):
        if name not in expression.samples:
            raise TableError(f"holds no sample {name}", where=path.name, do=ask_nearest(name, expression.samples))
    if sample in chosen:
        raise TableError(f"{sample} is named as a control of itself", where=path.name, do="leave it out of the controls")
    states = place_sample(score_pathways(expression, sets), sample, chosen, tissue=tissue)
    return states, (*expression.notes, *warn_of_design(expression, batch=None, tissue=tissue))


def _controls(expression: Expression, said: Sequence[str], path: Path) -> tuple[str, ...]:
    chosen: list[str] = []
    for each in said:
        column, sign, value = each.partition("=")
        if not sign:
            chosen.append(each)
        elif column not in expression.about:
            raise TableError(f"holds no column {column}", where=path.name, do=ask_nearest(column, expression.about))
        else:
            chosen += [name for name, held in zip(expression.samples, expression.about[column], strict=True) if held == value]
    return tuple(chosen)
