"""Activity of pathways in each sample: the t value of the slope of expression on membership of the pathway's genes.

This is the univariate linear model of decoupler (Badia-i-Mompel et al. 2022, doi:10.1093/bioadv/vbac016) with weights of one. It asks
whether the genes of a set stand higher than the other measured genes of the same sample; it does not see what was not measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stallpoint.core.errors import EstimandError
from stallpoint.core.expression import Expression
from stallpoint.knowledge.pathways import Pathway, load_pathways
from stallpoint.knowledge.variants import load_profile_limits

_ROUNDING = 2.2e-16
_PREFIX = re.compile(r"^[a-z_]+::")

GeneSets = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Activities:
    """`values` (samples, pathways); `genes` counts the measured genes of each pathway; `missing` are pathways that were not scored."""

    samples: tuple[str, ...]
    pathways: tuple[Pathway, ...]
    values: np.ndarray
    genes: tuple[int, ...]
    background: int
    missing: tuple[tuple[str, str], ...]


def pathway_genes(sets: GeneSets) -> dict[str, frozenset[str]]:
    """Genes of each pathway: those of its sets that the user's files hold, together. Names are compared without case and signs."""
    held = {_plain(name): genes for name, genes in sets.items()}
    return {
        pathway.id: frozenset().union(*(held.get(_plain(name), frozenset()) for name in pathway.gene_sets))
        for pathway in load_pathways()
    }


def score_pathways(expression: Expression, sets: GeneSets) -> Activities:
    """Activity of each pathway that has enough measured genes. Genes with a missing value in any sample are left out.

    Raises:
        EstimandError: none of the six pathways can be scored, or a sample has one value in all genes.
    """
    complete = np.isfinite(expression.values).all(axis=0)
    genes = [gene for gene, whole in zip(expression.genes, complete, strict=True) if whole]
    values = expression.values[:, complete]
    members = pathway_genes(sets)
    least = int(load_profile_limits()["set_genes"])
    counts = {id: sum(gene in found for gene in genes) for id, found in members.items()}  # noqa: A001
    scored = [each for each in load_pathways() if least <= counts[each.id] < len(genes) - 1]
    missing = tuple(
        (each.label, _why(members[each.id], counts[each.id], least)) for each in load_pathways() if each not in scored
    )
    if not scored:
        raise EstimandError(
            "no pathway can be scored from these genes and gene sets",
            where="expression",
            rows=[f"{label}: {why}" for label, why in missing],
            do="give GMT files that hold the sets named in docs/profile.md, and expression by gene symbol",
        )
    _require_spread(expression.samples, values)
    membership = np.array([[gene in members[each.id] for gene in genes] for each in scored], dtype=float)
    return Activities(
        expression.samples,
        tuple(scored),
        linear_model_t(values, membership),
        tuple(counts[each.id] for each in scored),
        len(genes),
        missing,
    )


def _require_spread(samples: tuple[str, ...], values: np.ndarray) -> None:
    flat = [name for name, row in zip(samples, values, strict=True) if row.size and np.ptp(row) == 0]
    if flat:
        raise EstimandError("a sample has the same value in all genes", where="expression", rows=flat, do="leave it out")


def linear_model_t(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The t value of the slope of each sample's expression on each set's weights.

    Args:
        values: (samples, genes), finite.
        weights: (sets, genes).
    """
    n = values.shape[1]
    y = values - values.mean(axis=1, keepdims=True)
    x = weights - weights.mean(axis=1, keepdims=True)
    scale = np.sqrt((y**2).sum(axis=1))[:, None] * np.sqrt((x**2).sum(axis=1))[None, :]
    r = y @ x.T / scale
    t: np.ndarray = r * np.sqrt((n - 2) / ((1 - r + _ROUNDING) * (1 + r + _ROUNDING)))
    return t


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _PREFIX.sub("", name).lower()).strip("_")


def _why(genes: frozenset[str], measured: int, least: int) -> str:
    if not genes:
        return "none of its gene sets is in the files given"
    return f"only {measured} of its {len(genes)} genes are measured; {least} are needed"
