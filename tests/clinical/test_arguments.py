import numpy as np
import pytest

from stallpoint.clinical.arguments import numbers, require, require_above
from stallpoint.core.errors import StallpointError


def test_unknown_values_pass_and_offenders_are_named_by_position():
    values = numbers([1, np.nan, -2, np.inf])
    with pytest.raises(StallpointError, match=r"(?s)above 0.*position 2: -2.*position 3: inf"):
        require_above(values, 0, name="dose", do="correct it")
    require(numbers([1, np.nan]), numbers([1, np.nan]) > 0, what="wrong", do="mend")
