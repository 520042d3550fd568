"""What may look like a pathway and is not: more or fewer of a kind of cell, a batch, people sampled several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from stallpoint.core.expression import Expression
from stallpoint.knowledge.pathways import load_cell_type_genes
from stallpoint.knowledge.variants import load_profile_limits


def warn_of_composition(expression: Expression, is_case: Sequence[bool]) -> tuple[str, ...]:
    """Cell types whose marker genes differ between groups, and those that cannot be judged."""
    return tuple(_composition(expression, np.asarray(is_case, dtype=bool)))


def warn_of_design(expression: Expression, *, batch: Sequence[str] | None, tissue: str) -> tuple[str, ...]:
    """What is not said or not measured and bears on the result."""
    found = []
    if not tissue:
        found.append("the tissue is not stated; what holds in one tissue need not hold in another")
    if batch is None:
        found.append("batches are not stated: a difference may be one of batches")
    if len(expression.genes) < load_profile_limits()["whole_transcriptome"]:
        found.append(
            f"only {len(expression.genes):,} genes were measured, not the whole transcriptome: activity is relative to these alone"
        )
    highest = float(np.nanmax(expression.values))
    if highest > load_profile_limits()["log_scale_highest"]:
        found.append(f"values reach {highest:,.0f}: they do not look like a log scale, on which activity is meant to be computed")
    return tuple(found)


def _composition(expression: Expression, case: np.ndarray) -> Iterator[str]:
    at = {gene: index for index, gene in enumerate(expression.genes)}
    limit = load_profile_limits()["composition_standard_deviations"]
    unjudged = []
    for cell, genes in load_cell_type_genes().items():
        columns = [at[gene] for gene in genes if gene in at]
        if len(columns) < load_profile_limits()["cell_type_genes"]:
            unjudged.append(cell)
            continue
        values = expression.values[:, columns]
        spread = np.nanstd(values, axis=0)
        score = np.nanmean((values - np.nanmean(values, axis=0)) / np.where(spread > 0, spread, 1), axis=1)
        gap = (score[case].mean() - score[~case].mean()) / (score.std() or 1)
        if abs(gap) > limit:
            yield (
                f"genes of {cell} stand {'higher' if gap > 0 else 'lower'} in cases by {abs(gap):.1f} standard deviations: a pathway may "
                "differ because cells do"
            )
    if unjudged:
        yield f"too few marker genes were measured to judge {', '.join(unjudged)}"
