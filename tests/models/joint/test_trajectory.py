"""Courses as few coefficients of few functions of time."""

import numpy as np
import polars as pl
import pytest
from joint_world import small_world

from stallpoint.core.errors import FitError
from stallpoint.models.joint.association import parse_association
from stallpoint.models.joint.trajectory import design_at, find_hazard_basis, find_time_functions, person_coefficients
from stallpoint.models.longitudinal import code_longitudinal

FORMULAS = {
    "line": ("score ~ month + month:arm + age + age:month", "~ month | patient", 2),
    "text covariate": ("score ~ month * site", "~ month | patient", 2),
    "quadratic": ("score ~ month + I(month**2):arm", "~ month | patient", 3),
    "spline": ("score ~ 0 + cr(month, df=4) + arm:month", "~ month | patient", 4),
    "product of both": ("score ~ month + I(month * age)", "~ month | patient", 2),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_course_is_its_functions_times_its_coefficients(name):
    fixed, random, count = FORMULAS[name]
    visits, people = small_world()
    design = code_longitudinal(visits, fixed, random)
    functions = find_time_functions(design, "month", people, 24.0)
    assert len(functions.picks) <= count + 1
    times = np.random.default_rng(0).uniform(0, 24, (people.height, 3))
    columns = design_at(design, "month", people, times)
    from_fixed, from_random = person_coefficients(functions, people)
    values = functions.at(times.ravel()).reshape(people.height, 3, -1)
    q = len(design.random.names)
    assert values @ from_random == pytest.approx(columns[..., :q], abs=1e-8)
    assert values @ from_fixed == pytest.approx(columns[..., q:], abs=1e-6)


def test_a_term_that_mixes_time_and_covariates_beyond_products_is_refused():
    visits, people = small_world()
    design = code_longitudinal(visits, "score ~ month + I(month > 12 + 6 * age)", "~ month | patient")
    with pytest.raises(FitError, match="mixes time and covariates"):
        person_coefficients(find_time_functions(design, "month", people, 24.0), people)


def test_slope_and_window_of_a_line():
    visits, people = small_world()
    functions = find_time_functions(code_longitudinal(visits, "score ~ month", "~ month | patient"), "month", people, 24.0)
    times = np.array([0.0, 2.0, 6.0, 20.0])
    assert functions.slope_at(times) == pytest.approx(np.array([[0, 1]] * 4), abs=1e-9)
    assert functions.mean_over(times, 6.0)[:, 1] == pytest.approx([0.0, 1.0, 3.0, 17.0])


def test_features_of_a_line_need_no_new_functions_but_the_window_s_start():
    visits, people = small_world()
    functions = find_time_functions(code_longitudinal(visits, "score ~ month", "~ month | patient"), "month", people, 24.0)
    both = find_hazard_basis((functions,), parse_association("value + slope", ("score",)), 24.0)
    assert len(both.picks) == 2
    assert both.maps["slope", 0.0, 0] == pytest.approx(np.array([[0, 1], [0, 0]]), abs=1e-9)
    window = find_hazard_basis((functions,), parse_association("value + window(6)", ("score",)), 24.0)
    assert len(window.picks) == 3
    times = np.linspace(0, 24, 9)
    for feature, matrix in window.maps.items():
        assert window.at(times) @ matrix == pytest.approx(window.feature_at(feature, times), abs=1e-8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("speed", "no association"),
        ("window", "width"),
        ("value(6)", "width"),
        ("value(fvc)", "no measure"),
        ("value + value", "twice"),
    ],
)
def test_an_association_that_is_not_understood_says_why(text, said):
    with pytest.raises(FitError, match=said):
        parse_association(text, ("score", "nfl"))


def test_a_term_without_a_measure_stands_for_each():
    terms = parse_association("value + slope(nfl):arm", ("score", "nfl"))
    assert [(term.kind, term.outcome, term.covariate) for term in terms] == [
        ("value", 0, None),
        ("value", 1, None),
        ("slope", 1, "arm"),
    ]
    assert parse_association("none", ("score",)) == ()


def test_formulas_name_their_columns_within_calls():
    visits, _ = small_world()
    design = code_longitudinal(visits, "score ~ bs(month, df=4)", "~ 1 | patient")
    assert design.fixed.variables == {"month"}
    assert isinstance(visits, pl.DataFrame)
