import numpy as np
import polars as pl

from stallpoint.simulate.published import compare_with_published


def test_simulated_margins_lie_in_the_published_ranges():
    table = compare_with_published(20_000, rng=np.random.default_rng(1))
    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=60):
        print(table)
    outside = table.filter(~pl.col("within"))["quantity"].to_list()
    assert outside == []
