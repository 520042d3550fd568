import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.doses import dose_schedule, label_schedule, require_usual_doses


def test_tofersen_is_given_on_days_0_14_28_and_every_28_days():
    schedule = label_schedule("tofersen", until_day=168)
    np.testing.assert_array_equal(schedule.time_h / 24, [0, 14, 28, 56, 84, 112, 140, 168])
    np.testing.assert_array_equal(schedule.dose_mg, np.full(8, 100.0))


def test_the_day_it_ends_on_counts_and_the_next_does_not():
    assert label_schedule("tofersen", until_day=27.9).time_h.size == 2
    assert label_schedule("tofersen", until_day=84).time_h.size == 5


def test_one_amount_is_given_every_day_and_many_as_they_come():
    np.testing.assert_array_equal(dose_schedule([0, 7], 12).dose_mg, [12, 12])
    np.testing.assert_array_equal(dose_schedule([0, 7], [12, 6]).dose_mg, [12, 6])


@pytest.mark.parametrize(
    ("days", "amounts", "said"),
    [
        ([0, 14], -100, "amount -100"),
        ([0, 14], [100, np.nan], "amount nan"),
        ([0, -14], 100, "day -14"),
        ([0, 14], [100, 100, 100], "3 amounts for 2 days"),
        ([], 100, "for 0 days"),
    ],
)
def test_doses_that_cannot_be_are_refused(days, amounts, said):
    with pytest.raises(StallpointError, match=said):
        dose_schedule(days, amounts)


@pytest.mark.parametrize("dose_mg", [100_000, 0.1])
def test_a_dose_of_another_order_of_magnitude_is_asked_back(dose_mg):
    with pytest.raises(StallpointError, match="is the unit right") as fault:
        label_schedule("tofersen", until_day=28, dose_mg=dose_mg)
    assert "20 to 100 mg were studied" in fault.value.text
    assert "1 g is 1000 mg" in fault.value.do


def test_no_dose_is_a_dose_one_may_give():
    require_usual_doses(dose_schedule([0, 14], [0, 100]), (20, 100), where="tofersen")


def test_a_mistyped_drug_is_told_the_nearest():
    with pytest.raises(StallpointError, match="did you mean tofersen"):
        label_schedule("toferson", until_day=28)
