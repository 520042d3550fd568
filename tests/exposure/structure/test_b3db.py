import pytest

from stallpoint.exposure.structure.b3db import find_compound
from stallpoint.exposure.structure.read import read_structure
from stallpoint.exposure.structure.train import parse_usable
from stallpoint.knowledge.barrier_scores import load_contested_labels
from stallpoint.knowledge.sources import load_sources

DOUBLED = {"ceftriaxone": "VAAUVRVFOQPIGI", "quinidine": "LOUPRKONTZGTKE", "colchicine": "IAKHMKGGTNLKSZ"}


@pytest.fixture(scope="session")
def by_skeleton(everything):
    return {compound.skeleton: compound for compound in everything}


def test_each_skeleton_stands_once(everything, by_skeleton):
    assert len(everything) == len(by_skeleton)
    assert sum(compound.rows for compound in everything) > 7_700
    assert 3_900 < len(everything) < 4_100


@pytest.mark.parametrize("skeleton", DOUBLED.values(), ids=DOUBLED)
def test_doubled_drugs_with_both_labels_are_contested(by_skeleton, skeleton):
    assert "BBB+ in" in by_skeleton[skeleton].contested[0]


@pytest.mark.parametrize("skeleton", load_contested_labels())
def test_labels_at_odds_with_measurements_are_contested_with_their_source(by_skeleton, skeleton):
    known = load_contested_labels()[skeleton]
    said = by_skeleton[skeleton].contested[-1]
    assert known.why in said
    assert str(load_sources()[known.source].year) in said


@pytest.mark.parametrize("skeleton", [*DOUBLED.values(), *load_contested_labels(), "FTALBRSUTCGOEG", "UHSKFQJFRQCDBE"])
def test_one_compound_is_found_as_it_stands_among_all(by_skeleton, skeleton):
    compound = by_skeleton[skeleton]
    assert find_compound(read_structure(compound.smiles)) == compound


@pytest.mark.usefixtures("everything")
def test_what_b3db_does_not_hold_is_not_found():
    assert find_compound(read_structure("COC1=C(OC)C(=O)C(CCCCCCCCCC[P+](c2ccccc2)(c2ccccc2)c2ccccc2)=C(C)C1=O")) is None


def test_riluzole_is_joined_by_structure(by_skeleton):
    riluzole = by_skeleton["FTALBRSUTCGOEG"]
    assert (riluzole.label, riluzole.log_bb, riluzole.name) == (1, 0.3, "riluzole")


def test_a_name_that_belongs_to_another_structure_is_not_shown(by_skeleton, everything):
    """The only row named ropinirole is a trimethoxybenzamide; ropinirole itself stands there under another name."""
    assert by_skeleton["UHSKFQJFRQCDBE"].label == 1
    assert "ropinirole" not in {compound.name for compound in everything}
    assert sum(not compound.name for compound in everything) > 300


def test_contested_compounds_and_what_cannot_be_read_are_not_used(everything):
    wanted = [c for c in everything if c.contested][:20] + [
        c for c in everything if c.smiles in ("[Li]", "[Li+]") or "[C+](O)" in c.smiles
    ]
    assert len(wanted) > 21
    assert parse_usable(wanted) == ((), ())
