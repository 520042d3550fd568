import pytest

from stallpoint.clinical.kings import kings_criteria, kings_stage
from stallpoint.core.errors import StallpointError


def test_stages_of_the_reference_vectors(assess, moderate):
    rows = assess({}, moderate, moderate | {"q12": 3}, moderate | {"q5a": None, "q5b": 2}, {"q6": 3}, {"q10": 1})
    assert kings_stage(rows).to_list() == [0, 3, 4, 4, 0, 0]


def test_4a_and_4b_are_told_apart(assess):
    criteria = kings_criteria(assess({"q5a": None, "q5b": 4}, {"q12": 3}, {"q10": 0}, {}))
    assert criteria["nutritional"].to_list() == [True, False, False, False]
    assert criteria["respiratory"].to_list() == [False, True, True, False]


def test_item_5b_means_4a_even_beside_an_equal_5a(assess):
    assert kings_stage(assess({"q5b": 4})).to_list() == [4]


def test_a_recorded_gastrostomy_is_4a(assess):
    rows = assess({}, {}, {}, {"q5a": None}, {"q5a": None}, gastrostomy=[True, False, None, False, None])
    assert kings_criteria(rows)["nutritional"].to_list() == [True, False, False, False, None]


def test_regions_are_counted_row_by_row_not_over_the_column(assess):
    """Public code called any() on whole columns, so that one affected person affected everybody."""
    rows = assess({}, {"q1": 3}, {"q4": 3}, {"q8": 3})
    assert kings_stage(rows).to_list() == [0, 1, 1, 1]
    assert kings_criteria(rows)["bulbar"].to_list() == [False, True, False, False]
    assert kings_criteria(rows)["upper_limb"].to_list() == [False, False, True, False]


def test_missing_is_never_normal(assess):
    rows = assess({"q2": None}, {"q1": 3, "q2": None}, {"q8": None, "q12": 2}, {"q5a": None}, {"q10": None, "q12": 4})
    assert kings_stage(rows).to_list() == [None, 1, 4, None, None]


def test_stage_zero_is_kept_or_called_one(assess):
    rows = assess({}, {"q1": 3})
    assert kings_stage(rows, zero_policy="keep").to_list() == [0, 1]
    assert kings_stage(rows, zero_policy="one").to_list() == [1, 1]
    with pytest.raises(StallpointError, match="zero_policy"):
        kings_stage(rows, zero_policy="drop")


def test_death_is_stage_5_whatever_was_answered(assess):
    rows = assess({}, dict.fromkeys(assess({}).columns), {"q1": 3}, died=[True, True, None])
    assert kings_stage(rows).to_list() == [5, 5, 1]


def test_the_40_point_scale_is_not_staged(assess):
    assert kings_stage(assess({}, scale=["alsfrs"])).to_list() == [None]
