"""Two groups: real differences are seen, shuffled labels are not, and a batch is not taken for a disease."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from expression_world import invent

from stallpoint.core.errors import EstimandError
from stallpoint.core.expression import Expression
from stallpoint.io.expression_table import read_expression_table
from stallpoint.io.gmt import read_gmt
from stallpoint.io.series_matrix import read_series_matrix
from stallpoint.profile.expression.activity import score_pathways
from stallpoint.profile.expression.compare import compare_groups
from stallpoint.profile.expression.composition import warn_of_composition, warn_of_design

Sets = dict[str, frozenset[str]]


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


def test_real_motor_neurons_are_read_and_say_what_three_controls_can_show(molecular: Path) -> None:
    """Without a map from probes to symbols no pathway can be asked of GSE68605; the reader is tested on its probes."""
    path = molecular / "GSE68605_series_matrix.txt.gz"
    probes = {probe: probe for probe in ("1007_s_at", "1053_at", "117_at")}
    found = read_series_matrix(path, probes)
    assert found.values.shape == (11, 3)
    assert found.values[0, found.genes.index("1007_s_at")] == pytest.approx(5.131166075)
    assert sum("control" in each for each in found.about["title"]) == 3
    assert found.notes == ("54672 of 54675 probes have no single symbol and were left out",)


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
