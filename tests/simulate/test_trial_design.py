import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.simulate.trial_design import TrialDesign


@pytest.mark.parametrize(
    "wrong",
    [
        {"allocation": 1.0},
        {"horizon_months": 0},
        {"visit_months": ()},
        {"visit_months": (1, 2)},
        {"visit_months": (0, 3, 3)},
        {"visit_months": (0, 6, 18)},
        {"record_items": True, "bounded_scores": False},
    ],
)
def test_impossible_designs_are_refused(wrong):
    with pytest.raises(StallpointError, match="trial design"):
        TrialDesign(n=10, **wrong)
