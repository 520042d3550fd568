"""An antibody given into blood, in CSF: a small share of what is in serum, known from animals only.

Source: Wang 2018 doi:10.1186/s12987-018-0093-6, five antibodies in rats and monkeys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.intrathecal import load_antibody_facts, range_of

Array = npt.NDArray[np.float64]

ASSUMPTIONS = (
    "people let through what rats and monkeys did",
    "some days after the dose, when CSF falls in parallel with serum; before that CSF holds less",
    "no transport was added (no receptor is used), and the barrier is not leaky",
    "CSF is neither cord nor brain",
)


@dataclass(frozen=True)
class AntibodyInCsf:
    """CSF concentrations, each shaped as serum was and in its unit: with the average ratio, and the range of single animals."""

    average: Array
    low: Array
    high: Array
    evidence: str = "animal"
    assumptions: tuple[str, ...] = ASSUMPTIONS


def predict_antibody_csf(serum: npt.ArrayLike) -> AntibodyInCsf:
    """What a serum concentration of an antibody makes of CSF once both fall in parallel.

    Raises:
        StallpointError: a serum concentration that is negative or missing.
    """
    given = np.asarray(serum, dtype=np.float64)
    if not (np.isfinite(given) & (given >= 0)).all():
        raise StallpointError("a serum concentration is negative or missing", do="give concentrations of 0 or more")
    facts = load_antibody_facts()
    low, high = range_of(facts["csf_to_serum_individual"])
    return AntibodyInCsf(given * facts["csf_to_serum"].value, given * low, given * high)
