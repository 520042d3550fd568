from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import linregress

from stallpoint.core.errors import EstimandError
from stallpoint.core.expression import Expression
from stallpoint.io.expression_table import read_expression_table
from stallpoint.io.gmt import read_gmt
from stallpoint.profile.expression.activity import linear_model_t, pathway_genes, score_pathways


def test_the_t_value_is_that_of_a_regression() -> None:
    rng = np.random.default_rng(7)
    values, weights = rng.normal(size=(3, 50)), (rng.random((2, 50)) < 0.3).astype(float)
    found = linear_model_t(values, weights)
    for sample in range(3):
        for each in range(2):
            fit = linregress(weights[each], values[sample])
            assert found[sample, each] == pytest.approx(fit.slope / fit.stderr, rel=1e-10)


def test_the_same_as_what_decoupler_gave() -> None:
    """Frozen from decoupler 2.2.0, `mt.ulm(frame, net, tmin=5)`, for the values and weights drawn here."""
    rng = np.random.default_rng(2022)
    values, weights = rng.normal(size=(2, 30)), np.array([[1.0] * 6 + [0.0] * 24, [0.0] * 20 + [1.0] * 10])
    frozen = np.array([[1.258709894457253, 0.17630390064371404], [-0.1971108506231436, 0.0598851910893756]])
    assert np.abs(linear_model_t(values, weights) - frozen).max() < 1e-12


def test_the_same_as_decoupler_on_real_cortex(molecular: Path) -> None:
    decoupler, pd = pytest.importorskip("decoupler"), pytest.importorskip("pandas")
    sets = read_gmt(molecular / "gobp2021_als_pathways.gmt") | read_gmt(molecular / "hallmark_v7.0.gmt")
    cortex = read_expression_table(
        molecular / "gse124439_als_cortex_318genes.csv.gz", rows="samples", known_genes=set().union(*sets.values())
    )
    ours = score_pathways(cortex, sets)
    members = pathway_genes(sets)
    net = pd.DataFrame(
        [(each.id, gene, 1.0) for each in ours.pathways for gene in members[each.id]], columns=["source", "target", "weight"]
    )
    theirs, _ = decoupler.mt.ulm(pd.DataFrame(cortex.values, index=cortex.samples, columns=cortex.genes), net, tmin=5)
    assert np.abs(theirs[[each.id for each in ours.pathways]].to_numpy() - ours.values).max() < 1e-10


def test_names_of_sets_are_compared_without_case_and_prefix() -> None:
    held = {"autophagy::MACROAUTOPHAGY (GO:0016236)": frozenset({"A"}), "hallmark_oxidative_phosphorylation": frozenset({"B"})}
    members = pathway_genes(held)
    assert (members["autophagy"], members["mitochondria"], members["excitotoxicity"]) == ({"A"}, {"B"}, frozenset())


def test_a_pathway_that_cannot_be_scored_says_why(sets: dict[str, frozenset[str]]) -> None:
    genes = [*sorted(sets["macroautophagy (GO:0016236)"])[:9], "OTHER1", "OTHER2"]
    few = sorted(sets["cellular response to oxidative stress (GO:0034599)"])[:3]
    expression = Expression(("a", "b"), (*genes, *few), np.random.default_rng(1).normal(size=(2, len(genes) + 3)))
    del_one = {name: genes for name, genes in sets.items() if "glutamate" not in name}
    found = score_pathways(expression, del_one)
    assert [each.id for each in found.pathways] == ["autophagy"]
    told = dict(found.missing)
    assert told["oxidative stress"] == "only 3 of its 20 genes are measured; 5 are needed"
    assert told["glutamate and excitotoxicity"] == "none of its gene sets is in the files given"
    with pytest.raises(EstimandError, match="no pathway can be scored"):
        score_pathways(Expression(("a",), ("OTHER1", "OTHER2"), np.ones((1, 2))), sets)


def test_a_gene_with_a_missing_value_is_left_out(sets: dict[str, frozenset[str]]) -> None:
    genes = tuple(sorted(set().union(*sets.values())))
    values = np.random.default_rng(2).normal(size=(3, len(genes)))
    values[1, 4] = np.nan
    found = score_pathways(Expression(("a", "b", "c"), genes, values), sets)
    assert found.background == len(genes) - 1
    assert np.isfinite(found.values).all()


def test_a_sample_with_one_value_in_all_genes_is_refused(sets: dict[str, frozenset[str]]) -> None:
    genes = tuple(sorted(set().union(*sets.values())))
    values = np.random.default_rng(4).normal(size=(2, len(genes)))
    values[1] = 5.0
    with pytest.raises(EstimandError, match="the same value in all genes"):
        score_pathways(Expression(("a", "b"), genes, values), sets)
