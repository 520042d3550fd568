"""Reachable synergy: found where levels meet it, refused where they cannot, and silent with a reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.combine.hill import log_dose
from stallpoint.combine.musyc import musyc_levels
from stallpoint.combine.pair import PairFit, fit_pair
from stallpoint.combine.reachable import ReachError, in_unit, judge_reach, site_level
from stallpoint.core.dose_matrix import DoseMatrix
from stallpoint.knowledge.drugs import load_drug, load_drugs

AXIS = np.array([0, 0.1, 0.3, 1, 3, 10])
GRID = np.array([(first, second) for first in AXIS for second in AXIS])


def drugs_with_levels() -> list[str]:
    """Two drugs whose levels at the neuron can be computed and that have no pathway in common here."""
    found = []
    for drug in load_drugs():
        try:
            site_level(drug, rng=np.random.default_rng(1))
        except ReachError:
            continue
        found.append(drug.name)
    return found


def plate(scale: tuple[float, float], *, shift: float, drugs=("riluzole", "edaravone"), units=("uM", "umol/L")) -> PairFit:
    """A plate whose half-effect doses are `scale` umol/L."""
    doses = GRID * scale
    theta = np.array([[1, 0.5, 0.5, 0.25 if shift == 0 else 0.1, *np.log(scale), 0.2, 0.2, shift, shift]])
    left = musyc_levels(theta, log_dose(doses.T))[0][0] + 0.01 * np.random.default_rng(5).normal(size=len(doses))
    return fit_pair(DoseMatrix(drugs, units, doses, left, "viability"), rng=np.random.default_rng(2), repeats=30)


def judge(fit: PairFit):
    return judge_reach(fit, rng=np.random.default_rng(3))


def middles() -> tuple[float, float]:
    levels = [site_level(load_drug(name), rng=np.random.default_rng(1)) for name in ("riluzole", "edaravone")]
    return levels[0].middle, levels[1].middle


def test_both_drugs_of_these_tests_have_levels():
    assert {"riluzole", "edaravone"} <= set(drugs_with_levels())


def test_synergy_at_the_levels_of_people_is_reached_and_a_thousandfold_above_is_not():
    near = judge(plate(middles(), shift=3.0))
    far = judge(plate((1000 * middles()[0], 1000 * middles()[1]), shift=3.0))
    assert near.exists == far.exists == 1
    assert near.reached > 0.5
    assert far.answer == "out of reach"
    assert far.reached < 0.05
    assert any(name in far.limiting for name in ("riluzole", "edaravone"))


def test_without_synergy_there_is_none_to_reach():
    assert judge(plate(middles(), shift=0.0)).answer == "no synergy to reach"


def test_the_unit_of_the_plate_does_not_matter():
    fit = plate(middles(), shift=3.0)
    theta, refits = fit.musyc.copy(), fit.musyc_refits.copy()
    theta[4:6] += np.log(1000)
    refits[:, 4:6] += np.log(1000)
    matrix = replace(fit.matrix, units=("nM", "nmol/L"), doses=fit.matrix.doses * 1000)
    wells = fit.wells.with_columns(dose_1=fit.wells["dose_1"] * 1000, dose_2=fit.wells["dose_2"] * 1000)
    scaled = replace(fit, matrix=matrix, musyc=theta, musyc_refits=refits, wells=wells)
    assert judge(scaled).reached == pytest.approx(judge(fit).reached, abs=1e-9)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"drugs": ("riluzole", "ibrutinib")}, "ibrutinib"),
        ({"units": ("", "uM")}, "does not say in which unit"),
        ({"units": ("uM", "mg")}, "mg"),
        ({"drugs": ("riluzole", "elacridar")}, "elacridar"),
    ],
)
def test_what_cannot_be_set_against_people_says_why(changed, named):
    fit = plate(middles(), shift=3.0)
    found = judge(replace(fit, matrix=replace(fit.matrix, **changed)))
    assert found.answer == "cannot tell"
    assert named in found.silent


def test_units_become_one_another():
    assert in_unit(np.array([1.0]), "nM") == pytest.approx([1000])
    with pytest.raises(ReachError):
        in_unit(np.array([1.0]), "")
