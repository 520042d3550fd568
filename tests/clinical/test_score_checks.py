import polars as pl

from stallpoint.clinical.score_checks import check_progression_rate, check_risk, check_rows


def test_rows_found_are_counted_and_warned_of():
    found = check_rows("older_scale", pl.Series([True, False, True]), "use the 40-point ALSFRS")
    assert (found.status, found.count, found.text) == ("warning", 2, "2 of 3 visits use the 40-point ALSFRS")
    assert check_rows("older_scale", pl.Series([False]), "").status == "passed"


def test_unknown_and_unstable_rates_are_told_apart():
    check = check_progression_rate(pl.Series([0.5, None, 2.0]), pl.Series([False, None, True]))
    assert check.count == 2
    assert "1 of 3 visits have no progression rate" in check.text
    assert "1 have an unstable one" in check.text


def test_a_caution_is_said_only_where_a_score_is_given():
    inputs = {"ftd": pl.Series([0.0, None])}
    some = check_risk("encals_lp", pl.Series([-4.0, None]), inputs, "Off-label.")
    assert some.text == "1 of 2 visits at time zero have no encals_lp; inputs missing or outside the model: ftd (1). Off-label."
    none = check_risk("encals_lp", pl.Series([None, None], dtype=pl.Float64), inputs, "Off-label.")
    assert "Off-label" not in none.text
