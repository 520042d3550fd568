"""Probes of an array to genes: a probe of several genes stands for none, and of several probes the one with the highest mean stands."""

from __future__ import annotations

import numpy as np

from stallpoint.core.errors import TableError
from stallpoint.core.expression import Expression
from stallpoint.io.probe_map import ProbeMap


def collapse_probes(expression: Expression, probes: ProbeMap) -> Expression:
    """Expression by gene symbol, with a note of what was left out.

    The probe with the highest mean over all samples stands for its gene: it is chosen without regard to groups, so it cannot make them
    differ. A probe without any value is left out.

    Args:
        expression: with probes where genes stand.
        probes: the map of the array's own platform.

    Raises:
        TableError: none of the probes is in the map.
    """
    kept = [index for index, probe in enumerate(expression.genes) if probe in probes.symbols]
    if not kept:
        shown = [f"a probe: {expression.genes[0]}", f"the map's: {next(iter(probes.symbols))}"]
        raise TableError(
            "none of its probes is in the map", where="expression", rows=shown, do="give the map of its own platform"
        )
    finite = np.isfinite(expression.values)
    totals = np.where(finite, expression.values, 0).sum(axis=0)
    means = np.where(finite.any(axis=0), totals / np.maximum(finite.sum(axis=0), 1), -np.inf)
    best: dict[str, int] = {}
    for index in kept:
        symbol = probes.symbols[expression.genes[index]]
        if np.isfinite(means[index]) and (symbol not in best or means[index] > means[best[symbol]]):
            best[symbol] = index
    several = sum(probe in probes.several for probe in expression.genes)
    note = (
        f"{len(kept):,} of {len(expression.genes):,} probes measure one gene each, {len(best):,} genes in all; of several probes the one "
        f"with the highest mean over all samples stands; left out: {several:,} probes of several genes and "
        f"{len(expression.genes) - len(kept) - several:,} without a gene"
    )
    genes = tuple(sorted(best))
    values = expression.values[:, [best[gene] for gene in genes]]
    return Expression(expression.samples, genes, values, expression.about, (*expression.notes, note))
