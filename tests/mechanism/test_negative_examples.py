"""What was wrong in the one open quantitative model of ALS, each as a test."""

from dataclasses import replace

import numpy as np
import pytest
from mechanism_world import make_action

from stallpoint.core.quantity import QuantityError
from stallpoint.knowledge.drugs import load_drug, load_drugs
from stallpoint.knowledge.mechanism import PATHWAYS, load_mechanism
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.treatment import Supposed, act_on, prepare_treatment

DIMENSIONS = {
    "1/day": ("disease_rate", "hazard_at_full_function", "withdrawal_early", "withdrawal_late", "entry_per_hour"),
    "day": (
        *(f"relaxation_{name.replace(' ', '_')}" for name in PATHWAYS),
        "entry_months",
        "release_half_life",
        "blood_half_life",
        "antisense_tissue_half_life",
        "default_half_life",
    ),
}


@pytest.mark.parametrize(("unit", "key"), [(unit, key) for unit, keys in DIMENSIONS.items() for key in keys])
def test_every_rate_and_time_has_the_dimension_it_is_used_with(unit: str, key: str) -> None:
    parameter = load_mechanism()[key]
    assert parameter.in_unit(unit) > 0
    with pytest.raises(QuantityError):
        parameter.in_unit("mg/L")


def test_hours_days_and_months_are_one_clock() -> None:
    known = load_mechanism()
    assert known["default_half_life"].in_unit("day") == pytest.approx(known["default_half_life"].value / 24)
    assert known["disease_rate"].in_unit("1/day") == pytest.approx(known["disease_rate"].value / 30.4375)


def test_the_rate_of_loss_is_used_once_and_not_squared(people: People) -> None:
    """Twice the rate is twice the clock, and neurons do die: half of the onset region within five years of a typical rate."""
    single = follow_people(people, weeks=52)
    double = follow_people(replace(people, rate_per_day=2 * people.rate_per_day), weeks=52)
    passed = [courses.clock[:, -1] - courses.clock[:, 0] for courses in (single, double)]
    np.testing.assert_allclose(passed[1], 2 * passed[0])
    later = follow_people(people, weeks=80)
    assert np.median(later.neurons[:, :, -1].mean(axis=1) / later.neurons[:, :, 0].mean(axis=1)) < 0.5


def test_loss_of_neurons_moves_alsfrs_r_and_nothing_else_does(people: People) -> None:
    courses = follow_people(people, weeks=52)
    lost = courses.neurons[:, :, 0].sum(axis=1) - courses.neurons[:, :, -1].sum(axis=1)
    fell = courses.alsfrs_r[:, 0] - courses.alsfrs_r[:, -1]
    assert (fell > 0).all()
    assert np.corrcoef(lost, fell)[0, 1] > 0.5
    still = follow_people(replace(people, rate_per_day=np.zeros(people.n)), weeks=4)
    assert np.ptp(still.alsfrs_r, axis=1).max() == 0


@pytest.mark.parametrize("pathway", range(len(PATHWAYS)), ids=PATHWAYS)
def test_every_effect_of_a_drug_reaches_the_neurons(people: People, pathway: int) -> None:
    driven = replace(people, weights=np.tile(0.9 * np.eye(len(PATHWAYS))[pathway], (people.n, 1)))
    spared = follow_people(driven, [make_action(people.n, pathways=(pathway,))], weeks=20)
    assert (spared.neurons[:, :, -1] > follow_people(driven, weeks=20).neurons[:, :, -1]).all()


def test_harm_reaches_the_neurons(people: People) -> None:
    harmed = follow_people(people, [make_action(people.n, largest=0.0, harm=0.3)], weeks=30)
    assert (harmed.neurons[:, :, -1] < follow_people(people, weeks=30).neurons[:, :, -1]).all()


def test_every_drug_with_a_pathway_has_an_effect_when_it_is_supposed_to(people: People) -> None:
    """No drug effect is computed and then not used."""
    known, rng = load_mechanism(), np.random.default_rng(1)
    untreated = follow_people(people, weeks=8).clock[:, -1]
    for drug in load_drugs():
        treatment = prepare_treatment(drug, known=known, rng=rng, draws=64)
        if not treatment.pathways:
            continue
        supposed = Supposed(share=0.5, moves=True, largest=np.full(len(treatment.pathways), 0.5), harm=0.0)
        clock = follow_people(people, [act_on(people, treatment, supposed, known, rng)], weeks=8).clock[:, -1]
        gene = treatment.hypothesis.genotype if treatment.hypothesis else ""
        reached = people.genotype == gene if gene else np.ones(people.n, dtype=bool)
        if not reached.any():
            continue
        assert (np.abs(clock[reached] / untreated[reached] - 1) > 1e-9).all(), drug.name
        assert clock[reached].mean() < untreated[reached].mean(), drug.name
        np.testing.assert_allclose(clock[~reached], untreated[~reached], rtol=1e-9)


def test_tofersen_is_intrathecal_monthly_and_acts_on_carriers_of_sod1_alone() -> None:
    treatment = prepare_treatment(load_drug("tofersen"), known=load_mechanism(), rng=np.random.default_rng(1), draws=64)
    assert treatment.pattern is not None
    assert treatment.pattern.route == "intrathecal"
    assert treatment.schedule.interval_days == 28
    assert treatment.schedule.first_days == (0, 14, 28)
    assert treatment.hypothesis is not None
    assert treatment.hypothesis.genotype == "SOD1"
    assert treatment.half_life_days > 28


def test_phenylbutyrate_is_not_a_thousandfold_off() -> None:
    """mg/L become umol/L through the molar mass, in `exposure`; the model never sees a concentration."""
    drug = load_drug("sodium phenylbutyrate")
    assert drug.molar_mass_g_mol == pytest.approx(164.2, abs=25)
