"""Dynamic prediction against brute force, and its limits."""

import numpy as np
import polars as pl
import pytest
from joint_world import BASE, TWO_CAUSES, small_world

from stallpoint.core.errors import FitError
from stallpoint.models.joint.dynamic import predict_person_course, predict_person_incidence, predict_person_survival
from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.parameters import unpack
from stallpoint.models.joint.predict import predict_incidence, predict_survival

LANDMARK, TIMES = 6.0, np.array([9.0, 15.0])


@pytest.fixture(scope="module")
def world():
    return small_world(100)


@pytest.fixture(scope="module")
def fit(world):
    return fit_joint(*world, **BASE)


def alive(events):
    return events.filter(pl.col("time") > LANDMARK).head(5)


def test_survival_given_a_history_is_that_of_weighted_draws(fit, world):
    """Importance sampling from the prior, with the history's likelihood and survival to the landmark as weights."""
    visits, events = world
    person = alive(events).head(1)
    found = predict_person_survival(fit, visits, person, landmark=LANDMARK, times=TIMES)
    p = unpack(fit.theta, fit.design.layout)
    own, rng = p.causes[0], np.random.default_rng(0)
    history = visits.filter((pl.col("patient") == person["patient"][0]) & (pl.col("month") <= LANDMARK))
    arm = float(person["arm"][0])
    b = rng.standard_normal((200_000, 2)) @ p.factor.T
    start, speed = p.beta[0] + b[:, 0], p.beta[1] + p.beta[2] * arm + b[:, 1]
    month, score = history["month"].to_numpy(), history["score"].to_numpy()
    log_weight = -0.5 * ((score - start[:, None] - speed[:, None] * month) ** 2).sum(axis=1) / np.exp(2 * p.log_sigma[0])
    shape = np.exp(own.baseline[0, 0])

    def cumulative(end):
        grid = (np.arange(120) + 0.5) * end / 120
        rate = np.zeros(len(b))
        for time in grid:
            level = own.gamma[0] + own.gamma[1] * arm + own.alpha[0] * (start + speed * time)
            rate += shape * time ** (shape - 1) * np.exp(level)
        return rate * end / 120

    log_weight -= cumulative(LANDMARK)
    weight = np.exp(log_weight - log_weight.max())
    for column, time in enumerate(TIMES):
        ratio = np.exp(cumulative(LANDMARK) - cumulative(time))
        mean = weight @ ratio / weight.sum()
        error = np.sqrt((weight**2) @ (ratio - mean) ** 2) / weight.sum()
        assert found.value[0, column] == pytest.approx(mean, abs=4 * error + 2e-3)


def test_without_visits_prediction_is_the_group_s(fit, world):
    visits, events = world
    person = alive(events).head(1)
    found = predict_person_survival(fit, visits.clear(), person, landmark=0.0, times=TIMES)
    assert found.value[0] == pytest.approx(predict_survival(fit, person, TIMES).value, rel=1e-5)


def test_history_after_the_landmark_is_not_looked_at(fit, world):
    visits, events = world
    people = alive(events)
    late = visits.with_columns(score=pl.when(pl.col("month") > LANDMARK).then(0.0).otherwise(pl.col("score")))
    ask = {"landmark": LANDMARK, "times": TIMES}
    for predict in (predict_person_survival, predict_person_course):
        assert (predict(fit, visits, people, **ask).value == predict(fit, late, people, **ask).value).all()


def test_survival_falls_with_time_and_draws_bracket_it(fit, world):
    visits, events = world
    found = predict_person_survival(
        fit, visits, alive(events), landmark=LANDMARK, times=TIMES, draws=40, rng=np.random.default_rng(5)
    )
    assert (np.diff(found.value, axis=1) < 0).all()
    assert ((found.value > 0) & (found.value < 1)).all()
    assert ((found.low < found.value) & (found.value < found.high)).all()


def test_one_visit_ten_points_higher_moves_the_course_by_less(fit, world):
    """With one visit a person's level is drawn towards the mean by the share of the error in the variance."""
    visits, events = world
    person = alive(events).head(1)
    first = visits.filter(pl.col("patient") == person["patient"][0], pl.col("month") == 0)
    ask = {"landmark": 0.001, "times": np.array([0.002])}
    moved = (
        predict_person_course(fit, first.with_columns(pl.col("score") + 10), person, **ask).value
        - predict_person_course(fit, first, person, **ask).value
    )
    level, error = fit.coefficient("random", "sd(Intercept)")["estimate"], fit.coefficient("residual", "sigma")["estimate"]
    assert moved.item() == pytest.approx(10 * level**2 / (level**2 + error**2), rel=1e-3)


def test_incidences_and_survival_add_up_to_one(world):
    visits, events = world
    fit = fit_joint(visits, events, **{**BASE, "event": TWO_CAUSES})
    people = alive(events)
    ask = {"landmark": LANDMARK, "times": TIMES}
    parts = [predict_person_incidence(fit, visits, people, cause=cause, **ask).value for cause in TWO_CAUSES]
    whole = predict_person_survival(fit, visits, people, **ask).value
    assert parts[0] + parts[1] + whole == pytest.approx(np.ones(whole.shape), abs=2e-4)
    groups = [predict_incidence(fit, people, TIMES, cause=cause) for cause in TWO_CAUSES]
    assert groups[0].value + groups[1].value + predict_survival(fit, people, TIMES).value == pytest.approx(np.ones(2), abs=2e-4)
    with pytest.raises(FitError, match="no cause"):
        predict_incidence(fit, people, TIMES, cause="flood")


def test_times_before_the_landmark_are_refused(fit, world):
    visits, events = world
    with pytest.raises(FitError, match="not after the landmark"):
        predict_person_survival(fit, visits, alive(events), landmark=LANDMARK, times=np.array([3.0]))


def test_people_with_landmarks_of_their_own_are_predicted_as_if_alone(world):
    visits, events = world
    fit = fit_joint(visits, events, **{**BASE, "event": TWO_CAUSES, "baseline": "piecewise", "knots": (8.0, 14.0)})
    people = events.filter(pl.col("time") > 9).head(3)
    landmark, ahead = np.array([4.0, 6.5, 9.0]), np.array([3.0, 9.0])
    times = landmark[:, None] + ahead
    for predict, asked in (
        (predict_person_survival, {}),
        (predict_person_course, {}),
        (predict_person_incidence, {"cause": next(iter(TWO_CAUSES))}),
    ):
        together = predict(fit, visits, people, landmark=landmark, times=times, **asked).value
        for row in range(3):
            alone = predict(fit, visits, people[[row]], landmark=landmark[row], times=times[row], **asked).value
            assert together[row] == pytest.approx(alone[0], rel=1e-4)
    with pytest.raises(FitError, match="do not fit 3 people"):
        predict_person_survival(fit, visits, people, landmark=landmark[:2], times=TIMES)
