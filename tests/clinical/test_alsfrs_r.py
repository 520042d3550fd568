import polars as pl
import pytest

from stallpoint.clinical.alsfrs_r import alsfrs_r_domains, alsfrs_r_total, item_5_conflicts, item_5_repeats
from stallpoint.core.errors import TableError


def test_full_score_is_48_in_four_domains_of_12(assess):
    assert alsfrs_r_total(assess({})).to_list() == [48.0]
    assert alsfrs_r_domains(assess({})).row(0) == (12.0, 12.0, 12.0, 12.0)


def test_moderate_assessment(assess, moderate):
    assert alsfrs_r_total(assess(moderate)).to_list() == [34.0]
    assert alsfrs_r_domains(assess(moderate)).to_dicts() == [{"bulbar": 10, "fine_motor": 6, "gross_motor": 6, "respiratory": 12}]


def test_item_5_is_read_in_either_spelling_and_once_when_both_agree(assess):
    rows = assess({"q5a": 2}, {"q5a": None, "q5b": 2}, {"q5a": 2, "q5b": 2})
    assert alsfrs_r_total(rows).to_list() == [46.0, 46.0, 46.0]
    assert item_5_repeats(rows).to_list() == [False, False, True]
    assert item_5_conflicts(rows).to_list() == [False, False, False]


def test_item_5_in_conflict_is_an_error(assess):
    rows = assess({}, {"q5a": 3, "q5b": 1})
    assert item_5_conflicts(rows).to_list() == [False, True]
    with pytest.raises(TableError, match=r"row 1: q5a = 3, q5b = 1"):
        alsfrs_r_total(rows)


def test_a_missing_item_leaves_total_and_its_domain_empty(assess):
    rows = assess({"q2": None}, {"q2": float("nan")})
    assert alsfrs_r_total(rows).to_list() == [None, None]
    assert alsfrs_r_domains(rows)["bulbar"].to_list() == [None, None]
    assert alsfrs_r_domains(rows)["respiratory"].to_list() == [12.0, 12.0]


def test_prorating_happens_only_on_request(assess):
    rows = assess({"q2": None, "q1": 0})
    assert alsfrs_r_total(rows, prorate=True).to_list() == pytest.approx([12 * 40 / 11])
    nothing = assess(dict.fromkeys(rows.columns))
    assert alsfrs_r_total(nothing, prorate=True).to_list() == [None]


@pytest.mark.parametrize("prorate", [False, True])
def test_the_40_point_scale_never_yields_a_48_point_total(assess, prorate):
    rows = assess({}, {}, {}, scale=["alsfrs", "alsfrs_r", None])
    assert alsfrs_r_total(rows, prorate=prorate).to_list() == [None, 48.0, 48.0]


@pytest.mark.parametrize("answer", [-1.0, 2.5, 5.0])
def test_impossible_items_are_refused_with_their_row(assess, answer):
    with pytest.raises(TableError, match="row 1: q8"):
        alsfrs_r_total(assess({}, {"q8": answer}))


def test_absent_columns_are_named(assess):
    with pytest.raises(TableError, match="q7, q5a or q5b"):
        alsfrs_r_total(assess({}).drop("q7", "q5a", "q5b"))


def test_whole_number_columns_are_read_alike(assess, moderate):
    assert alsfrs_r_total(assess(moderate).cast(pl.Int64)).to_list() == [34.0]
