"""What is not known between a dose of tofersen and SOD1 in CSF, as stated values or as draws from stated ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.exposure.intrathecal.tissue import human_scaling, tissue_mass_ratio_range
from stallpoint.knowledge.intrathecal import load_tofersen_facts, range_of
from stallpoint.knowledge.natural_history import Fact

Array = npt.NDArray[np.float64]

CALIBRATION_DOSE_MG = 100
SD_PER_INTERVAL = 2 * 1.959963984540054


@dataclass(frozen=True)
class Sod1Draws:
    """n sets of what is not known, each (n,). `seen_points` is the change of CSF SOD1 at 100 mg, in percentage points."""

    ec50_ug_g: Array
    max_knockdown: Array
    half_life_days: Array
    tissue_mass_ratio: Array
    seen_points: Array


def stated_sod1() -> Sod1Draws:
    """The stated values themselves, as one set; tissue grows from monkey to human as CSF does."""
    facts = load_tofersen_facts()
    return Sod1Draws(
        ec50_ug_g=np.array([facts["ec50_ug_g"].value]),
        max_knockdown=np.array([facts["max_knockdown"].value]),
        half_life_days=np.array([facts["sod1_half_life_days"].value]),
        tissue_mass_ratio=np.array([human_scaling().tissue_mass_ratio]),
        seen_points=np.array([seen_change(CALIBRATION_DOSE_MG).value]),
    )


def draw_sod1(n: int, *, rng: np.random.Generator) -> Sod1Draws:
    """Draw n sets: uniform within the stated ranges, on the logarithm for EC50 and tissue ratio; normal for what was seen at 100 mg."""
    facts = load_tofersen_facts()
    seen = seen_change(CALIBRATION_DOSE_MG)
    low, high = range_of(seen)
    return Sod1Draws(
        ec50_ug_g=_log_uniform(*range_of(facts["ec50_ug_g"]), n, rng),
        max_knockdown=rng.uniform(*range_of(facts["max_knockdown"]), size=n),
        half_life_days=rng.uniform(*range_of(facts["sod1_half_life_days"]), size=n),
        tissue_mass_ratio=_log_uniform(*tissue_mass_ratio_range(), n, rng),
        seen_points=rng.normal(seen.value, (high - low) / SD_PER_INTERVAL, size=n),
    )


def seen_change(dose_mg: int) -> Fact:
    """What was seen of CSF SOD1 at a dose: difference from placebo at day 85, percentage points with 95% interval (Miller 2020).

    Raises:
        StallpointError: that dose was not given; those that were are named.
    """
    facts, prefix, unit = load_tofersen_facts(), "csf_sod1_change_", "mg"
    key = f"{prefix}{dose_mg}{unit}"
    if key not in facts:
        known = [one.removeprefix(prefix).removesuffix(unit) for one in facts if one.startswith(prefix)]
        raise StallpointError(f"no CSF SOD1 was reported for {dose_mg} mg", do=ask_nearest(str(dose_mg), known))
    return facts[key]


def _log_uniform(low: float, high: float, n: int, rng: np.random.Generator) -> Array:
    return np.asarray(low * (high / low) ** rng.uniform(size=n))
