"""Molecular states as words."""

import pytest

from stallpoint.core.errors import DrugError
from stallpoint.study.state_shares import read_state_shares


def test_present_absent_and_a_share() -> None:
    said = ["ALS-Glia", "raised-crp=absent", "hypermetabolism = 0.3", "low-glutathione=Present"]
    assert read_state_shares(said) == {"ALS-Glia": 1.0, "raised-crp": 0.0, "hypermetabolism": 0.3, "low-glutathione": 1.0}
    assert read_state_shares([]) == {}


@pytest.mark.parametrize("said", [["ALS-Glia=often"], ["ALS-Glia=1=1"], ["ALS-Glia=<script>"]])
def test_a_share_that_is_no_number_is_refused(said: list[str]) -> None:
    with pytest.raises(DrugError, match="is no share"):
        read_state_shares(said)


def test_a_state_is_named_once() -> None:
    with pytest.raises(DrugError, match="named twice"):
        read_state_shares(["ALS-Glia", "ALS-Glia=absent"])
