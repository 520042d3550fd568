from importlib.util import find_spec

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.structure.bbb_score import choose_pka, rate, score_bbb
from stallpoint.exposure.structure.cns_mpo import score_cns_mpo
from stallpoint.exposure.structure.efflux_rule import call_efflux
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.properties import Properties, read_properties
from stallpoint.exposure.structure.read import read_structure
from stallpoint.exposure.structure.score import Measured
from stallpoint.knowledge.barrier_scores import load_barrier_score

DRUG = Properties(3.7, 375, 90, 1, 5, 27, 2, 6, 0)


def properties_of(smiles):
    if any(find_spec(name) is None for name in NEEDED):
        pytest.skip("needs the extra chem")
    return read_properties(read_structure(smiles))


def test_a_worked_example_of_cns_mpo():
    """ClogP 3.7, ClogD 2.7, TPSA 90, MW 375, HBD 1, pKa 9: 0.65, 0.65, 1.00, 0.89, 0.83, 0.50, in all 4.5 (Wager et al. 2016, quoted)."""
    score = score_cns_mpo(DRUG, Measured(log_d=2.7, basic_pka=9))
    points = [low for low, _ in score.terms.values()]
    assert points == pytest.approx([0.65, 0.65, 0.89, 1.0, 0.83, 0.5], abs=0.005)
    assert score.low == score.high == pytest.approx(4.53, abs=0.01)
    assert score.missing == ()


def test_cns_mpo_without_pka_and_log_d_is_a_range_that_holds_every_value():
    unknown = score_cns_mpo(DRUG)
    assert unknown.missing == ("logD", "pKa")
    assert "between" in unknown.text
    for log_d in np.linspace(-6, DRUG.log_p, 8):
        for pka in (0, 8, 9, 12):
            known = score_cns_mpo(DRUG, Measured(log_d=log_d, basic_pka=pka)).low
            assert unknown.low - 1e-9 <= known <= unknown.high + 1e-9
    assert score_cns_mpo(DRUG, Measured(log_d=DRUG.log_p, basic_pka=12)).low == pytest.approx(unknown.low)
    assert score_cns_mpo(DRUG, Measured(log_d=0, without_base=True)).low == pytest.approx(unknown.high)


@pytest.mark.parametrize(
    ("term", "places"), [("heavy_atoms", (6, 45)), ("bonding_over_root_mass", (0.051, 0.45)), ("pka", (3.1, 11))]
)
def test_each_polynomial_of_the_bbb_score_peaks_at_one(term, places):
    """A wrong coefficient would not divide to one."""
    assert max(rate(term, value) for value in np.linspace(*places, 400)) == pytest.approx(1, abs=0.006)


@pytest.mark.parametrize(
    ("smiles", "pka", "expected"),
    [("CC(=O)Nc1ccc(O)cc1", 9.89, 4.43), ("N1(C/C=C/c2ccccc2)CCN(CC1)C(c3ccccc3)c4ccccc4", 8.1, 5.01)],
)
def test_bbb_score_of_two_drugs_as_another_program_gives_it(smiles, pka, expected):
    """github.com/gkxiao/BBB-score, an RDKit port of the authors' calculator, rounds its terms."""
    assert score_bbb(properties_of(smiles), Measured(basic_pka=pka)).low == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize(
    ("measured", "pka"),
    [
        (Measured(), None),
        (Measured(acidic_pka=4), None),
        (Measured(basic_pka=3.8), None),
        (Measured(basic_pka=9.1, acidic_pka=4), 9.1),
        (Measured(basic_pka=3.8, acidic_pka=4.5), 4.5),
        (Measured(without_base=True, acidic_pka=4.5), 4.5),
        (Measured(basic_pka=3.8, without_acid=True), 8.81),
        (Measured(without_base=True, acidic_pka=9.9), 8.81),
    ],
)
def test_which_pka_the_bbb_score_takes(measured, pka):
    assert choose_pka(measured) == pka


def test_bbb_score_without_pka_spans_half_a_point():
    score = score_bbb(DRUG)
    assert score.high - score.low == pytest.approx(load_barrier_score("bbb_score")["pka"]["weight"])
    assert "pKa" in score.text


def test_outside_of_its_borders_a_term_gives_nothing():
    huge = Properties(12, 2000, 400, 20, 30, 140, 7, 40, 2)
    assert score_bbb(huge, Measured(basic_pka=12)).high == 0
    assert score_cns_mpo(huge, Measured(log_d=9, basic_pka=12)).high == 0


def test_riluzole_shows_that_the_rule_of_four_is_no_proof():
    """Mice without P-gp hold twice the riluzole, yet by the rule it is unlikely a substrate once its pKa of 3.8 is given."""
    riluzole = properties_of("Nc1nc2ccc(OC(F)(F)F)cc2s1")
    assert call_efflux(riluzole).call == "cannot tell"
    assert call_efflux(riluzole, Measured(basic_pka=3.8)).call == "unlikely substrate"
    assert "only a measured efflux ratio decides" in call_efflux(riluzole).text


def test_a_large_polar_molecule_is_a_likely_substrate_unless_it_is_an_acid():
    large = Properties(3, 528, 100, 2, 9, 39, 3, 9, 0)
    assert call_efflux(large).call == "likely substrate"
    acid = Properties(3, 528, 100, 2, 9, 39, 3, 9, 1)
    assert call_efflux(acid).call == "cannot tell"
    assert call_efflux(acid, Measured(acidic_pka=4.4)).call == "likely substrate"
    assert call_efflux(Properties(3, 380, 80, 1, 6, 28, 3, 6, 0)).call == "cannot tell"


@pytest.mark.parametrize("wrong", [{"basic_pka": 90}, {"log_d": 40}, {"basic_pka": 9, "without_base": True}])
def test_impossible_measurements_are_refused(wrong):
    with pytest.raises(StallpointError):
        Measured(**wrong)
