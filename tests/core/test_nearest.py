from __future__ import annotations

import pytest

from stallpoint.core.nearest import ask_nearest, nearest_name

NAMES = ("onset_months", "onset_site", "age_years")


@pytest.mark.parametrize(("typed", "meant"), [("onset_month", "onset_months"), ("Onset_Site", "onset_site"), ("height", None)])
def test_only_an_alike_name_is_offered(typed: str, meant: str | None) -> None:
    assert nearest_name(typed, NAMES) == meant


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("age", "did you mean age_years?"),
        ("onset_mnths", "did you mean onset_months?"),
        ("xyz", "choose one of: age_years, onset_months, onset_site"),
    ],
)
def test_the_question_names_one_or_all(typed: str, asked: str) -> None:
    assert ask_nearest(typed, NAMES) == asked


def test_nothing_known_is_said() -> None:
    assert ask_nearest("age", ()) == "there is nothing to choose from"
