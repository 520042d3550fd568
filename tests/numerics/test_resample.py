"""The bootstrap."""

import numpy as np
import pytest

from stallpoint.numerics.resample import bootstrap_interval


def test_interval_of_a_mean_is_near_the_normal_one_and_repeatable():
    values = np.random.default_rng(3).normal(size=400)

    def interval():
        return bootstrap_interval(lambda i: float(values[i].mean()), 400, repeats=2000, rng=np.random.default_rng(1))

    low, high = interval()
    reach = 1.96 * values.std(ddof=1) / 20
    assert (low, high) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.1 * reach)
    assert interval() == (low, high)
