from stallpoint.clinical.ft9 import UNVERIFIED, ft9_stage


def test_subscores_below_the_threshold_are_counted(assess, moderate):
    assert ft9_stage(assess(moderate)).stages.to_list() == [2]


def test_both_readings_of_nine_can_be_had(assess):
    nine = assess({"q1": 3, "q2": 3, "q3": 3})
    assert ft9_stage(nine).stages.to_list() == [0]
    assert ft9_stage(nine, threshold=10).stages.to_list() == [1]


def test_the_result_says_that_the_rule_is_unverified(assess):
    result = ft9_stage(assess({}))
    assert result.unverified == UNVERIFIED
    assert "not been checked" in result.unverified
    assert result.threshold == 9


def test_missing_and_death(assess):
    assert ft9_stage(assess({"q11": None}, {"q11": None}, died=[False, True])).stages.to_list() == [None, 5]
