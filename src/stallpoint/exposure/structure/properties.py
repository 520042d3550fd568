"""Counted and calculated properties that published scores ask for."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.exposure.structure.read import Structure


@dataclass(frozen=True)
class Properties:
    """What can be read off a structure. pKa and logD cannot, and are not here.

    log_p: octanol and water, by atom contributions (Wildman & Crippen 1999, doi:10.1021/ci990307l), not the ClogP that the scores were
    made with. polar_surface_a2: topological (Ertl 2000, doi:10.1021/jm000942e), without sulphur and phosphorus.
    """

    log_p: float
    molar_mass_g_mol: float
    polar_surface_a2: float
    donors: int
    acceptors: int
    heavy_atoms: int
    aromatic_rings: int
    nitrogen_and_oxygen: int
    strong_acids: int


STRONG_ACID = "[$([CX3](=O)[OX2H1]),$(S(=O)(=O)[OX2H1]),$(P(=O)[OX2H1])]"
"""Carboxylic, sulphonic and phosphonic acids in their uncharged form."""


def read_properties(structure: Structure) -> Properties:
    """Properties of the parent."""
    from rdkit import Chem
    from rdkit.Chem import rdMolDescriptors

    molecule = structure.molecule
    log_p, _ = rdMolDescriptors.CalcCrippenDescriptors(molecule)
    return Properties(
        log_p=float(log_p),
        molar_mass_g_mol=structure.molar_mass_g_mol,
        polar_surface_a2=float(rdMolDescriptors.CalcTPSA(molecule)),
        donors=int(rdMolDescriptors.CalcNumHBD(molecule)),
        acceptors=int(rdMolDescriptors.CalcNumHBA(molecule)),
        heavy_atoms=structure.heavy_atoms,
        aromatic_rings=int(rdMolDescriptors.CalcNumAromaticRings(molecule)),
        nitrogen_and_oxygen=sum(atom.GetAtomicNum() in (7, 8) for atom in molecule.GetAtoms()),
        strong_acids=len(molecule.GetSubstructMatches(Chem.MolFromSmarts(STRONG_ACID))),
    )
