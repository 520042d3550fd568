"""From expression on disk to the state of each pathway in one sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from stallpoint.core.errors import TableError
from stallpoint.core.expression import Expression
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.profile import PathwayState
from stallpoint.io.expression_table import Rows, read_expression_table
from stallpoint.io.gmt import read_gmt
from stallpoint.io.h5ad import read_h5ad
from stallpoint.io.probe_map import read_probe_map
from stallpoint.io.series_matrix import is_series_matrix, read_series_matrix
from stallpoint.profile.expression.activity import score_pathways
from stallpoint.profile.expression.composition import warn_of_design
from stallpoint.profile.expression.gene_symbols import drop_damaged
from stallpoint.profile.expression.person import place_sample
from stallpoint.profile.expression.probes import collapse_probes


def read_expression(path: Path, *, rows: Rows, gene_sets: Mapping[str, frozenset[str]], probes: Path | None = None) -> Expression:
    """Expression by gene symbol from .h5ad, CSV, TSV or a GEO series matrix.

    Symbols that a spreadsheet damaged are left out and named.

    Args:
        path: the expression.
        rows: what one row is; the rows of a series matrix are genes.
        gene_sets: whose symbols tell genes from samples.
        probes: where the file holds probes of an array, the table that maps them to symbols (columns `probe` and `symbol`).

    Raises:
        StallpointError: a file that cannot be used, or samples and genes swapped.
    """
    known = frozenset().union(*gene_sets.values())
    mapped = None if probes is None else read_probe_map(probes)
    found = _read(path, rows, known if mapped is None else frozenset((*mapped.symbols, *mapped.several)))
    if mapped is not None:
        found = collapse_probes(found, mapped)
    if not known & set(found.genes):
        by_probe = mapped is None and is_series_matrix(path)
        do = 'name the table of its platform: probes = "probes.tsv"' if by_probe else "use HGNC symbols as names of the genes"
        raise TableError("holds no known gene symbol", where=path.name, do=do)
    return drop_damaged(found)


def _read(path: Path, rows: Rows, known: frozenset[str]) -> Expression:
    if path.suffix == ".h5ad":
        return read_h5ad(path)
    if not is_series_matrix(path):
        return read_expression_table(path, rows=rows, known_genes=known)
    if rows != "genes":
        raise TableError("is a GEO series matrix, whose rows are genes or probes", where=path.name, do='say rows = "genes"')
    return read_series_matrix(path)


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
    expression: Expression,
    sets: Mapping[str, frozenset[str]],
    *,
    sample: str,
    controls: Sequence[str],
    tissue: str,
    place: str,
) -> tuple[tuple[PathwayState, ...], tuple[str, ...]]:
    """The pathways of one sample against controls, and what must be known to read them.

    Args:
        expression: of the sample and the controls.
        sets: gene sets by name.
        sample: its name.
        controls: names of control samples; or a column and its value, written `group=control`.
        tissue: what was sampled.
        place: the file, for messages.

    Raises:
        StallpointError: a name that cannot be used, or nothing that can be scored.
    """
    chosen = _controls(expression, controls, place)
    for name in (sample, *chosen):
        if name not in expression.samples:
            raise TableError(f"holds no sample {name}", where=place, do=ask_nearest(name, expression.samples))
    if sample in chosen:
        raise TableError(f"{sample} is named as a control of itself", where=place, do="leave it out of the controls")
    states = place_sample(score_pathways(expression, sets), sample, chosen, tissue=tissue)
    return states, (*expression.notes, *warn_of_design(expression, batch=None, tissue=tissue))


def _controls(expression: Expression, said: Sequence[str], place: str) -> tuple[str, ...]:
    chosen: list[str] = []
    for each in said:
        column, sign, value = each.partition("=")
        if not sign:
            chosen.append(each)
        elif column not in expression.about:
            raise TableError(f"holds no column {column}", where=place, do=ask_nearest(column, expression.about))
        elif value not in expression.about[column]:
            do = ask_nearest(value, set(expression.about[column]))
            raise TableError(f"holds no {column} {value!r}", where=place, do=do)
        else:
            chosen += [name for name, held in zip(expression.samples, expression.about[column], strict=True) if held == value]
    return tuple(dict.fromkeys(chosen))
