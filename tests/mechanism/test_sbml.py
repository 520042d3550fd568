"""The SBML file is sound, and roadrunner, where it is installed, makes the same of it."""

import numpy as np
import pytest
from mechanism_world import make_action

from stallpoint.core.errors import DrugError
from stallpoint.mechanism.action import Schedule
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.sbml import render_mechanism_sbml

libsbml = pytest.importorskip("libsbml")


def test_the_file_has_no_errors_and_says_what_it_is(people: People) -> None:
    person = people.take(np.array([0]))
    text = render_mechanism_sbml(person, [make_action(1, schedule=Schedule(28.0, (0.0, 14.0, 28.0)), stop_days=90.0)])
    document = libsbml.readSBMLFromString(text)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    assert document.checkConsistency() == 0, document.getErrorLog().toString()
    assert "Research use only" in text
    assert document.getModel().getNumEvents() == 3
    assert {rule.getVariable() for rule in document.getModel().getListOfRules()} >= {"clock", "alsfrs_r", "nfl_serum", "hazard"}


def test_several_people_are_refused(people: People) -> None:
    with pytest.raises(DrugError, match="one person"):
        render_mechanism_sbml(people.take(slice(0, 2)), [])


def test_roadrunner_agrees(people: People) -> None:
    roadrunner = pytest.importorskip("roadrunner")
    person = people.take(np.array([7]))
    action = make_action(1, half_life_days=2.0, harm=0.05)
    runner = roadrunner.RoadRunner(render_mechanism_sbml(person, [action]))
    runner.integrator.setValue("relative_tolerance", 1e-9)
    runner.integrator.setValue("absolute_tolerance", 1e-12)
    runner.timeCourseSelections = ["time", "alsfrs_r", "nfl_serum", "cumulative_hazard", "clock"]
    last = runner.simulate(0, 56.0, 9)[-1]
    fast = follow_people(person, [action], weeks=8)
    found = [fast.alsfrs_r[0, -1], fast.nfl_serum[0, -1], fast.cumulative_hazard[0, -1], fast.clock[0, -1]]
    np.testing.assert_allclose(found, last[1:], rtol=1e-4)
