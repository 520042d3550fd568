"""Courses against published half-lives, equations written out by hand and stepped by scipy, and what must hold of any course."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.doses import dose_schedule
from stallpoint.exposure.intrathecal.people import typical_people, virtual_people
from stallpoint.exposure.intrathecal.solve import cns_half_lives_h, concentration, simulate_course
from stallpoint.knowledge.intrathecal import find_linear_model, load_linear_models

DAYS = np.array([0.02, 0.1, 0.5, 1, 3, 10, 28, 40, 90])
MODELS = list(load_linear_models())
USUAL_MG = {"tominersen": 100.0, "nusinersen": 12.0, "monkey": 1.0}


def slopes_tominersen(p, x):
    csf, t1, t2, plasma, far1, far2 = x
    out, to1, to2 = p["cl_csf"] / p["v1_csf"], p["q2_csf"] / p["v1_csf"], p["q3_csf"] / p["v1_csf"]
    back1, back2 = p["q2_csf"] / p["v2_csf"], p["q3_csf"] / p["v3_csf"]
    k1, k2 = p["q2_plasma"] / p["v1_plasma"], p["q3_plasma"] / p["v1_plasma"]
    b1, b2 = p["q2_plasma"] / p["v2_plasma"], p["q3_plasma"] / p["v3_plasma"]
    return [
        back1 * t1 + back2 * t2 - (out + to1 + to2) * csf,
        to1 * csf - back1 * t1,
        to2 * csf - back2 * t2,
        out * csf + b1 * far1 + b2 * far2 - (p["cl_plasma"] / p["v1_plasma"] + k1 + k2) * plasma,
        k1 * plasma - b1 * far1,
        k2 * plasma - b2 * far2,
    ]


def slopes_nusinersen(p, x):
    csf, cns, plasma, body = x
    exchange = p["q_csf"] * (csf / p["v_csf"] - cns / p["v_cns"])
    spread = p["q_plasma"] * (plasma / p["v_plasma"] - body / p["v_systemic"])
    drain = p["cl_csf"] * csf / p["v_csf"]
    return [-exchange - drain, exchange, drain - spread - p["cl_plasma"] * plasma / p["v_plasma"], spread]


def slopes_monkey(p, x):
    l1, t1, c1, p1, d1, l2, t2, c2, p3, b3, h3, x3, blood, liver, kidney = x
    spinal, cranial, lost = p["spinal_csf_to_blood"], p["cranial_csf_to_blood"], p["tissue_metabolism"]
    taken = {
        "lumbar": (l1, l2), "thoracic": (t1, t2), "cervical": (c1, c2), "pons": (p1, p3),
        "cerebellum": (p1, b3), "hippocampus": (p1, h3), "cortex": (d1, x3),
    }  # fmt: skip
    net = {key: p[f"{key}_in"] * csf - p[f"{key}_out"] * tissue for key, (csf, tissue) in taken.items()}
    up = [
        p["lumbar_up"] * l1 - p["thoracic_down"] * t1,
        p["thoracic_up"] * t1 - p["cervical_down"] * c1,
        p["cervical_up"] * c1 - p["proximal_down"] * p1,
        p["proximal_up"] * p1 - p["distal_down"] * d1,
    ]
    return [
        -up[0] - net["lumbar"] - spinal * l1,
        up[0] - up[1] - net["thoracic"] - spinal * t1,
        up[1] - up[2] - net["cervical"] - spinal * c1,
        up[2] - up[3] - net["pons"] - net["cerebellum"] - net["hippocampus"] - cranial * p1,
        up[3] - net["cortex"] - cranial * d1,
        *(net[key] - lost * tissue for key, (_, tissue) in taken.items()),
        spinal * (l1 + t1 + c1) + cranial * (p1 + d1) - (p["plasma_to_liver"] + p["plasma_to_kidney"]) * blood
        - p["plasma_elimination"] * blood + p["liver_to_plasma"] * liver + p["kidney_to_plasma"] * kidney,
        p["plasma_to_liver"] * blood - (p["liver_to_plasma"] + p["liver_elimination"]) * liver,
        p["plasma_to_kidney"] * blood - (p["kidney_to_plasma"] + p["kidney_elimination"]) * kidney,
    ]  # fmt: skip


SLOPES = {"tominersen": slopes_tominersen, "nusinersen": slopes_nusinersen, "monkey": slopes_monkey}


@pytest.mark.parametrize("name", MODELS)
def test_courses_agree_with_equations_written_out_and_stepped_by_scipy(name):
    model = find_linear_model(name)
    values = {key: one.value for key, one in model.parameters.items()}
    dose = USUAL_MG[name]
    start = np.zeros(len(model.states))
    start[0] = dose
    stepped = solve_ivp(
        lambda _, x: SLOPES[name](values, x), (0, DAYS[-1] * 24), start, "LSODA", t_eval=DAYS * 24, rtol=1e-11, atol=1e-15 * dose
    )
    course = simulate_course(typical_people(model), dose_schedule(0, dose), DAYS * 24)
    np.testing.assert_allclose(course.amount_mg[0], stepped.y.T, rtol=1e-6, atol=1e-10 * dose)


def test_half_lives_of_tominersen_in_csf():
    found = cns_half_lives_h(typical_people(find_linear_model("tominersen")))[0]
    assert (round(found[0], 2), round(found[1], 1), round(found[2] / 24, 1)) == (0.97, 6.4, 28.1)


def test_terminal_half_life_of_nusinersen_is_the_papers_163_days():
    found = cns_half_lives_h(typical_people(find_linear_model("nusinersen")))[0, -1] / 24
    assert found == pytest.approx(162.6, abs=0.05)
    assert round(found) == 163


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_lost_or_made_and_nothing_is_negative(name):
    people = virtual_people(find_linear_model(name), 20, rng=np.random.default_rng(3))
    days = np.array([0, 7, 14, 60])
    times = np.array([1e-6, 1, 24, 24 * 7.01, 24 * 30, 24 * 400])
    course = simulate_course(people, dose_schedule(days, USUAL_MG[name]), times)
    given_mg = USUAL_MG[name] * (days[None, :] * 24 < times[:, None]).sum(axis=1)
    np.testing.assert_allclose(course.amount_mg.sum(axis=2) + course.out_mg, np.tile(given_mg, (20, 1)), rtol=1e-9)
    assert (course.amount_mg >= 0).all()
    assert (np.diff(course.out_mg, axis=1) >= -1e-9 * given_mg[-1]).all()


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(MODELS),
    factor=st.floats(0.2, 5),
    second_day=st.floats(0.01, 60),
    split=st.floats(0.2, 0.8),
)
def test_courses_are_linear_in_the_dose_and_doses_add_up(name, factor, second_day, split):
    people, dose, times = typical_people(find_linear_model(name)), USUAL_MG[name], np.array([1.0, 30.0, 24 * 61])
    whole = simulate_course(people, dose_schedule([0, second_day], dose), times).amount_mg
    scaled = simulate_course(people, dose_schedule([0, second_day], factor * dose), times).amount_mg
    np.testing.assert_allclose(scaled, factor * whole, rtol=1e-9, atol=1e-12 * dose)
    first = simulate_course(people, dose_schedule(0, dose), times).amount_mg
    parts = [simulate_course(people, dose_schedule([second_day], share * dose), times).amount_mg for share in (split, 1 - split)]
    np.testing.assert_allclose(first + parts[0] + parts[1], whole, rtol=1e-9, atol=1e-12 * dose)


def test_a_sample_at_a_dose_is_taken_before_it():
    people = typical_people(find_linear_model("tominersen"))
    course = simulate_course(people, dose_schedule([0, 14], 100), np.array([0, 14, 14.001]) * 24)
    csf = concentration(course, "csf")[0]
    assert csf[0] == 0
    assert csf[1] < 10
    assert csf[2] > 1e6


def test_concentration_just_after_a_dose_is_dose_over_volume():
    course = simulate_course(typical_people(find_linear_model("tominersen")), dose_schedule(0, 100), [1e-9])
    assert concentration(course, "csf")[0, 0] == pytest.approx(100 / 0.0436042 * 1000, rel=1e-6)


def test_a_mistyped_compartment_or_model_is_told_the_nearest():
    course = simulate_course(typical_people(find_linear_model("monkey")), dose_schedule(0, 1), [1])
    with pytest.raises(StallpointError, match="did you mean lumbar_tissue"):
        concentration(course, "lumbar_tisue")
    with pytest.raises(StallpointError, match="did you mean tominersen"):
        find_linear_model("tominersan")


def test_times_that_cannot_be_are_refused():
    with pytest.raises(StallpointError, match="negative or missing"):
        simulate_course(typical_people(find_linear_model("monkey")), dose_schedule(0, 1), [1, -1])


def test_a_dose_never_studied_is_asked_back():
    people = typical_people(find_linear_model("nusinersen"))
    with pytest.raises(StallpointError, match="1 to 12 mg were studied"):
        simulate_course(people, dose_schedule(0, 12_000), [1])


def test_a_flow_out_of_the_body_can_be_any_flow():
    model = find_linear_model("nusinersen")
    drained = replace(model, flows=tuple(replace(one, destination="out") for one in model.flows if one.origin == "csf"))
    course = simulate_course(typical_people(drained), dose_schedule(0, 12), [24 * 50])
    assert course.out_mg[0, 0] == pytest.approx(12)
