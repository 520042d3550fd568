"""Doses stand where the regimen puts them."""

import math

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.regimen import Cycle, Regimen, cycle_of_days, dose_times_h, regular_regimen

DAY = 24.0
FOURTEEN, TEN = cycle_of_days(range(14), 28), cycle_of_days((0, 1, 2, 3, 4, 7, 8, 9, 10, 11), 28)
EDARAVONE = Regimen(60.0, "intravenous", (FOURTEEN, TEN), infusion_h=1.0)
TOFERSEN = Regimen(100.0, "intrathecal", (cycle_of_days((0, 14), 28), cycle_of_days((0,), 28)))


def test_regular_doses_stand_at_multiples_of_the_interval():
    regimen = regular_regimen(50.0, "oral", 0.1)
    assert regimen.interval_h == 0.1
    assert (dose_times_h(regimen, 1000.0) == 0.1 * np.arange(10001)).all()
    assert len(dose_times_h(regular_regimen(50.0, "oral", 12.0, duration_h=24.0), 1000.0)) == 2


def test_edaravone_is_given_on_fourteen_days_then_on_ten_of_fourteen():
    days = dose_times_h(EDARAVONE, 84 * DAY - 1) / DAY
    assert EDARAVONE.interval_h is None
    assert days[:14].tolist() == list(range(14))
    assert ((days >= 28) & (days < 42)).sum() == 10
    assert ((days >= 42) & (days < 56)).sum() == 0
    assert (days[24:] - days[14:24] == 28).all()


def test_tofersen_is_given_three_times_a_fortnight_apart_then_every_four_weeks():
    assert (dose_times_h(TOFERSEN, 112 * DAY) / DAY).tolist() == [0, 14, 28, 56, 84, 112]
    assert (dose_times_h(TOFERSEN, 10 * DAY) / DAY).tolist() == [0]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: regular_regimen(50.0, "orally", 12.0), "did you mean oral"),
        (lambda: regular_regimen(-1.0, "oral", 12.0), "dose_mg is -1"),
        (lambda: regular_regimen(math.nan, "oral", 12.0), "dose_mg is nan"),
        (lambda: regular_regimen(1.0, "oral", 0.0), "interval_h is 0"),
        (lambda: regular_regimen(1.0, "oral", math.nan), "interval_h is nan"),
        (lambda: regular_regimen(1.0, "oral", 12.0, infusion_h=13.0), "infusion_h is 13.0 with 12 h"),
        (lambda: regular_regimen(1.0, "oral", 12.0, duration_h=0.0), "duration_h is 0"),
        (lambda: Regimen(1.0, "oral", ()), "no cycle"),
        (lambda: Cycle((5.0, 3.0), 24.0), "doses at"),
        (lambda: Cycle((), 24.0), "doses at"),
        (lambda: Regimen(1.0, "oral", (Cycle((0.0, 23.0), 24.0),), infusion_h=2.0), "with 1 h between"),
        (lambda: dose_times_h(TOFERSEN, math.inf), "until_h is inf"),
        (lambda: dose_times_h(TOFERSEN, -1.0), "until_h is -1"),
    ],
)
def test_regimens_that_cannot_be_are_refused(make, words):
    with pytest.raises(StallpointError, match=words):
        make()
