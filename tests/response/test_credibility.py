import pytest

from stallpoint.response.credibility import CHANCE, DIRECTION, NUMBER, PRIOR, ModifierRecord, answer_iceman


@pytest.mark.parametrize(
    ("p", "grade"), [(0.004, "definitely yes"), (0.008, "probably yes"), (0.04, "probably no"), (0.2, "definitely no")]
)
def test_chance_is_graded_by_the_test_alone(p, grade):
    answers = answer_iceman([ModifierRecord("age", True, p, min(1.0, 3 * p), 3)])
    said = dict(zip(answers["question"], answers["answer"], strict=True))
    assert said[CHANCE] == grade
    assert said[PRIOR] == "for the reader"
    assert said[DIRECTION] == "unclear"
    assert answers.filter(answers["question"] == NUMBER)["why"][0].startswith("3 tested")


def test_what_was_looked_for_was_not_hypothesised():
    answers = answer_iceman([ModifierRecord("age", False, 0.001, 0.01, 4), ModifierRecord("sex", True, 0.5, 0.9, 4)])
    assert answers.filter((answers["modifier"] == "age") & (answers["question"] == DIRECTION))["answer"].to_list() == [
        "definitely no"
    ]
    assert answers.height == 10
    assert answer_iceman([]).height == 0
