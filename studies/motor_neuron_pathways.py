"""Pathways of captured motor neurons, C9orf72 ALS against controls (GSE68605), and how often shuffled labels are called altered.

Run: python studies/motor_neuron_pathways.py --data ../shared/data/molecular --probes gpl570.tsv --other-probes other.tsv

Eight people with ALS and three controls, one array each. There are 165 ways to give out the labels and all are taken, so p-values are exact
and none lies below 1/165; nor does the rate under shuffled labels have Monte Carlo error. The file names no batches, but its names of
scans come in two kinds (MW8, 3A), and no control is of the second: the comparison within the first kind is three against three, and
can show nothing. The maps from probes to symbols are tables with the columns probe and symbol; a second one, made by others, shows
what hangs on the map.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.core.expression import Expression
from stallpoint.io.probe_map import ProbeMap, read_probe_map
from stallpoint.profile.expression.activity import Activities, pathway_genes, score_pathways
from stallpoint.profile.expression.compare import GroupComparison, compare_groups
from stallpoint.profile.expression.composition import warn_of_composition, warn_of_design
from stallpoint.profile.expression.read import read_expression, read_gene_sets

SETS = ("hallmark_v7.0.gmt", "gobp2021_als_pathways.gmt", "reactome_graphite_1641.gmt")
MATRIX = "GSE68605_series_matrix.txt.gz"
TISSUE = "motor neurons captured from cervical cord"

Sets = dict[str, frozenset[str]]


def told(found: GroupComparison) -> dict[str, Any]:
    """A comparison as plain values."""
    return {
        "cases": found.cases,
        "controls": found.controls,
        "genes": found.background,
        "ways": found.relabelings,
        "exact": found.exact,
        "least_p": found.least_p,
        "pathways": [vars(each) for each in found.differences],
        "warnings": list(found.warnings),
    }


def difference_from_decoupler(expression: Expression, sets: Sets, activities: Activities) -> float | None:
    """Largest difference from decoupler's univariate linear model over samples and pathways; None where it is not installed."""
    if find_spec("decoupler") is None:
        return None
    import decoupler
    import pandas as pd

    members = pathway_genes(sets)
    net = pd.DataFrame(
        [(each.id, gene, 1.0) for each in activities.pathways for gene in members[each.id]],
        columns=["source", "target", "weight"],
    )
    frame = pd.DataFrame(expression.values, index=expression.samples, columns=expression.genes)
    theirs, _ = decoupler.mt.ulm(frame, net, tmin=5)
    return float(np.abs(theirs[[each.id for each in activities.pathways]].to_numpy() - activities.values).max())


def alarms(activities: Activities, cases: int) -> dict[str, Any]:
    """Share of all ways to give out the labels in which any pathway is called altered."""
    n, rng = len(activities.samples), np.random.default_rng(0)
    ways = list(combinations(range(n), cases))
    called = 0
    for way in ways:
        found = compare_groups(activities, [index in way for index in range(n)], rng=rng)
        called += any(each.altered for each in found.differences)
    return {"rate": called / len(ways), "called": called, "ways": len(ways)}


def agreement(one: ProbeMap, other: ProbeMap) -> dict[str, Any]:
    """Probes to which both maps give one gene: how many get the same symbol, and how many the same gene whatever its name.

    A gene has the same probes in both maps where each name is the other's most frequent partner.
    """
    pairs = Counter((one.symbols[probe], other.symbols[probe]) for probe in one.symbols.keys() & other.symbols.keys())
    partner, partner_of = _most_frequent(pairs, 0), _most_frequent(pairs, 1)
    both = sum(pairs.values())
    symbol = sum(count for (mine, theirs), count in pairs.items() if mine == theirs)
    gene = sum(count for (mine, theirs), count in pairs.items() if partner[mine] == theirs and partner_of[theirs] == mine)
    return {"in_both": both, "same_symbol": symbol / both, "same_gene": gene / both}


def _most_frequent(pairs: Counter[tuple[str, str]], side: int) -> dict[str, str]:
    return {pair[side]: pair[1 - side] for pair, _ in reversed(pairs.most_common())}


def study(matrix: Path, probes: Path, sets: Sets) -> tuple[dict[str, Any], Expression, Activities]:
    """The comparison by one map, with all labels and within the kind of scan that holds both groups."""
    expression = read_expression(matrix, rows="genes", gene_sets=sets, probes=probes)
    case = [group.startswith("ALS") for group in expression.about["patient group"]]
    scans = ["MW" if name.startswith("MW") else "other" for name in expression.about["description"]]
    activities = score_pathways(expression, sets)
    record: dict[str, Any] = {"notes": list(expression.notes)}
    for name, batch in (("all arrays", None), ("within kinds of scan names", scans)):
        warnings = (*warn_of_design(expression, batch=batch, tissue=TISSUE), *warn_of_composition(expression, case))
        rng = np.random.default_rng(0)
        record[name] = told(compare_groups(activities, case, rng=rng, batch=batch, tissue=TISSUE, warnings=warnings))
    return record, expression, activities


def main() -> None:
    """Read the arrays, ask them with their own labels and with all others, write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--probes", type=Path, required=True, help="table with the columns probe and symbol, of GPL570")
    parser.add_argument("--other-probes", type=Path, help="a second such table, to see what hangs on it")
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    options = parser.parse_args()
    sets = read_gene_sets([options.data / name for name in SETS])
    matrix = options.data / MATRIX
    record, expression, activities = study(matrix, options.probes, sets)
    record["shuffled labels"] = alarms(activities, record["all arrays"]["cases"])
    record["largest difference from decoupler"] = difference_from_decoupler(expression, sets, activities)
    if options.other_probes is not None:
        second, _, _ = study(matrix, options.other_probes, sets)
        maps = agreement(read_probe_map(options.probes), read_probe_map(options.other_probes))
        record["second map"] = {"agreement": maps, **second}
    (options.out / "motor_neuron_pathways.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: record[key] for key in ("notes", "shuffled labels", "largest difference from decoupler")}, indent=1))


if __name__ == "__main__":
    main()
