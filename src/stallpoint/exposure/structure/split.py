"""Folds that keep compounds of one scaffold together, so that a model is judged on chemistry it has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def find_scaffold(molecule: Any) -> str:
    """The rings and what links them (Bemis & Murcko 1996, doi:10.1021/jm9602928), as SMILES without stereo; empty without a ring."""
    from rdkit import Chem
    from rdkit.Chem.Scaffolds import MurckoScaffold

    return str(Chem.MolToSmiles(MurckoScaffold.GetScaffoldForMol(molecule), isomericSmiles=False))


def split_by_scaffold(scaffolds: Sequence[str], folds: int, *, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Fold (n,) of each compound. Scaffolds go, the most frequent first, to the fold with the fewest compounds; ties by chance.

    Compounds without a ring share the empty scaffold and stay together.
    """
    counts = Counter(scaffolds)
    names = sorted(counts)
    order = sorted(rng.permutation(len(names)), key=lambda at: -counts[names[at]])
    load = [0] * folds
    home: dict[str, int] = {}
    for at in order:
        home[names[at]] = min(range(folds), key=load.__getitem__)
        load[home[names[at]]] += counts[names[at]]
    return np.array([home[scaffold] for scaffold in scaffolds], dtype=np.int64)


def split_at_random(n: int, folds: int, *, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Fold (n,) of each compound by chance, all folds alike in size."""
    return rng.permutation(np.arange(n, dtype=np.int64) % folds)
