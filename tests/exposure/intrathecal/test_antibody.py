import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.antibody import predict_antibody_csf


def test_csf_holds_one_to_two_thousandths_of_serum_by_animals():
    found = predict_antibody_csf([0.0, 100.0])
    np.testing.assert_allclose(found.average, [0, 0.15])
    np.testing.assert_allclose(found.low, [0, 0.03])
    np.testing.assert_allclose(found.high, [0, 0.3])
    assert found.evidence == "animal"


@pytest.mark.parametrize("serum", [-1.0, np.nan])
def test_serum_that_cannot_be_is_refused(serum):
    with pytest.raises(StallpointError, match="negative or missing"):
        predict_antibody_csf(serum)
