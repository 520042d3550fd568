"""Genetic tests: present, absent, or not tested. Not tested is never absent."""

from __future__ import annotations

import numpy as np
import polars as pl

from stallpoint.simulate.natural_history import NaturalHistory
from stallpoint.simulate.people import People


def simulate_variants(people: People, history: NaturalHistory, rng: np.random.Generator) -> pl.DataFrame:
    """The variants table: one row per person and gene."""
    tested = rng.random(people.carriers.shape) >= history.gene_not_tested_share
    person, gene = (index.ravel() for index in np.indices(people.carriers.shape))
    call = np.select([~tested, people.carriers], ["not tested", "present"], default="absent").ravel()
    table = pl.DataFrame(
        {
            "gene": [gene.gene for gene in history.genes],
            "variant": [gene.variant for gene in history.genes],
            "zygosity": [gene.zygosity for gene in history.genes],
            "assay": [gene.assay for gene in history.genes],
        }
    )
    rows = table[gene].with_columns(patient=people.patients["patient"].gather(person), call=pl.Series(call.tolist()))
    return rows.select(
        "patient",
        "gene",
        "variant",
        "call",
        pl.when(pl.col("call") == "present").then("zygosity").alias("zygosity"),
        pl.when(pl.col("call") != "not tested").then("assay").alias("assay"),
    )
