"""The one organic molecule that a salt or hydrate carries."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from stallpoint.core.errors import EstimandError
from stallpoint.core.wording import listed

PARTNERS = (
    "CO",
    "CCO",
    "CC(C)O",
    "CC#N",
    "CS(C)=O",
    "O=CO",
    "CC(=O)O",
    "O=C(O)C(F)(F)F",
    "O=C(O)C(=O)O",
    "O=C(O)CC(=O)O",
    "O=C(O)CCC(=O)O",
    "O=C(O)C=CC(=O)O",
    "O=C(O)CC(O)C(=O)O",
    "O=C(O)C(O)C(O)C(=O)O",
    "O=C(O)CC(O)(CC(=O)O)C(=O)O",
    "CC(O)C(=O)O",
    "CS(=O)(=O)O",
    "CCS(=O)(=O)O",
    "O=S(=O)(O)c1ccccc1",
    "Cc1ccc(S(=O)(=O)O)cc1",
    "O=C(O)c1ccccc1",
    "NC(CO)(CO)CO",
    "CNCC(O)C(O)C(O)C(O)CO",
    "NCCO",
    "OCCNCCO",
    "OCCN(CCO)CCO",
)
"""Organic partners in salts and solvates of drugs. One that stands alone is a molecule in its own right."""

INERT_METALS = frozenset({"Na", "K", "Mg", "Ca"})
"""Metals that are taken off as partners. Lithium is not: it may be the active part."""

NON_METALS = frozenset({"H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Se", "Br", "I"})
"""Elements that an organic drug may be made of."""

DO = "rely on measured concentrations; ions and metals cross by other ways than a structure model knows"


def find_parent(molecule: Any, where: str) -> tuple[Any, tuple[str, ...]]:
    """The parent molecule, made neutral where it can be, and what was done to reach it.

    Raises:
        EstimandError: a metal other than a common counter-ion, nothing organic, or more than one different molecule.
    """
    from rdkit import Chem

    pieces = list(Chem.GetMolFrags(molecule, asMols=True))
    _refuse_metals(pieces, where)
    organic = [_neutral(piece) for piece in pieces if _is_organic(piece)]
    parents = {_flat(piece): piece for piece in organic if _flat(piece) not in _flat_partners()}
    parents = parents or {_flat(piece): piece for piece in organic}
    if not parents:
        shown = listed(sorted({Chem.MolToSmiles(piece) for piece in pieces}))
        raise EstimandError(f"nothing organic is in it ({shown})", where=where, do=DO)
    if len(parents) > 1:
        raise EstimandError(
            f"it is a mixture of {len(parents)} molecules ({listed(sorted(parents))})",
            where=where,
            do="ask for each of them on its own",
        )
    flat, parent = next(iter(parents.items()))
    return parent, _note_changes(parent, pieces, flat)


def _note_changes(parent: Any, pieces: list[Any], flat: str) -> tuple[str, ...]:
    from rdkit import Chem

    partners = sorted({Chem.MolToSmiles(piece) for piece in pieces if _flat(_neutral(piece)) != flat})
    own = {Chem.MolToSmiles(piece) for piece in pieces if _flat(_neutral(piece)) == flat}
    charge = Chem.GetFormalCharge(parent)
    said = [
        f"without its partners {listed(partners)}" if partners else "",
        "one of several stereoisomers given" if len(own) > 1 else "",
        "taken in its uncharged form" if Chem.MolToSmiles(parent) not in own else "",
        f"carries a fixed charge of {charge:+d}" if charge else "",
    ]
    return tuple(note for note in said if note)


def _refuse_metals(pieces: list[Any], where: str) -> None:
    held = {atom.GetSymbol() for piece in pieces for atom in piece.GetAtoms()}
    bound = {atom.GetSymbol() for piece in pieces if piece.GetNumAtoms() > 1 for atom in piece.GetAtoms()}
    strange = sorted((held - NON_METALS - INERT_METALS) | (bound - NON_METALS))
    if strange:
        raise EstimandError(f"it holds {listed(strange)}: a model of organic molecules can say nothing of it", where=where, do=DO)


def _is_organic(piece: Any) -> bool:
    """Whether a carbon is bound to anything but oxygen: carbonate and carbon dioxide are not organic."""
    carbons = [atom for atom in piece.GetAtoms() if atom.GetAtomicNum() == 6]
    return any(atom.GetTotalNumHs() or any(other.GetAtomicNum() != 8 for other in atom.GetNeighbors()) for atom in carbons)


def _neutral(piece: Any) -> Any:
    from rdkit import rdBase
    from rdkit.Chem.MolStandardize import rdMolStandardize

    with rdBase.BlockLogs():
        return rdMolStandardize.Uncharger().uncharge(piece)


def _flat(piece: Any) -> str:
    from rdkit import Chem

    return str(Chem.MolToSmiles(piece, isomericSmiles=False))


@lru_cache(maxsize=1)
def _flat_partners() -> frozenset[str]:
    from rdkit import Chem

    return frozenset(_flat(Chem.MolFromSmiles(smiles)) for smiles in PARTNERS)
