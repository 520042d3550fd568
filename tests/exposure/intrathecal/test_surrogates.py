import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.doses import dose_schedule, label_schedule
from stallpoint.exposure.intrathecal.surrogates import predict_tofersen_csf, predict_tofersen_csf_by_all

SCHEDULE = label_schedule("tofersen", until_day=168)
TROUGHS = [14, 28, 56, 168]


def test_troughs_by_tominersen_reach_a_plateau():
    found = predict_tofersen_csf("tominersen", SCHEDULE, TROUGHS, n=2, rng=np.random.default_rng(1))
    np.testing.assert_allclose(found.typical_ng_ml.round(1), [2.9, 4.9, 4.5, 4.1])
    assert found.evidence == "assumed"
    assert found.assumptions


def test_the_two_surrogates_disagree_sixfold_on_the_last_half_life_and_both_run():
    both = predict_tofersen_csf_by_all(SCHEDULE, TROUGHS, n=2, rng=np.random.default_rng(1))
    ratio = both["nusinersen"].terminal_half_life_days / both["tominersen"].terminal_half_life_days
    assert ratio == pytest.approx(5.8, abs=0.1)
    nusinersen = both["nusinersen"].typical_ng_ml
    assert nusinersen[-1] / nusinersen[1] > 2
    assert both["tominersen"].typical_ng_ml[-1] < both["tominersen"].typical_ng_ml[1]


def test_the_typical_person_lies_within_the_band_of_people():
    found = predict_tofersen_csf("tominersen", SCHEDULE, TROUGHS, n=300, rng=np.random.default_rng(2))
    assert (found.low_ng_ml < found.typical_ng_ml).all()
    assert (found.typical_ng_ml < found.high_ng_ml).all()
    # The median person is near the typical one: its Monte Carlo error is about 1.25 SD / sqrt(n) on the logarithm.
    log_sd = np.log(found.high_ng_ml / found.low_ng_ml) / 3.92
    assert (np.abs(np.log(found.median_ng_ml / found.typical_ng_ml)) < 4 * 1.25 * log_sd / np.sqrt(300)).all()


def test_a_surrogate_that_does_not_exist_is_told_the_nearest():
    with pytest.raises(StallpointError, match="did you mean nusinersen"):
        predict_tofersen_csf("nusinersin", SCHEDULE, TROUGHS, n=2, rng=np.random.default_rng(1))


def test_tofersen_in_grams_is_asked_back_by_the_range_of_tofersen():
    with pytest.raises(StallpointError, match="20 to 100 mg were studied"):
        predict_tofersen_csf("nusinersen", dose_schedule(0, 100_000), TROUGHS, n=2, rng=np.random.default_rng(1))
