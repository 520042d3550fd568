"""Two groups: real differences are seen, shuffled labels are not, and a batch is not taken for a disease."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from expression_world import invent
from scipy.stats import ttest_ind

from stallpoint.core.errors import EstimandError
from stallpoint.core.expression import Expression
from stallpoint.io.expression_table import read_expression_table
from stallpoint.io.gmt import read_gmt
from stallpoint.io.series_matrix import read_series_matrix
from stallpoint.profile.expression.activity import pathway_genes, score_pathways
from stallpoint.profile.expression.compare import compare_groups
from stallpoint.profile.expression.composition import warn_of_composition, warn_of_design
from stallpoint.profile.expression.read import read_expression, read_gene_sets

Sets = dict[str, frozenset[str]]
_RNG = np.random.default_rng(0)


def raised(expression: Expression, genes: frozenset[str], rows: np.ndarray, by: float) -> Expression:
    values = expression.values.copy()
    columns = [index for index, gene in enumerate(expression.genes) if gene in genes]
    values[np.ix_(np.flatnonzero(rows), columns)] += by
    return Expression(expression.samples, expression.genes, values)


def test_a_planted_difference_is_found_and_nothing_else(sets: Sets) -> None:
    rng = np.random.default_rng(11)
    case = np.arange(40) < 20
    expression = raised(invent(rng, sets, 40), sets["macroautophagy (GO:0016236)"], case, 0.4)
    found = compare_groups(score_pathways(expression, sets), case.tolist(), rng=rng, tissue="motor cortex")
    assert {each.pathway for each in found.differences if each.altered} == {"autophagy"}
    autophagy = next(each for each in found.differences if each.pathway == "autophagy")
    assert autophagy.difference > 5 * autophagy.error
    assert (found.cases, found.controls, found.tissue) == (20, 20, "motor cortex")


def test_a_batch_is_not_taken_for_a_disease(sets: Sets) -> None:
    rng = np.random.default_rng(12)
    case = np.arange(60) < 40
    batch = np.array(["b"] * 34 + ["a"] * 6 + ["b"] * 4 + ["a"] * 16)
    expression = raised(invent(rng, sets, 60), sets["macroautophagy (GO:0016236)"], batch == "b", 0.6)
    activities = score_pathways(expression, sets)
    blind = compare_groups(activities, case.tolist(), rng=rng)
    aware = compare_groups(activities, case.tolist(), rng=rng, batch=batch.tolist())
    assert "autophagy" in {each.pathway for each in blind.differences if each.altered}
    assert not any(each.altered for each in aware.differences)


def test_groups_and_batches_that_are_one_cannot_be_told_apart(sets: Sets) -> None:
    rng = np.random.default_rng(13)
    activities = score_pathways(invent(rng, sets, 12), sets)
    case = [True] * 6 + [False] * 6
    with pytest.raises(EstimandError, match="one group only"):
        compare_groups(activities, case, rng=rng, batch=["a"] * 6 + ["b"] * 6)
    with pytest.raises(EstimandError, match="too few"):
        compare_groups(activities, [True] * 10 + [False] * 2, rng=rng)


def test_on_noise_the_rate_of_any_altered_is_nominal(sets: Sets) -> None:
    """150 invented cohorts without a difference: 0.05, Monte Carlo standard error 0.018; the band is 3 of them."""
    rng = np.random.default_rng(14)
    case = [True] * 12 + [False] * 8
    alarms = sum(
        any(each.altered for each in compare_groups(score_pathways(invent(rng, sets, 20), sets), case, rng=rng).differences)
        for _ in range(150)
    )
    assert alarms <= 0.05 * 150 + 3 * np.sqrt(0.05 * 0.95 * 150)


def test_real_cortex_with_its_honest_limits(molecular: Path) -> None:
    """All 12 samples of one centre are controls: without regard to centres mitochondria seem altered, within centres they do not."""
    sets = read_gmt(molecular / "gobp2021_als_pathways.gmt") | read_gmt(molecular / "hallmark_v7.0.gmt")
    sets |= read_gmt(molecular / "reactome_graphite_1641.gmt")
    known = set().union(*sets.values())
    cortex = read_expression_table(molecular / "gse124439_als_cortex_318genes.csv.gz", rows="samples", known_genes=known)
    case = [each == "ALS" for each in cortex.about["condition"]]
    activities = score_pathways(cortex, sets)
    blind = {each.pathway: each for each in compare_groups(activities, case, rng=np.random.default_rng(1)).differences}
    batch = cortex.about["center"]
    told = warn_of_design(cortex, batch=batch, tissue="cortex")
    within = compare_groups(activities, case, rng=np.random.default_rng(1), batch=batch, warnings=told)
    assert blind["mitochondria"].altered
    assert blind["mitochondria"].difference == pytest.approx(-0.1066, abs=5e-4)
    assert not next(each for each in within.differences if each.pathway == "mitochondria").altered
    assert all(each.error > 0 for each in within.differences)
    assert (within.cases, within.controls) == (139, 9)
    assert any("only 318 genes" in each for each in within.warnings)
    assert any("12 samples lie in batches that hold one group only" in each for each in within.warnings)
    assert any("too few marker genes" in each for each in warn_of_composition(cortex, case))


def test_few_samples_are_relabelled_in_every_way(sets: Sets) -> None:
    """The p of 4 against 3 is a count over 35 ways, the same as by hand, whatever the generator; 3 against 3 can show nothing."""
    activities = score_pathways(invent(np.random.default_rng(16), sets, 7), sets)
    case = [True, True, True, True, False, False, False]
    found = compare_groups(activities, case, rng=np.random.default_rng(1))
    assert (found.relabelings, found.exact, found.least_p) == (35, True, pytest.approx(1 / 35))
    assert found.differences == compare_groups(activities, case, rng=np.random.default_rng(2)).differences
    values = activities.values[:, 0]
    t = [abs(ttest_ind(values[list(way)], np.delete(values, way)).statistic) for way in combinations(range(7), 4)]
    assert found.differences[0].p_value == pytest.approx(np.mean(np.array(t) >= t[0] - 1e-9))
    few = compare_groups(score_pathways(invent(np.random.default_rng(17), sets, 6), sets), [True] * 3 + [False] * 3, rng=_RNG)
    assert (few.relabelings, few.least_p) == (20, 0.1)
    assert any("nothing could be called altered" in each for each in few.warnings)


def test_over_all_relabelings_the_rate_of_altered_is_nominal(sets: Sets) -> None:
    """4 against 4 and 5 against 3, every way to give out the labels: the share called altered is at most 0.05, exactly."""
    for n, cases in ((8, 4), (8, 5)):
        activities = score_pathways(invent(np.random.default_rng(n + cases), sets, n), sets)
        ways = list(combinations(range(n), cases))
        called = sum(
            any(each.altered for each in compare_groups(activities, [k in way for k in range(n)], rng=_RNG).differences)
            for way in ways
        )
        assert 0 < called <= 0.05 * len(ways)


def test_real_motor_neurons(molecular: Path, gpl570: Path) -> None:
    """C9orf72 ALS 8 against control 3: 165 ways, so no p below 0.0061; other cells were captured with the neurons, and it is said."""
    sets = read_gene_sets([molecular / name for name in ("gobp2021_als_pathways.gmt", "hallmark_v7.0.gmt")])
    path = molecular / "GSE68605_series_matrix.txt.gz"
    found = read_expression(path, rows="genes", gene_sets=sets, probes=gpl570)
    case = [group.startswith("ALS") for group in found.about["patient group"]]
    assert (sum(case), len(case)) == (8, 11)
    activities = score_pathways(found, sets)
    told = compare_groups(activities, case, rng=_RNG, warnings=warn_of_composition(found, case))
    assert (told.relabelings, told.exact) == (165, True)
    assert {each.pathway for each in told.differences if each.altered} <= {"neuroinflammation"}
    assert all(each.error > 0 for each in told.differences)
    assert any("genes of astrocytes stand higher in cases" in each for each in told.warnings)
    decoupler, pd = pytest.importorskip("decoupler"), pytest.importorskip("pandas")
    members = pathway_genes(sets)
    net = pd.DataFrame(
        [(each.id, gene, 1.0) for each in activities.pathways for gene in members[each.id]],
        columns=["source", "target", "weight"],
    )
    theirs, _ = decoupler.mt.ulm(pd.DataFrame(found.values, index=found.samples, columns=found.genes), net, tmin=5)
    assert np.abs(theirs[[each.id for each in activities.pathways]].to_numpy() - activities.values).max() < 1e-9


def test_real_probes_are_read(molecular: Path) -> None:
    found = read_series_matrix(molecular / "GSE68605_series_matrix.txt.gz")
    assert found.values.shape == (11, 54675)
    assert found.values[0, found.genes.index("1007_s_at")] == pytest.approx(5.131166075)
    assert set(found.about["tissue"]) == {"Laser captured motor neurons"}


def test_more_cells_of_a_kind_are_told(sets: Sets) -> None:
    rng = np.random.default_rng(15)
    case = np.arange(30) < 15
    genes = ("GFAP", "AQP4", "ALDH1L1", "OTHER")
    values = rng.normal(size=(30, 4))
    values[case, :3] += 2
    told = warn_of_composition(Expression(tuple(map(str, range(30))), genes, values), case.tolist())
    assert any("astrocytes stand higher in cases" in each for each in told)
    assert any("too few marker genes" in each for each in told)
    design = warn_of_design(Expression(("a",), genes, values[:1]), batch=None, tissue="")
    assert len(design) == 3
