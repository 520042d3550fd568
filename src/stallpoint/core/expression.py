"""Expression of genes in samples."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Expression:
    """`values` (samples, genes) on a log scale; `about` holds what is known of the samples, a value each (group, batch, tissue)."""

    samples: tuple[str, ...]
    genes: tuple[str, ...]
    values: np.ndarray
    about: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
