import polars as pl
import pytest

from stallpoint.clinical.ft9 import UNVERIFIED
from stallpoint.clinical.score_table import score_table
from stallpoint.core.errors import StallpointError, TableError

PATIENT = {
    "patient": "P1",
    "age_years": 61.0,
    "onset_months": 12.0,
    "diagnosis_months": 10.0,
    "fvc_percent": 90.0,
    "onset_site": "limb",
    "definite_el_escorial": False,
    "ftd": False,
    "c9orf72": False,
}
PATIENTS = pl.DataFrame([PATIENT])


def checks_of(scored):
    return {check.name: check for check in scored.checks}


def totals(*values, **columns):
    """Visits of one patient with totals only, six months apart."""
    times = [6.0 * visit for visit in range(len(values))]
    return pl.DataFrame({"patient": ["P1"] * len(values), "time_months": times, "alsfrs_r": list(values), **columns})


def itemised(assess, *changes, **columns):
    count = len(changes)
    return assess(*changes, patient=["P1"] * count, time_months=[6.0 * visit for visit in range(count)], **columns)


def test_items_give_total_domains_and_stages(assess, moderate):
    frame = score_table(itemised(assess, {}, moderate)).frame
    assert frame["alsfrs_r"].to_list() == [48.0, 34.0]
    assert frame.row(1, named=True) | {"fine_motor": 6, "kings": 3, "mitos": 0, "ft9": 2} == frame.row(1, named=True)


def test_totals_alone_give_a_rate_and_no_stage():
    frame = score_table(totals(36.0, 30.0), PATIENTS).frame
    assert frame["progression_rate"].to_list() == [1.0, 1.0]
    assert frame.select("kings", "mitos", "ft9", "bulbar").null_count().row(0) == (2, 2, 2, 2)
    assert frame["alsfrs_r_recorded"].to_list() == [36.0, 30.0]


def test_a_rate_needs_a_known_onset():
    for patients in (None, PATIENTS.drop("onset_months"), PATIENTS.with_columns(patient=pl.lit("P2"))):
        scored = score_table(totals(36.0), patients)
        assert scored.frame["progression_rate"].to_list() == [None]
        assert checks_of(scored)["progression_rate"].count == 1


def test_a_rate_within_a_month_of_onset_is_called_unstable():
    scored = score_table(totals(46.0, 44.0), PATIENTS.with_columns(onset_months=pl.lit(0.5)))
    assert scored.frame["progression_rate_unstable"].to_list() == [True, False]
    assert checks_of(scored)["progression_rate"].status == "warning"


def test_risk_scores_stand_on_rows_at_time_zero_only():
    frame = score_table(totals(40.8, 35.0), PATIENTS).frame
    assert frame["tricals_lp"].to_list() == [pytest.approx(-4.281, abs=5e-4), None]
    assert frame["encals_lp"][0] == pytest.approx(-4.2771, abs=5e-4)
    assert frame["encals_lp"][1] is None


@pytest.mark.parametrize("name", [name for name in PATIENT if name not in ("patient", "c9orf72")])
def test_no_input_of_the_risk_scores_is_assumed(name):
    scored = score_table(totals(40.0), PATIENTS.drop(name))
    assert scored.frame.select("encals_lp", "tricals_lp").row(0) == (None, None)
    assert checks_of(scored)["tricals_lp"].status == "warning"


def test_untested_c9orf72_leaves_encals_empty_and_tricals_whole():
    scored = score_table(totals(40.0), PATIENTS.with_columns(c9orf72=pl.lit(None, dtype=pl.Boolean)))
    assert scored.frame["encals_lp"].to_list() == [None]
    assert scored.frame["tricals_lp"].null_count() == 0
    assert "c9orf72 (1)" in checks_of(scored)["encals_lp"].text


def test_a_diagnosis_at_onset_lies_outside_the_model():
    scored = score_table(totals(40.0), PATIENTS.with_columns(diagnosis_months=pl.lit(0.0)))
    assert scored.frame["tricals_lp"].to_list() == [None]
    assert "diagnosis_months (1)" in checks_of(scored)["tricals_lp"].text


def test_the_visit_at_time_zero_may_bring_its_own_fvc():
    own = score_table(totals(40.0, fvc_percent=[70.0]), PATIENTS.drop("fvc_percent")).frame
    assert (
        own["tricals_lp"].to_list()
        == score_table(totals(40.0), PATIENTS.with_columns(fvc_percent=70.0)).frame["tricals_lp"].to_list()
    )


def test_encals_at_time_zero_is_called_off_label():
    check = checks_of(score_table(totals(40.0), PATIENTS))["encals_lp"]
    assert (check.status, check.count) == ("warning", 0)
    assert "off-label" in check.text


def test_missing_items_are_counted_and_the_recorded_total_stands(assess):
    scored = score_table(itemised(assess, {"q2": None}, {"q2": None}, {}, alsfrs_r=[46.0, None, None]))
    assert scored.frame["alsfrs_r"].to_list() == [46.0, None, 48.0]
    assert checks_of(scored)["missing_items"].count == 2


def test_item_5_in_conflict_is_counted_and_gives_no_total(assess):
    scored = score_table(itemised(assess, {"q5b": 1}, {"q5b": 4}, {}, alsfrs_r=[48.0, 48.0, 48.0]))
    assert scored.frame["alsfrs_r"].to_list() == [None, 48.0, 48.0]
    assert scored.frame["kings"].to_list() == [None, 4, 0]
    found = checks_of(scored)
    assert (found["item_5_conflict"].count, found["item_5_conflict"].status) == (1, "warning")
    assert found["item_5_repeat"].count == 1


def test_recorded_totals_are_held_against_the_items(assess):
    rows = itemised(assess, {}, {}, {"q2": None}, {"q2": None}, alsfrs_r=[48.0, 40.0, 43.0, 46.0])
    scored = score_table(rows)
    assert scored.frame["alsfrs_r"].to_list() == [48.0, 48.0, None, 46.0]
    assert checks_of(scored)["recorded_total"].count == 2


def test_rows_of_the_40_point_scale_are_counted_and_kept_apart(assess):
    scored = score_table(itemised(assess, {}, {}, alsfrs_r=[38.0, 48.0], scale=["alsfrs", "alsfrs_r"]))
    assert scored.frame["alsfrs_r"].to_list() == [None, 48.0]
    assert scored.frame["alsfrs_r_recorded"].to_list() == [38.0, 48.0]
    assert checks_of(scored)["older_scale"].count == 1
    assert checks_of(scored)["recorded_total"].count == 0


def test_ft9_carries_its_caution_only_where_it_is_given(assess):
    given = checks_of(score_table(itemised(assess, {})))["ft9"]
    assert (given.status, given.text) == ("warning", UNVERIFIED)
    assert checks_of(score_table(totals(40.0)))["ft9"].status == "passed"


def test_clean_visits_pass(assess):
    found = checks_of(score_table(itemised(assess, {}), PATIENTS))
    for name in (
        "missing_items",
        "item_5_conflict",
        "item_5_repeat",
        "recorded_total",
        "older_scale",
        "progression_rate",
        "tricals_lp",
    ):
        assert found[name].status == "passed"


def test_rows_keep_their_order_and_their_columns(assess):
    rows = itemised(assess, {"q1": 1}, {}, {"q1": 2}, centre=["b", "a", "c"])
    frame = score_table(rows, PATIENTS).frame
    assert frame["centre"].to_list() == ["b", "a", "c"]
    assert frame["bulbar"].to_list() == [9.0, 12.0, 10.0]


def test_impossible_input_is_refused(assess):
    with pytest.raises(StallpointError, match="0 to 48"):
        score_table(totals(49.0))
    with pytest.raises(StallpointError, match="since onset"):
        score_table(totals(40.0), PATIENTS.with_columns(onset_months=pl.lit(0.0)))
    with pytest.raises(TableError, match="more than one row"):
        score_table(totals(40.0), pl.concat([PATIENTS, PATIENTS]))
    with pytest.raises(TableError, match="kings"):
        score_table(totals(40.0, kings=[2]))
