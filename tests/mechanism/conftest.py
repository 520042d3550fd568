from __future__ import annotations

import numpy as np
import pytest

from stallpoint.mechanism.people import People
from stallpoint.mechanism.virtual_people import draw_people


@pytest.fixture(scope="session")
def people() -> People:
    return draw_people(200, rng=np.random.default_rng(1))
