import polars as pl
import pytest

from stallpoint.response.follow_up import FollowUp
from stallpoint.response.strata import code_strata


def followed(**columns):
    n = len(next(iter(columns.values())))
    people = pl.DataFrame({"patient": [f"P{i}" for i in range(n)], **columns})
    return FollowUp(people.select("patient", time_months=0.0), people, ())


def test_levels_but_the_most_frequent_become_indicators():
    people = code_strata(followed(site=["a", "a", "a", "b", "b", "c", "c"]), ("site",)).people
    assert people.select(pl.col("^stratum_.*$").sum()).row(0) == (2.0, 2.0)


def test_a_level_of_one_person_joins_the_most_frequent():
    people = code_strata(followed(site=["a", "a", "a", "b", "b", "c"]), ("site",)).people
    assert [name for name in people.columns if name.startswith("stratum_")] == ["stratum_site_1"]
    assert people["stratum_site_1"].to_list() == [0, 0, 0, 1, 1, 0]


def test_numbers_are_centred():
    assert code_strata(followed(fvc=[80.0, 100.0, 90.0]), ("fvc",)).people["stratum_fvc"].sum() == pytest.approx(0)


def test_people_whose_stratum_is_not_known_are_left_out_with_a_count():
    coded = code_strata(followed(site=["a", None, "b", "a", "b"]), ("site",))
    assert coded.people["patient"].to_list() == ["P0", "P2", "P3", "P4"]
    assert coded.visits["patient"].to_list() == ["P0", "P2", "P3", "P4"]
    assert (coded.checks[0].status, coded.checks[0].count) == ("warning", 1)


def test_no_strata_change_nothing():
    given = followed(site=["a", "b"])
    assert code_strata(given, ()) is given
