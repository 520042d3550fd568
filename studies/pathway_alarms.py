"""How often a pathway is called altered where labels are shuffled, and what the real labels give, on cortex of ALS and controls.

Run: python studies/pathway_alarms.py --data ../shared/data/molecular --repeats 1000 --seed 20261123 --out studies/results

GSE124439 as packaged by SEMgraph: 160 samples of frontal and motor cortex, 318 genes, already corrected by its packagers. Several
samples may be of one person, which the file does not tell; if they are, the p-values of the real labels are too small. One of the two
centres gave controls only.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.core.expression import Expression
from stallpoint.io.expression_table import read_expression_table
from stallpoint.profile.expression.activity import Activities, score_pathways
from stallpoint.profile.expression.compare import GroupComparison, compare_groups
from stallpoint.profile.expression.composition import warn_of_composition, warn_of_design
from stallpoint.profile.expression.person import place_sample
from stallpoint.profile.expression.read import read_gene_sets

SETS = ("hallmark_v7.0.gmt", "gobp2021_als_pathways.gmt", "reactome_graphite_1641.gmt")
TABLE = "gse124439_als_cortex_318genes.csv.gz"


def alarm_rate(
    activities: Activities, case: np.ndarray, batch: tuple[str, ...] | None, repeats: int, seed: int
) -> dict[str, float]:
    """Share of shuffles of the labels in which any pathway is called altered, with its Monte Carlo standard error."""
    rng = np.random.default_rng(seed)
    batches = np.zeros(len(case), dtype=int) if batch is None else np.unique(batch, return_inverse=True)[1]
    alarms = 0
    for _ in range(repeats):
        shuffled = case.copy()
        for b in np.unique(batches):
            at = np.flatnonzero(batches == b)
            shuffled[at] = rng.permutation(shuffled[at])
        found = compare_groups(activities, shuffled.tolist(), rng=rng, batch=batch)
        alarms += any(each.altered for each in found.differences)
    rate = alarms / repeats
    return {"rate": rate, "monte_carlo_error": float(np.sqrt(0.05 * 0.95 / repeats)), "repeats": repeats}


def told(found: GroupComparison) -> dict[str, Any]:
    """A comparison as plain values."""
    return {
        "cases": found.cases,
        "controls": found.controls,
        "genes": found.background,
        "pathways": [vars(each) for each in found.differences],
        "warnings": list(found.warnings),
    }


def alone(expression: Expression, activities: Activities, case: np.ndarray) -> dict[str, int]:
    """How often each answer is given when every case is ranked among all controls."""
    controls = tuple(name for name, each in zip(expression.samples, case, strict=True) if not each)
    counts: dict[str, int] = {}
    for name, each in zip(expression.samples, case, strict=True):
        if each:
            for state in place_sample(activities, name, controls, tissue="cortex"):
                counts[state.answer] = counts.get(state.answer, 0) + 1
    return counts


def main() -> None:
    """Read the cortex, ask it with its own labels and with shuffled ones, write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    options = parser.parse_args()
    sets = read_gene_sets([options.data / name for name in SETS])
    cortex = read_expression_table(options.data / TABLE, rows="samples", known_genes=frozenset().union(*sets.values()))
    case = np.array([each == "ALS" for each in cortex.about["condition"]])
    activities = score_pathways(cortex, sets)
    center = cortex.about["center"]
    record: dict[str, Any] = {"seed": options.seed}
    for name, batch in (("without regard to centres", None), ("within centres", center)):
        warnings = (*warn_of_design(cortex, batch=batch, tissue="cortex"), *warn_of_composition(cortex, case.tolist()))
        rng = np.random.default_rng(options.seed)
        real = compare_groups(activities, case.tolist(), rng=rng, batch=batch, tissue="cortex", warnings=warnings)
        record[name] = {
            "real labels": told(real),
            "shuffled labels": alarm_rate(activities, case, batch, options.repeats, options.seed),
        }
    record["each case among 21 controls"] = alone(cortex, activities, case)
    (options.out / "pathway_alarms.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(
        json.dumps(
            {key: value.get("shuffled labels", value) for key, value in record.items() if isinstance(value, dict)}, indent=1
        )
    )


if __name__ == "__main__":
    main()
