"""What must hold of the item scores for every assessment."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.clinical.alsfrs_r import alsfrs_r_domains, alsfrs_r_total
from stallpoint.clinical.ft9 import ft9_stage
from stallpoint.clinical.kings import kings_stage
from stallpoint.clinical.mitos import mitos_stage

ITEMS = ("q1", "q2", "q3", "q4", "q5a", "q5b", "q6", "q7", "q8", "q9", "q10", "q11", "q12")
SCORES = (alsfrs_r_total, kings_stage, mitos_stage, lambda visits: ft9_stage(visits).stages)
in_little_time = settings(max_examples=30, deadline=None)


@st.composite
def some_visits(draw, *, missing=False):
    """One to six rows of answers, item 5 in one spelling, with a death here and there; answers may be missing."""
    score = st.integers(0, 4).map(float)
    answer = st.none() | score if missing else score
    rows = draw(
        st.lists(st.tuples(st.lists(answer, min_size=12, max_size=12), st.booleans(), st.booleans()), min_size=1, max_size=6)
    )
    whole = [[*answers[:4], *((answers[4], None) if plain else (None, answers[4])), *answers[5:]] for answers, plain, _ in rows]
    table = pl.DataFrame(whole, schema=dict.fromkeys(ITEMS, pl.Float64), orient="row")
    return table.with_columns(died=pl.Series([died for _, _, died in rows]))


@in_little_time
@given(some_visits(missing=True), st.randoms())
@pytest.mark.parametrize("score", SCORES)
def test_scores_do_not_depend_on_the_other_rows_or_their_order(score, visits, random):
    order = list(range(visits.height))
    random.shuffle(order)
    together = score(visits)
    assert score(visits[order]).to_list() == together[order].to_list()
    assert [score(visits[row : row + 1])[0] for row in order] == together[order].to_list()


@in_little_time
@given(some_visits())
def test_the_total_is_the_sum_of_the_domains(visits):
    assert alsfrs_r_total(visits).to_list() == alsfrs_r_domains(visits).sum_horizontal().to_list()


@in_little_time
@given(some_visits())
def test_every_stage_of_a_full_assessment_lies_from_0_to_5_and_5_is_death(visits):
    for score in SCORES[1:]:
        stages = score(visits)
        assert stages.is_between(0, 5).all()
        assert ((stages == 5) == visits["died"]).all()


@in_little_time
@given(some_visits(), st.sampled_from(["q1", "q3", "q4", "q6", "q8", "q10", "q12"]))
def test_losing_a_function_never_lowers_a_stage(visits, item):
    worse = visits.with_columns((pl.col(item) - 1).clip(lower_bound=0))
    for score in SCORES[1:]:
        assert (score(worse) >= score(visits)).all()
