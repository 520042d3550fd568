"""Wells in which two or three drugs met: the noun of dose-response matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
ResponseKind = Literal["viability", "inhibition"]
"""What a file's numbers mean. `viability`: what is left, 1 untreated. `inhibition`: what the drugs did, 0 untreated; a rescue of
stressed cells, from 0 untreated to 1 healthy, is of this kind."""

RESPONSE_KINDS: tuple[ResponseKind, ...] = ("viability", "inhibition")


@dataclass(frozen=True)
class DoseMatrix:
    """The wells of one combination, sorted by plate and doses.

    Attributes:
        drugs: names, two or three.
        units: of the doses of each drug, such as "umol/L"; empty text where the file does not say.
        doses: (n, k), 0 where a drug is absent.
        left: (n,) response left, as a share of the untreated wells of the same plate: 1 untreated, 0 all gone. Inhibition of a file is
            1 - left, so that every model sees one sign.
        said: how the file gave its responses.
        sample: the cells or line, empty where the file has but one.
        notes: what was found out or done on the way.
    """

    drugs: tuple[str, ...]
    units: tuple[str, ...]
    doses: Array
    left: Array
    said: ResponseKind
    sample: str = ""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The pair or triple in words."""
        return " + ".join(self.drugs) + (f" in {self.sample}" if self.sample else "")

    @property
    def untreated(self) -> npt.NDArray[np.bool_]:
        """Wells (n,) without any drug."""
        return np.asarray((self.doses == 0).all(axis=1))

    def alone(self, drug: int) -> npt.NDArray[np.bool_]:
        """Wells (n,) with this drug and no other."""
        others = np.delete(self.doses, drug, axis=1)
        return np.asarray((self.doses[:, drug] > 0) & (others == 0).all(axis=1))

    @property
    def together(self) -> npt.NDArray[np.bool_]:
        """Wells (n,) with all drugs."""
        return np.asarray((self.doses > 0).all(axis=1))
