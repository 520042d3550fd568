from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.errors import EstimandError, StallpointError
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.read import read_structure

Chem = pytest.importorskip("rdkit.Chem")
pytestmark = pytest.mark.skipif(any(find_spec(name) is None for name in NEEDED), reason="needs the extra chem")

RILUZOLE = "Nc1nc2ccc(OC(F)(F)F)cc2s1"


def test_riluzole():
    structure = read_structure(f"  {RILUZOLE}\n")
    assert structure.inchikey == "FTALBRSUTCGOEG-UHFFFAOYSA-N"
    assert structure.skeleton == "FTALBRSUTCGOEG"
    assert structure.molar_mass_g_mol == pytest.approx(234.20, abs=0.01)
    assert structure.notes == ()


@pytest.mark.parametrize(
    ("smiles", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("C1CC", "not a SMILES"),
        ("CC)", "not a SMILES"),
        ("lithium", "not a SMILES"),
        ("C(C)(C)(C)(C)C", "valence"),
        ("c1ccccc1C=", "not a SMILES"),
        ("CCO ethanol", "space"),
        ("CC>>CO", "reaction"),
        ("*CC", "pattern"),
    ],
)
def test_what_is_no_smiles_is_said_with_what_to_do(smiles, said, capfd):
    with pytest.raises(StallpointError, match=said) as fault:
        read_structure(smiles)
    assert not isinstance(fault.value, EstimandError)
    assert fault.value.do
    assert fault.value.where
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("smiles", "said"),
    [
        ("[Au]", "holds Au"),
        ("[Li+].[Li+].O=C([O-])[O-]", "holds Li"),
        ("N.N.Cl[Pt]Cl", "holds Pt"),
        ("CC[Hg]Sc1ccccc1C(=O)[O-].[Na+]", "holds Hg"),
        ("[Na]C#C", "holds Na"),
        ("[Na+].[Cl-]", "nothing organic"),
        ("O=C([O-])[O-].[Ca+2]", "nothing organic"),
        ("O", "nothing organic"),
        ("COc1ccccc1.CCc1ccccn1", "mixture of 2"),
        ("C" * 5000, "5,000 characters"),
        ("C" * 900, "900 atoms"),
    ],
)
def test_what_no_structure_model_can_speak_of_is_refused(smiles, said):
    with pytest.raises(EstimandError, match=said) as fault:
        read_structure(smiles)
    assert fault.value.do


@pytest.mark.parametrize(
    ("salt", "parent", "note"),
    [
        ("[Na+].[O-]C(=O)CCCc1ccccc1", "O=C(O)CCCc1ccccc1", "without its partners [Na+]"),
        (
            "C[C@]12C[C@@H]3C[C@](C)(C1)C[C@@](N)(C3)C2.Cl",
            "C[C@]12C[C@@H]3C[C@](C)(C1)C[C@@](N)(C3)C2",
            "without its partners Cl",
        ),
        ("CS(=O)(=O)O.C#CCN[C@@H]1CCc2ccccc21", "C#CCN[C@@H]1CCc2ccccc21", "without its partners CS(=O)(=O)O"),
        ("OC(=O)/C=C/C(=O)O.CN(C)CCOc1ccccc1", "CN(C)CCOc1ccccc1", "without its partners O=C(O)/C=C/C(=O)O"),
        ("C[NH+](C)CCOc1ccccc1.[Cl-]", "CN(C)CCOc1ccccc1", "taken in its uncharged form"),
        ("C[N+](C)(C)CCO.[Cl-]", "C[N+](C)(C)CCO", "carries a fixed charge of +1"),
    ],
)
def test_salts_are_stripped_and_it_is_said(salt, parent, note):
    structure = read_structure(salt)
    assert structure.inchikey == read_structure(parent).inchikey
    assert note in structure.notes


def test_a_counter_ion_alone_is_a_molecule():
    assert read_structure("OC(=O)/C=C/C(=O)O").notes == ()


def test_copies_are_one_molecule_and_a_racemate_is_said():
    assert read_structure("c1ccccc1O.c1ccccc1O.[Mg+2]").heavy_atoms == 7
    assert "one of several stereoisomers given" in read_structure("C[C@H](N)C(=O)O.C[C@@H](N)C(=O)O").notes


def test_stereo_is_kept_and_what_is_missing_is_said():
    right, left = read_structure("CCCN[C@@H]1CCc2nc(N)sc2C1"), read_structure("CCCN[C@H]1CCc2nc(N)sc2C1")
    assert right.skeleton == left.skeleton
    assert right.inchikey != left.inchikey
    assert "1 stereocentre not specified" in read_structure("CCCNC1CCc2nc(N)sc2C1").notes


def test_isotopes_count_in_the_mass_only():
    heavy, light = read_structure("[2H]C([2H])([2H])Oc1ccccc1"), read_structure("COc1ccccc1")
    assert heavy.inchikey == light.inchikey
    assert heavy.molar_mass_g_mol - light.molar_mass_g_mol == pytest.approx(3 * (2.01410 - 1.00794), abs=1e-3)
    assert "3 isotope labels counted in the molar mass and otherwise ignored" in heavy.notes


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_any_order_of_atoms_is_the_same_structure(seed):
    molecule = Chem.MolFromSmiles("CC(C)C(=O)c1c(C(C)C)nn2ccccc12.Cl")
    [shuffled] = Chem.MolToRandomSmilesVect(molecule, 1, randomSeed=seed)
    assert read_structure(shuffled).smiles == read_structure("CC(C)C(=O)c1c(C(C)C)nn2ccccc12").smiles
