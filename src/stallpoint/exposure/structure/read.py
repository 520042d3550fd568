"""A SMILES to a checked structure: one organic molecule without its counter-ions, or a reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from stallpoint.core.errors import EstimandError, StallpointError
from stallpoint.core.wording import counted
from stallpoint.exposure.structure.extra import require_chem
from stallpoint.exposure.structure.parent import find_parent

MOST_CHARACTERS = 4000
MOST_HEAVY_ATOMS = 800
"""Beyond these no InChIKey can be relied on (InChI ends at 1,023 atoms), and no small-molecule model speaks of it anyway."""


@dataclass(frozen=True)
class Structure:
    """One organic molecule.

    smiles: canonical, of the parent, with stereo, neutral where it can be, isotopes as natural. inchikey: of the same. skeleton: its
    first block, which knows which atoms are joined but neither stereo nor charge nor isotope; compounds are joined on it.
    molar_mass_g_mol: average mass of the parent with the isotopes that were given. notes: what was changed or is not known.
    """

    given: str
    smiles: str
    inchikey: str
    molar_mass_g_mol: float
    heavy_atoms: int
    notes: tuple[str, ...]
    molecule: Any = field(repr=False, compare=False)

    @property
    def skeleton(self) -> str:
        """First block of the InChIKey."""
        return self.inchikey[:14]


def read_structure(smiles: str) -> Structure:
    """Check a SMILES and strip it to its parent.

    Raises:
        StallpointError: it is empty, too long, or no SMILES; or the extra `chem` is missing.
        EstimandError: a mixture, a metal, or nothing organic: outside of what a model of organic molecules can say.
    """
    require_chem()
    given = _check_text(smiles)
    molecule = _parse(given)
    parent, notes = find_parent(molecule, _shown(given))
    return _describe(parent, given, notes)


def _check_text(smiles: str) -> str:
    given = smiles.strip()
    if not given:
        raise StallpointError("the SMILES is empty", where="structure", do="give one molecule, such as Nc1nc2ccc(OC(F)(F)F)cc2s1")
    if len(given) > MOST_CHARACTERS:
        raise _too_large(f"the SMILES has {len(given):,} characters")
    if re.search(r"\s", given):
        raise StallpointError("there is a space in the SMILES", where=_shown(given), do="give the SMILES alone, without a name")
    if ">" in given or "*" in given:
        raise StallpointError("this is a reaction or a pattern, not a molecule", where=_shown(given), do="give one molecule")
    return given


def _parse(given: str) -> Any:
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(given)
        reason = "" if molecule is not None else _find_reason(Chem.MolFromSmiles(given, sanitize=False))
    if molecule is None:
        raise StallpointError(
            f"this is not a SMILES: {reason}", where=_shown(given), do="check it against the source it was copied from"
        )
    if molecule.GetNumHeavyAtoms() > MOST_HEAVY_ATOMS:
        raise _too_large(f"the molecule has {molecule.GetNumHeavyAtoms():,} atoms besides hydrogen")
    return molecule


def _find_reason(unchecked: Any) -> str:
    if unchecked is None:
        return "brackets, ring numbers or letters do not fit"
    from rdkit import Chem

    problems = Chem.DetectChemistryProblems(unchecked)
    return problems[0].Message().rstrip(".") if problems else "it cannot be understood"


def _describe(parent: Any, given: str, notes: tuple[str, ...]) -> Structure:
    from rdkit import Chem, rdBase

    mass = _weigh(parent)
    parent, isotopes = _make_natural(parent)
    with rdBase.BlockLogs():
        inchikey = Chem.MolToInchiKey(parent)
    if not inchikey:
        raise EstimandError("no InChIKey can be made of it", where=_shown(given), do="draw it again without unusual charges")
    return Structure(
        given=given,
        smiles=Chem.MolToSmiles(parent),
        inchikey=inchikey,
        molar_mass_g_mol=mass,
        heavy_atoms=parent.GetNumHeavyAtoms(),
        notes=(*notes, *isotopes, *_note_stereo(parent)),
        molecule=parent,
    )


def _weigh(parent: Any) -> float:
    from rdkit import Chem

    hydrogen = Chem.GetPeriodicTable().GetAtomicWeight(1)
    return float(sum(atom.GetMass() + hydrogen * atom.GetTotalNumHs() for atom in parent.GetAtoms()))


def _make_natural(parent: Any) -> tuple[Any, tuple[str, ...]]:
    from rdkit import Chem

    labelled = [atom for atom in parent.GetAtoms() if atom.GetIsotope()]
    if not labelled:
        return parent, ()
    for atom in labelled:
        atom.SetIsotope(0)
    natural = Chem.MolFromSmiles(Chem.MolToSmiles(Chem.RemoveHs(parent)))
    return natural, (f"{counted(len(labelled), 'isotope label')} counted in the molar mass and otherwise ignored",)


def _note_stereo(parent: Any) -> tuple[str, ...]:
    from rdkit import Chem

    centres = Chem.FindMolChiralCenters(parent, includeUnassigned=True, useLegacyImplementation=False)
    unknown = sum(label == "?" for _, label in centres)
    return (f"{counted(unknown, 'stereocentre')} not specified",) if unknown else ()


def _too_large(what: str) -> EstimandError:
    return EstimandError(
        f"{what}: a model of small molecules can say nothing of it",
        where="structure",
        do="rely on measured concentrations; oligonucleotides and proteins do not cross the barrier by diffusion",
    )


def _shown(given: str) -> str:
    return given if len(given) <= 60 else f"{given[:57]}..."
