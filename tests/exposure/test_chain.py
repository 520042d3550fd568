"""The chain from dose to effect."""

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.core.drug import CovariateRatio, DosePattern, Drug
from stallpoint.core.parameter import Parameter
from stallpoint.exposure.chain import average_dose_mg_h, follow_chain, plasma_parameters, uncertain_inputs
from stallpoint.exposure.person import Person
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.exposure_scenarios import load_scenario


def pattern(**changes):
    said = {"name": "usual", "dose_mg": 50.0, "interval_h": 12.0, "route": "oral", "tag": "assumed", "source": "modelling_choice"}
    return DosePattern(**(said | changes))


def parameter(name, value, unit, evidence="human", **more):
    return Parameter(name, value, unit, evidence, "seen", "modelling_choice", **more)


def small_drug(*parameters, **more):
    return Drug("smallone", "small molecule", molar_mass_g_mol=200.0, patterns=(pattern(),), parameters=parameters, **more)


CLEARANCE = parameter("apparent_clearance", 50.0, "L/h")
UNBOUND = parameter("fraction_unbound_plasma", 0.1, "fraction")
RATIO = parameter("unbound_brain_plasma_ratio", 0.5, "ratio")
POTENCY = parameter("potency", 0.02, "umol/L", "in vitro")


def follow(drug, *, scenario="healthy", person=None):
    """The steps with every input at its median."""
    under = load_scenario(scenario)
    inputs = uncertain_inputs(drug, drug.patterns[0], under)
    values = {name: known.quantile(np.array([0.5])) for name, known in inputs.items()}
    return follow_chain(drug, drug.patterns[0], person or Person(), under, values, count=1)


def test_each_step_by_hand():
    steps = follow(small_drug(CLEARANCE, UNBOUND, RATIO, POTENCY))
    plasma = 50 / 12 / 50
    unbound = plasma * 0.1 / 200 * 1000
    site = unbound * 0.5
    assert steps.plasma_mg_l == pytest.approx(plasma)
    assert steps.plasma_unbound_umol_l == pytest.approx(unbound)
    assert steps.site_unbound_umol_l == pytest.approx(site)
    assert steps.share == pytest.approx(site / (site + 0.02))


def test_average_level_of_riluzole_by_sex_and_smoking():
    # facts: 0.35, 0.51, 0.22 and 0.33 umol/L in men and women who do not and who do smoke (Bruno 1997, 50 mg twice a day).
    riluzole = load_drug("riluzole")
    levels = [
        float(follow(riluzole, person=Person(sex=sex, smoker=smoker)).plasma_mg_l[0]) / riluzole.molar_mass_g_mol * 1000
        for sex, smoker in (("male", "false"), ("female", "false"), ("male", "true"), ("female", "true"))
    ]
    assert levels == pytest.approx([0.35, 0.51, 0.22, 0.33], abs=0.006)


def test_what_is_not_known_of_a_person_changes_nothing():
    riluzole = load_drug("riluzole")
    assert follow(riluzole).plasma_mg_l == follow(riluzole, person=Person(genotype="SOD1")).plasma_mg_l


def test_missed_doses_lower_every_level_in_proportion():
    drug = small_drug(CLEARANCE, UNBOUND, RATIO, POTENCY)
    full, missed = follow(drug), follow(drug, scenario="doses-missed")
    assert missed.plasma_mg_l / full.plasma_mg_l == pytest.approx(0.7)
    assert missed.site_unbound_umol_l / full.site_unbound_umol_l == pytest.approx(0.7)
    assert missed.share < full.share


def test_a_missing_clearance_ends_the_chain_and_a_missing_unbound_fraction_widens_it():
    assert follow(small_drug(UNBOUND, RATIO, POTENCY)).plasma_mg_l is None
    inputs = uncertain_inputs(small_drug(CLEARANCE, RATIO), pattern(), load_scenario("healthy"))
    assert inputs["fraction_unbound_plasma"].shape == "log-uniform"
    assert inputs["fraction_unbound_plasma"].high / inputs["fraction_unbound_plasma"].low >= 100


def test_a_total_brain_ratio_is_never_used():
    drug = small_drug(CLEARANCE, UNBOUND, parameter("brain_plasma_ratio", 2.4, "ratio", "animal"))
    inputs = uncertain_inputs(drug, pattern(), load_scenario("healthy"))
    assert inputs["unbound_brain_plasma_ratio"].shape == "log-uniform"
    assert "brain_plasma_ratio" not in inputs


def test_csf_gives_a_wide_guess_of_the_unbound_ratio():
    drug = small_drug(CLEARANCE, UNBOUND, parameter("csf_plasma_ratio", 0.04, "ratio"))
    guess = uncertain_inputs(drug, pattern(), load_scenario("healthy"))["unbound_brain_plasma_ratio"]
    assert guess.median == pytest.approx(0.4)
    assert guess.high / guess.low == pytest.approx(9)
    assert "CSF is not cord" in guess.ground


def test_the_unbound_ratio_never_exceeds_one():
    drug = small_drug(CLEARANCE, UNBOUND, parameter("efflux_index_pgp", 0.4, "ratio", "animal"))
    for scenario in ("healthy", "efflux-blocked", "leaky-barrier", "doubled-pgp"):
        assert follow(drug, scenario=scenario).unbound_ratio <= 1


def test_a_dose_response_in_people_leads():
    drug = small_drug(CLEARANCE, UNBOUND, RATIO, POTENCY, parameter("dose_of_half_effect", 100.0, "mg/day"))
    steps = follow(drug)
    assert steps.share == pytest.approx(0.5)
    assert steps.share_by_potency != steps.share


def test_a_covariate_of_absorption_acts_on_exposure():
    meal = CovariateRatio("bioavailability", "meal", "high fat", 0.8, "human", "seen", "modelling_choice")
    drug = small_drug(CLEARANCE, UNBOUND, covariates=(meal,))
    ratio = follow(drug, person=Person(meal="high fat")).plasma_mg_l / follow(drug).plasma_mg_l
    assert ratio == pytest.approx(0.8)


def test_days_without_doses_lower_the_average():
    assert average_dose_mg_h(pattern(cycles=((14.0, 14.0), (10.0, 18.0)))) == pytest.approx(50 / 12 * 10 / 28)


@pytest.mark.parametrize(
    ("names", "route", "expected"),
    [
        ({"clearance", "bioavailability", "half_life"}, "oral", ("clearance", "bioavailability")),
        ({"clearance"}, "oral", ()),
        ({"clearance"}, "intravenous", ("clearance",)),
        ({"half_life", "apparent_volume"}, "oral", ("half_life", "apparent_volume")),
        ({"average_concentration"}, "oral", ("average_concentration",)),
        ({"clearance"}, "intrathecal", ()),
    ],
)
def test_which_numbers_give_the_level_in_plasma(names, route, expected):
    drug = small_drug(*(parameter(name, 0.5, "any") for name in sorted(names)))
    assert tuple(each.name for each in plasma_parameters(drug, pattern(route=route))) == expected


def test_a_half_life_and_a_volume_stand_for_clearance():
    drug = small_drug(parameter("half_life", 6.0, "h"), parameter("apparent_volume", 400.0, "L"), UNBOUND)
    assert follow(drug).plasma_mg_l == pytest.approx(50 / 12 / (np.log(2) / 6 * 400))


def test_scenarios_of_efflux_by_hand():
    drug = small_drug(CLEARANCE, UNBOUND, parameter("efflux_index_pgp", 0.4, "ratio", "animal"))
    healthy, doubled = follow(drug), follow(drug, scenario="doubled-pgp")
    assert doubled.unbound_ratio / healthy.unbound_ratio == pytest.approx(1.4 / 1.8)


def test_more_of_the_drug_never_lowers_the_share():
    drug = small_drug(CLEARANCE, UNBOUND, RATIO, POTENCY)
    more = replace(drug, patterns=(pattern(dose_mg=100.0),))
    assert follow(more).share > follow(drug).share
