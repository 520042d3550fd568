"""From oligonucleotide in tissue to SOD1: messenger at once, protein as it turns over.

Sources: McCampbell 2018 doi:10.1172/JCI99081 (messenger in rodent lumbar cord); turnover of SOD1 is recalled from Crisp 2015
doi:10.1172/JCI80705.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError

Array = npt.NDArray[np.float64]


def remaining_mrna(conc_ug_g: npt.ArrayLike, *, ec50_ug_g: npt.ArrayLike, max_knockdown: npt.ArrayLike) -> Array:
    """SOD1 messenger as a share of what it was: 1 - max C / (EC50 + C). Arguments broadcast; the drug's delay is left out.

    Raises:
        StallpointError: a negative concentration, an EC50 not above 0, or a largest knock-down outside 0 to 1.
    """
    conc, ec50, most = (np.asarray(value, dtype=np.float64) for value in (conc_ug_g, ec50_ug_g, max_knockdown))
    _require(bool((conc >= 0).all()), "a concentration is negative or missing", "give ug per g of tissue, 0 or more")
    _require(bool((ec50 > 0).all()), "an EC50 is not above 0", "give ug per g of tissue")
    _require(bool(((most >= 0) & (most <= 1)).all()), "a largest knock-down lies outside 0 to 1", "give a share, 0.75 for 75%")
    return np.asarray(1 - most * conc / (ec50 + conc))


def remaining_protein(mrna: npt.ArrayLike, time_days: npt.ArrayLike, *, half_life_days: npt.ArrayLike) -> Array:
    """Protein as a share of what it was at the first time, where it was 1: dP/dt = k (mRNA - P), k = ln 2 / half-life.

    Exact for messenger that moves in straight lines between the times.

    Args:
        mrna: share of messenger left, shape (..., t).
        time_days: rising times, shape (t,).
        half_life_days: of the protein, broadcast against the shape before t.

    Raises:
        StallpointError: times that don't rise, or a half-life not above 0.
    """
    left, times = np.asarray(mrna, dtype=np.float64), np.asarray(time_days, dtype=np.float64)
    half_life = np.asarray(half_life_days, dtype=np.float64)
    _require(times.ndim == 1 and bool((np.diff(times) > 0).all()), "times do not rise", "sort them and keep each once")
    _require(bool((half_life > 0).all()), "a half-life is not above 0", "give days")
    shape = np.broadcast_shapes(left.shape[:-1], half_life.shape)
    protein = np.ones((*shape, times.size))
    for step, days in enumerate(np.diff(times)):
        turned = np.log(2) / half_life * days
        lost = -np.expm1(-turned)
        late = 1 - lost / turned
        protein[..., step + 1] = protein[..., step] * (1 - lost) + (lost - late) * left[..., step] + late * left[..., step + 1]
    return protein


def _require(holds: bool, what: str, do: str) -> None:
    if not holds:
        raise StallpointError(what, where="knock-down of SOD1", do=do)
