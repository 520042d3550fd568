import pytest

from stallpoint.core.costs import Costs
from stallpoint.core.errors import StudyFileError
from stallpoint.core.plan import Plan


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"potential_slowing": (0.5, 0.2)}, "potential_slowing"),
        ({"potential_slowing": (0.0, 0.2)}, "potential_slowing"),
        ({"potential_slowing": (0.2, 1.2)}, "potential_slowing"),
        ({"planned_level": 0.0, "level_unit": "ng/mL"}, "planned_level"),
        ({"planned_level": 5.0}, "level_unit"),
        ({"level_unit": "ng/mL"}, "planned_level"),
        ({"planned_csf_ratio": -1.0}, "planned_csf_ratio"),
        ({"engagement_marker": "target"}, "full_change"),
        ({"full_change": -0.5}, "engagement_marker"),
        ({"engagement_marker": "target", "full_change": -1.0}, "full_change"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_key(said, names):
    with pytest.raises(StudyFileError, match=names):
        Plan(**said)


@pytest.mark.parametrize("said", [{"people": ()}, {"people": (2,)}, {"lumbar_puncture": -1.0}])
def test_costs_that_cannot_be_are_refused(said):
    with pytest.raises(StudyFileError, match="costs"):
        Costs(**said)


def test_nothing_need_be_said():
    assert Plan().planned_level is None
    assert Costs().lumbar_puncture is None
