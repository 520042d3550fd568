"""What runs through a drug's pathways: chosen people beside everybody."""

import numpy as np
import polars as pl
import pytest

from stallpoint.knowledge.mechanism import PATHWAYS, load_genotypes, load_mechanism
from stallpoint.mechanism.pathway_share import BYPASSED, DIFFERENCE, EVERYBODY, THESE, THROUGH, share_through
from stallpoint.mechanism.virtual_people import Entry

KNOWN = load_mechanism()
AGGREGATION = PATHWAYS.index("aggregation")
INFLAMMATION = PATHWAYS.index("neuroinflammation")


def told(entry: Entry, *pathways: int, seed: int = 1) -> pl.DataFrame:
    return share_through(pathways, known=KNOWN, entry=entry, rng=np.random.default_rng(seed), draws=100)


def row(table: pl.DataFrame, quantity: str, whom: str) -> dict[str, float]:
    return table.row(by_predicate=(pl.col("quantity") == quantity) & (pl.col("whom") == whom), named=True)


def test_everybody_alone_where_nobody_is_singled_out_and_nothing_of_a_drug_on_no_pathway() -> None:
    assert told(Entry(), INFLAMMATION)["whom"].unique().to_list() == [EVERYBODY]
    assert told(Entry(states={"ALS-Glia": 1.0})).is_empty()


def test_a_genotype_has_its_own_share_and_bypass() -> None:
    table = told(Entry(genotype="SOD1"), AGGREGATION)
    carriers = load_genotypes()["SOD1"]
    share = carriers.weights[AGGREGATION] / sum(carriers.weights)
    assert row(table, THROUGH, THESE)["mean"] == pytest.approx(share, abs=0.02)
    assert row(table, BYPASSED, THESE)["mean"] == pytest.approx(sum(carriers.bypass) / 2, abs=0.02)
    assert row(table, THROUGH, DIFFERENCE)["low"] is None


def test_differences_are_those_of_the_means_and_their_range_holds_none() -> None:
    table = told(Entry(states={"ALS-Glia": 1.0}), INFLAMMATION)
    for quantity in (THROUGH, BYPASSED):
        here, whole, apart = (row(table, quantity, whom) for whom in (THESE, EVERYBODY, DIFFERENCE))
        assert apart["mean"] == pytest.approx(here["mean"] - whole["mean"])
        assert apart["low"] < 0 < apart["high"]


def test_more_pathways_hold_more_and_the_same_seed_gives_the_same_digits() -> None:
    entry = Entry(states={"ALS-TE/TD": 0.5})
    one, two = told(entry, INFLAMMATION), told(entry, INFLAMMATION, AGGREGATION)
    assert row(two, THROUGH, THESE)["mean"] > row(one, THROUGH, THESE)["mean"]
    assert one.equals(told(entry, INFLAMMATION))
