"""B3DB to a fitted model: contested compounds left out, scaffolds kept together, progress shown on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.exposure.structure.b3db import Compound, read_b3db
from stallpoint.exposure.structure.describe import describe
from stallpoint.exposure.structure.model import FOLDS, BarrierModel, Compounds, fit_model
from stallpoint.exposure.structure.parent import NON_METALS
from stallpoint.exposure.structure.progress import follow
from stallpoint.exposure.structure.split import find_scaffold, split_by_scaffold

SEED = 20261123


def train_model() -> BarrierModel:
    """The model of all of B3DB; minutes on a slow computer.

    Raises:
        StallpointError: the extra `chem` is missing.
    """
    everything = read_b3db()
    usable, molecules = parse_usable(everything)
    description = describe(follow(molecules, "Reading the structures of B3DB"))
    scaffolds = [find_scaffold(molecule) for molecule in molecules]
    fold = split_by_scaffold(scaffolds, FOLDS, rng=np.random.default_rng(SEED))
    contested = {compound.skeleton: compound.contested for compound in everything if compound.contested}
    return fit_model(gather(usable, fold), description, contested, seed=SEED)


def parse_usable(everything: Sequence[Compound]) -> tuple[tuple[Compound, ...], tuple[Any, ...]]:
    """Compounds that nobody contests and that are organic, with their molecules."""
    pairs = [(compound, _parse(compound.smiles)) for compound in everything if not compound.contested]
    kept = [(compound, molecule) for compound, molecule in pairs if molecule is not None]
    return tuple(compound for compound, _ in kept), tuple(molecule for _, molecule in kept)


def gather(compounds: Sequence[Compound], fold: npt.NDArray[np.int64]) -> Compounds:
    """Compounds as arrays."""
    return Compounds(
        skeleton=np.array([compound.skeleton for compound in compounds]),
        name=np.array([compound.name for compound in compounds]),
        smiles=np.array([compound.smiles for compound in compounds]),
        label=np.array([compound.label for compound in compounds], dtype=np.int64),
        log_bb=np.array([np.nan if compound.log_bb is None else compound.log_bb for compound in compounds]),
        fold=fold,
    )


def _parse(smiles: str) -> Any:
    """The uncharged molecule, or None where it cannot be read or is not organic."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.MolStandardize import rdMolStandardize

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
        if molecule is not None and ("+" in smiles or "-]" in smiles):
            molecule = rdMolStandardize.Uncharger().uncharge(molecule)
    if molecule is None:
        return None
    elements = {atom.GetSymbol() for atom in molecule.GetAtoms()}
    return molecule if "C" in elements and elements <= NON_METALS else None
