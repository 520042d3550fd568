"""SBML that others can read, and that says the same."""

import numpy as np
import pytest

from stallpoint.core.errors import DrugError
from stallpoint.exposure.person import Person
from stallpoint.exposure.plasma import plasma_model, plasma_rates
from stallpoint.exposure.sbml import render_sbml
from stallpoint.knowledge.drugs import load_drug

libsbml = pytest.importorskip("libsbml")


def riluzole_model(**changes):
    return plasma_model(
        **{
            "clearance_l_h": 51.4,
            "central_l": 200.0,
            "peripheral_l": [208.0],
            "intercompartmental_l_h": [30.0],
            "absorption_per_h": 2.0,
        }
        | changes
    )


def written(**changes):
    drug = load_drug("riluzole")
    return render_sbml(drug, drug.patterns[0], riluzole_model(**changes), Person(sex="female"))


def test_it_is_valid():
    document = libsbml.readSBMLFromString(written())
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(document.getNumErrors())] == []


def test_its_reactions_are_the_rates_of_the_model():
    document = libsbml.readSBMLFromString(written())  # the model dies with its document
    made = document.getModel()
    names = ["depot", "central", "peripheral_1"]
    rates = np.zeros((3, 3))
    for reaction in made.getListOfReactions():
        source = names.index(reaction.getReactant(0).getSpecies())
        constant = made.getParameter(f"rate_{reaction.getId()}").getValue()
        rates[source, source] -= constant
        if reaction.getNumProducts():
            rates[names.index(reaction.getProduct(0).getSpecies()), source] += constant
    assert rates == pytest.approx(plasma_rates(riluzole_model())[0])


def test_the_dose_and_every_source_are_in_it():
    text = written()
    assert "bruno1997" in text
    assert "Research use only" in text
    document = libsbml.readSBMLFromString(text)
    event = document.getModel().getEvent("dose")
    assert libsbml.formulaToL3String(event.getEventAssignment("depot").getMath()) == "depot + 50"


def test_several_people_are_refused():
    drug = load_drug("riluzole")
    with pytest.raises(DrugError, match="one person"):
        render_sbml(drug, drug.patterns[0], riluzole_model(clearance_l_h=[50.0, 60.0]), Person())
