"""A user's own model: followed as its closed form, as roadrunner, and, exported from here, as the bundled mechanism."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from mechanism_world import make_action
from sbml_world import sbml_text, write_mapped
from scipy.special import lambertw

from stallpoint.core.errors import DrugError
from stallpoint.io.mechanism_file import read_user_mechanism
from stallpoint.io.sbml.read import read_sbml
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.predict import predict_trials
from stallpoint.mechanism.sbml import render_mechanism_sbml
from stallpoint.mechanism.treatment import prepare_treatment, suppose
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.user.mechanism import OwnMechanism, UserAction, UserPeople
from stallpoint.mechanism.user.solve import ModelRunsAwayError, Run

pytest.importorskip("libsbml")
KNOWN = load_mechanism()
DAYS = np.array([0.5, 3.0, 20.0])

MAPPING = """
[drug]
id = "engaged"
as = "engagement"
[outputs]
alsfrs_r = "score"
neurons = "left"
hazard = { id = "hazard", unit = "1/day" }
[between]
k = 0.4
"""
DECLINE = {
    "states": {"left": 0.8},
    "constants": {"k": 0.002, "engaged": 0.0},
    "rates": {"left": "-k * (1 - 0.5 * engaged) * left"},
    "rules": {"score": "48 * left", "hazard": "0.0005 + 0 * left"},
}


def course(tmp_path: Path, **model: object) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """States of a hand-written model at DAYS, shape (times, states)."""
    path = tmp_path / "model.xml"
    path.write_text(sbml_text(**model), encoding="utf-8")  # type: ignore[arg-type]
    read = read_sbml(path)
    run, found = Run(read, {}, 1, drug="", place="here"), []
    for day in DAYS:
        run.advance(float(day), lambda _time: np.zeros(1))
        found.append(run.states[0])
    return np.array(found), tuple(read.states)


def people_of(n: int, **constants: float) -> UserPeople:
    return UserPeople({name: np.full(n, value) for name, value in constants.items()}, np.full(n, ""))


def test_rate_rules_and_functions_give_the_logistic_curve(tmp_path: Path) -> None:
    found, _ = course(
        tmp_path,
        states={"x": 0.1},
        constants={"r": 0.3, "top": 2.0},
        functions={"grow": "lambda(rate, now, most, rate * now * (1 - now / most))"},
        rates={"x": "grow(r, x, top)"},
    )
    np.testing.assert_allclose(found[:, 0], 2 / (1 + (2 / 0.1 - 1) * np.exp(-0.3 * DAYS)), rtol=1e-6)


def test_two_species_that_feed_on_each_other_keep_what_lotka_and_volterra_keep(tmp_path: Path) -> None:
    found, names = course(
        tmp_path,
        species={"prey": (2.0, True), "hunter": (1.0, True)},
        constants={"a": 1.1, "b": 0.4, "c": 0.4},
        reactions={
            "birth": (["prey"], ["prey", "prey"], "a * prey"),
            "meal": (["prey", "hunter"], ["hunter", "hunter"], "b * prey * hunter"),
            "death": (["hunter"], [], "c * hunter"),
        },
    )
    prey, hunter = found[:, names.index("prey")], found[:, names.index("hunter")]
    kept = 0.4 * prey - 0.4 * np.log(prey) + 0.4 * hunter - 1.1 * np.log(hunter)
    np.testing.assert_allclose(kept, 0.4 * 2 - 0.4 * np.log(2) + 0.4 * 1 - 0, rtol=1e-5)
    assert np.ptp(prey) > 0.5


@pytest.mark.parametrize("by_amount", [True, False])
def test_michaelis_and_menten_in_amounts_and_in_concentrations(tmp_path: Path, *, by_amount: bool) -> None:
    """A compartment of 4: a law in amounts per time moves a concentration a quarter as fast."""
    found, names = course(
        tmp_path,
        species={"s": (8.0, by_amount), "p": (0.0, by_amount)},
        constants={"vmax": 0.9, "km": 1.5},
        reactions={"turn": (["s"], ["p"], "vmax * s / (km + s)")},
        volume=4.0,
    )
    start, fastest = (8.0, 0.9) if by_amount else (2.0, 0.9 / 4)
    exact = 1.5 * lambertw(start / 1.5 * np.exp((start - fastest * DAYS) / 1.5)).real
    np.testing.assert_allclose(found[:, names.index("s")], exact, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), start, rtol=1e-8)


def test_piecewise_time_and_computed_starts(tmp_path: Path) -> None:
    found, _ = course(
        tmp_path,
        states={"x": 0.0},
        constants={"begin": 2.0},
        rates={"x": "piecewise(1, time < begin, 3, time >= begin && time < 10, 0)"},
        starts={"x": "2 * begin + 1"},
    )
    np.testing.assert_allclose(found[:, 0], [5.5, 5 + 2 + 3, 5 + 2 + 24], rtol=1e-4)


def test_stiff_equations_are_followed_too(tmp_path: Path) -> None:
    """Robertson's reactions, whose rates differ by nine orders; values at 40 from the literature (Hairer & Wanner 1996)."""
    path = tmp_path / "model.xml"
    rates = {
        "a": "-0.04 * a + 1e4 * b * c",
        "b": "0.04 * a - 1e4 * b * c - 3e7 * b^2",
        "c": "3e7 * b^2",
    }
    path.write_text(sbml_text(states={"a": 1.0, "b": 0.0, "c": 0.0}, rates=rates), encoding="utf-8")
    run = Run(read_sbml(path), {}, 2, drug="", place="here")
    run.advance(40.0, lambda _time: np.zeros(2))
    np.testing.assert_allclose(run.states[1], [0.7158271, 9.1855e-6, 0.2841637], rtol=2e-4)


def test_the_bundled_mechanism_comes_back_through_its_own_export(people: People, tmp_path: Path) -> None:
    person, action = people.take(np.array([7])), make_action(1, half_life_days=2.0)
    mapping = MAPPING.split("[outputs]")[0].replace('"engaged"', '"engaged_0"')
    mapping += '[outputs]\nalsfrs_r = "alsfrs_r"\nneurons = "neurons_lumbar"\nnfl = "nfl_serum"\nhazard = "hazard"\n'
    path = write_mapped(tmp_path, render_mechanism_sbml(person, [action], engagement_as_input=True), mapping)
    own = OwnMechanism(read_user_mechanism(path), KNOWN)
    found = own.follow(people_of(1), (UserAction(action, None),), weeks=8)
    bundled = follow_people(person, [action], weeks=8)
    np.testing.assert_allclose(found.alsfrs_r, bundled.alsfrs_r, rtol=1e-5)
    np.testing.assert_allclose(found.nfl_serum, bundled.nfl_serum, rtol=1e-4)
    np.testing.assert_allclose(found.neurons[:, 0], bundled.neurons[:, 3], rtol=1e-5)
    np.testing.assert_allclose(found.cumulative_hazard[:, 1:], bundled.cumulative_hazard[:, 1:], rtol=1e-4)


def test_roadrunner_agrees(tmp_path: Path) -> None:
    roadrunner = pytest.importorskip("roadrunner")
    text = sbml_text(
        species={"s": (8.0, False), "p": (1.0, False)},
        constants={"vmax": 0.9, "km": 1.5},
        reactions={
            "turn": (["s"], ["p"], "vmax * s / (km + s)"),
            "back": (["p"], ["s"], "piecewise(0.1, p > 1, 0.02) * p^2 / (1 + exp(-p))"),
        },
        volume=2.5,
    )
    (tmp_path / "model.xml").write_text(text, encoding="utf-8")
    read = read_sbml(tmp_path / "model.xml")
    run = Run(read, {}, 1, drug="", place="here")
    run.advance(20.0, lambda _time: np.zeros(1))
    runner = roadrunner.RoadRunner(text)
    runner.integrator.setValue("relative_tolerance", 1e-10)
    runner.timeCourseSelections = ["time", *(f"[{name}]" for name in read.states)]
    np.testing.assert_allclose(run.states[0], np.asarray(runner.simulate(0, 20, 21))[-1, 1:], rtol=1e-5)


def test_a_treatment_is_what_the_equations_make_of_it(tmp_path: Path) -> None:
    """Long after the first dose of a long-lived drug engagement is nearly even, and the closed form is an exponential."""
    own = OwnMechanism(read_user_mechanism(write_mapped(tmp_path, sbml_text(**DECLINE), MAPPING)), KNOWN)
    action = make_action(2, share=0.6, half_life_days=60.0)
    treated, untreated = (own.follow(people_of(2), each, weeks=104) for each in ((UserAction(action, None),), ()))
    np.testing.assert_allclose(untreated.neurons[0, 0], 0.8 * np.exp(-0.002 * untreated.days), rtol=1e-7)
    rate = -np.diff(np.log(treated.neurons[0, 0]))[-1] / 7
    assert rate == pytest.approx(0.002 * (1 - 0.5 * 0.6), rel=2e-3)
    np.testing.assert_allclose(untreated.cumulative_hazard[0], 0.0005 * untreated.days, rtol=1e-9)


def test_virtual_trials_run_on_it_and_what_it_does_not_say_is_not_said(tmp_path: Path) -> None:
    mapping = MAPPING.replace('neurons = "left"\n', "").replace('hazard = { id = "hazard", unit = "1/day" }\n', "")
    mapping += '[range]\n"k" = [0.001, 0.004]\n'
    own = OwnMechanism(read_user_mechanism(write_mapped(tmp_path, sbml_text(**DECLINE), mapping)), KNOWN)
    treatment = prepare_treatment(load_drug("riluzole"), known=KNOWN, rng=np.random.default_rng(1), draws=64)
    trials = predict_trials(
        TrialPlan(10, 10, 8, 4), treatment, repeats=3, rng=np.random.default_rng(1), known=KNOWN, mechanism=own
    ).trials
    assert (trials["true_points"] > 0).all()
    assert trials["deaths_treated"].sum() == 0
    assert trials["true_slowing"].is_nan().all()
    assert trials["nfl_ratio"].is_nan().all()
    typical = [own.draw(400, rng=np.random.default_rng(seed), entry=None).constants["k"] for seed in range(2)]
    assert np.log(typical[0]).std() == pytest.approx(0.4, rel=0.15)
    assert np.median(typical[0]) != pytest.approx(np.median(typical[1]), rel=1e-3)


def test_concentrations_come_in_the_unit_of_the_model(tmp_path: Path) -> None:
    mapping = MAPPING.replace('as = "engagement"', 'as = "concentration"\nunit = "nmol/L"')
    own = OwnMechanism(read_user_mechanism(write_mapped(tmp_path, sbml_text(**DECLINE), mapping)), KNOWN)
    treatment = prepare_treatment(load_drug("riluzole"), known=KNOWN, rng=np.random.default_rng(1), draws=64)
    supposed = make_action(1)
    assert treatment.site_unbound_umol_l is not None
    drawn = suppose(treatment, KNOWN, np.random.default_rng(2))
    action = own.act(people_of(400, k=0.002), treatment, drawn, np.random.default_rng(3))
    level = action.action.share / (1 - action.action.share) * action.per_level
    low, high = 1000 * treatment.site_unbound_umol_l.min(), 1000 * treatment.site_unbound_umol_l.max()
    assert low < np.median(level) < high
    with pytest.raises(DrugError, match="one treatment"):
        own.follow(people_of(1), (UserAction(supposed, None), UserAction(supposed, None)), weeks=2)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rates": {"left": "1 / (left - left)"}}, "rate of left"),
        ({"rates": {"left": "left^2 * 10"}}, "cannot be followed"),
        ({"rates": {"left": "ln(0.7 - time * 0.1)"}}, "rate of left"),
        ({"rules": {"score": "480 * left", "hazard": "0.1"}}, "0 to 48"),
        ({"rules": {"score": "48 * left", "hazard": "-0.1 * left"}}, "0 or more"),
    ],
    ids=[
        "division by zero",
        "growth without bound",
        "logarithm of what is not positive",
        "a score beyond its scale",
        "hazard below 0",
    ],
)
def test_equations_without_a_usable_solution_are_refused_by_name(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    path = write_mapped(tmp_path, sbml_text(**{**DECLINE, **changed}), MAPPING)  # type: ignore[arg-type]
    own = OwnMechanism(read_user_mechanism(path), KNOWN)
    with pytest.raises(ModelRunsAwayError, match=said):
        own.follow(people_of(2, k=0.002), (), weeks=4)
