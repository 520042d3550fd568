import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import TableError
from stallpoint.simulate import planted
from stallpoint.simulate.course import Course

BASELINE = pl.DataFrame({"patient": ["a", "b", "c"], "smoker": [True, False, None], "onset_site": ["limb", "bulbar", "limb"]})
EXPOSURE = np.array([20.0, 60.0, 180.0])
HORIZON = np.full((1, 1), 12.0)


def gain(effect, *, slope=-1.0, stop=np.inf, at=HORIZON):
    n = BASELINE.height
    reached = planted.share_reached(effect, BASELINE, EXPOSURE)
    return Course(np.full(n, 38.0), np.full(n, slope), 0.0, effect, reached, np.full(n, stop)).gain(at)[:, 0]


def test_no_effect_gains_nothing():
    assert gain(planted.no_effect()) == pytest.approx([0, 0, 0])


def test_constant_benefit_and_harm():
    assert gain(planted.constant_benefit(0.3)) == pytest.approx([3.6] * 3)
    assert gain(planted.constant_harm(0.3)) == pytest.approx([-3.6] * 3)


def test_slowing_gives_back_a_share_of_ones_own_decline():
    assert gain(planted.percent_slowing(0.25), slope=-2.0) == pytest.approx([6.0] * 3)


def test_subgroup_excludes_others_and_the_unknown():
    assert gain(planted.only_in_subgroup(0.5, column="smoker", equals=True)) == pytest.approx([6, 0, 0])
    assert gain(planted.only_in_subgroup(0.5, column="onset_site", equals="limb")) == pytest.approx([6, 0, 6])


def test_subgroup_of_an_unknown_column_is_an_error_that_names_the_columns():
    with pytest.raises(TableError, match="smoker"):
        gain(planted.only_in_subgroup(0.5, column="smokes", equals=True))


def test_threshold_and_emax():
    assert gain(planted.only_above_exposure(0.5, threshold_ng_ml=60)) == pytest.approx([0, 6, 6])
    assert gain(planted.graded_by_exposure(0.5, half_ng_ml=60)) == pytest.approx([1.5, 3.0, 4.5])


def test_steep_emax_nears_the_threshold():
    graded = planted.graded_by_exposure(0.5, half_ng_ml=50, steepness=60)
    assert gain(graded) == pytest.approx(gain(planted.only_above_exposure(0.5, threshold_ng_ml=50)), abs=1e-3)


def test_late_start_and_early_stop():
    late = planted.late_start(0.5, start_months=4)
    assert gain(late) == pytest.approx([4.0] * 3)
    assert gain(late, at=np.full((1, 1), 3.0)) == pytest.approx([0.0] * 3)
    assert gain(late, stop=6.0) == pytest.approx([1.0] * 3)
    assert gain(late, stop=2.0) == pytest.approx([0.0] * 3)


def test_text_says_what_was_planted():
    assert planted.no_effect().text == "Planted: no effect."
    text = planted.only_above_exposure(0.4, threshold_ng_ml=60).text
    assert text == "Planted: +0.40 ALSFRS-R points per month, only at or above 60 ng/mL of drug."
