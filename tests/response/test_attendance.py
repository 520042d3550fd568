import polars as pl

from stallpoint.response.attendance import participant_flow, visit_pattern
from stallpoint.response.follow_up import FollowUp

PEOPLE = pl.DataFrame(
    {
        "patient": ["A", "B", "C", "D"],
        "arm": ["x"] * 4,
        "time_months": [6.0, 4.0, 2.0, 6.0],
        "died": [0.0, 1.0, 0.0, 0.0],
        "leaves": ["followed", "died", "withdrew", "followed"],
    }
)
VISITS = pl.DataFrame(
    {
        "patient": ["A", "A", "A", "A", "B", "B", "C", "D", "D", "D"],
        "time_months": [0.0, 2.1, 4.0, 6.0, 0.0, 2.0, 0.0, 0.0, 4.0, 6.0],
        "alsfrs_r": [40.0] * 10,
    }
)
FOLLOWED = FollowUp(VISITS, PEOPLE, ())


def test_every_person_stands_in_one_state_at_each_visit():
    pattern = visit_pattern(FOLLOWED)
    assert pattern.group_by("time_months").agg(pl.col("n").sum())["n"].to_list() == [4] * 4
    states = {(row["time_months"], row["state"]): row["n"] for row in pattern.iter_rows(named=True)}
    assert states[2.0, "assessed"] == 2
    assert states[2.0, "missed"] == 1
    assert states[2.0, "withdrew"] == 1
    assert states[4.0, "died"] == 1
    assert states[6.0, "assessed"] == 2


def test_what_became_of_those_with_a_score_adds_up():
    steps = dict(participant_flow(FOLLOWED, randomised=True).select("step", "n").iter_rows())
    assert steps == {"randomised": 4, "with any ALSFRS-R": 4, "followed to the end": 2, "withdrew": 1, "died": 1}


def test_people_never_scored_stop_at_the_first_step():
    unseen = FollowUp(VISITS.filter(pl.col("patient") != "C"), PEOPLE, ())
    steps = dict(participant_flow(unseen, randomised=False).select("step", "n").iter_rows())
    assert steps == {"enrolled": 4, "with any ALSFRS-R": 3, "followed to the end": 2, "withdrew": 0, "died": 1}
