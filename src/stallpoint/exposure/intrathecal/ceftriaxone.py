"""Ceftriaxone in CSF: what a sourced trough implies for the penetration that was never given.

Known (Zhao 2014 doi:10.1002/jcph.317): plasma clearance and volume, the half-lives of entry into CSF and of elimination from it, and
that CSF stayed above 0.55 mg/L with 2 and with 4 g a day. Not known: how much enters. Whatever it is, it is at least what lifts the
trough to that level, so the fact gives a lower bound and nothing more.

The half-life of entry, 1.0 h, is apparent: plasma, with 8 to 9 h, feeds CSF for longer than that, so no exchange with plasma alone
gives both half-lives; and elsewhere CSF peaked 12 h after a dose and fell with 16.8 h (Nau 1993 doi:10.1128/AAC.37.7.1518). Two
structures are therefore run, and both bounds shown:

- `exchange`: plasma feeds CSF and takes back; CSF falls with its own half-life. The half-life of entry is not used.
- `apparent`: each dose enters CSF with the half-life of entry and leaves with that of elimination, whatever plasma does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.intrathecal import load_ceftriaxone_facts, range_of
from stallpoint.numerics.linear_system import LinearSystem, linear_system, response_to_bolus, steady_state_over_interval

Array = npt.NDArray[np.float64]

STRUCTURES = ("exchange", "apparent")
L_H_PER_ML_MIN = 0.06
PLASMA, ENTRY, CSF = 0, 1, 2
PEAK_SEARCH_H = np.arange(0.0, 96.0, 0.1)

ASSUMPTIONS = (
    "steady state, with doses at once instead of over 25 minutes",
    "plasma is one compartment; total, not unbound, concentrations; CSF takes so little that plasma does not notice",
    "lumbar CSF, which is neither cord nor brain",
)


@dataclass(frozen=True)
class PenetrationBound:
    """The smallest ratio of areas, CSF to plasma, with which the trough reaches `target_mg_l`; by plasma clearance, low to high."""

    structure: str
    interval_h: float
    target_mg_l: float
    ratio: tuple[float, float, float]
    text: str
    assumptions: tuple[str, ...] = ASSUMPTIONS


def bound_ceftriaxone_penetration(*, structure: str, interval_h: float) -> PenetrationBound:
    """What CSF above its target at the end of every interval implies for penetration. A bound, not an estimate.

    Raises:
        StallpointError: an unknown structure, or an interval not above 0.
    """
    facts = load_ceftriaxone_facts()
    target, elsewhere = facts["csf_target_mg_l"].value, facts["penetration_uninflamed"].value
    trough = ceftriaxone_csf(1.0, structure=structure, interval_h=interval_h, time_h=[interval_h])[:, 0]
    low, middle, high = sorted(float(ratio) for ratio in target / trough)
    text = (
        f"For CSF to stay above {target:g} mg/L with 2 g every {interval_h:g} h, at least {low:.2%} to {high:.2%} of the plasma area "
        f"must be found in CSF (structure: {structure}). How much is, is not known from these data; another study found {elsewhere:.1%}."
    )
    return PenetrationBound(structure, interval_h, target, (low, middle, high), text)


def ceftriaxone_csf(penetration: float, *, structure: str, interval_h: float, time_h: npt.ArrayLike) -> Array:
    """CSF at steady state (3, t), mg/L, within one interval of 2 g doses, for the low, middle and high plasma clearance.

    Args:
        penetration: area in CSF over area in plasma.
        structure: `exchange` or `apparent`.
        interval_h: hours between doses.
        time_h: hours since a dose, up to `interval_h`, at which the next has not been given.

    Raises:
        StallpointError: an unknown structure, a penetration outside 0 to 1, an interval not above 0, or times outside it.
    """
    _require_ratio(penetration)
    return _course(structure, interval_h, time_h, penetration)[..., CSF]


def penetration_from_single_doses(*, structure: str) -> tuple[float, float, float]:
    """What another study's peaks in CSF imply: penetration at the lowest, median and highest of five people, middle clearance.

    Ventricular CSF of people with hydrocephalus and uninflamed meninges, 2 g once (Nau 1993): an outside check on the bound.

    Raises:
        StallpointError: an unknown structure.
    """
    peak = load_ceftriaxone_facts()["single_dose_csf_peak_mg_l"]
    system, doses = _system_and_doses(structure, 1.0)
    reached = float(response_to_bolus(system, doses, PEAK_SEARCH_H)[1, :, CSF].max())
    low, high = range_of(peak)
    return low / reached, peak.value / reached, high / reached


def ceftriaxone_plasma(*, interval_h: float, time_h: npt.ArrayLike) -> Array:
    """Plasma at steady state (3, t), mg/L, as `ceftriaxone_csf`."""
    return _course("exchange", interval_h, time_h, 0.0)[..., PLASMA]


def _course(structure: str, interval_h: float, time_h: npt.ArrayLike, penetration: float) -> Array:
    """Concentrations (3, t, 3) in plasma, the way in, and CSF. CSF is a concentration throughout: it draws nothing from plasma."""
    times = np.atleast_1d(np.asarray(time_h, dtype=np.float64))
    if not (interval_h > 0 and (times >= 0).all() and (times <= interval_h).all()):
        raise StallpointError("a time lies outside the interval between doses", do="give hours from 0 to the interval")
    system, doses = _system_and_doses(structure, penetration)
    return steady_state_over_interval(system, doses, interval_h, times)


def _system_and_doses(structure: str, penetration: float) -> tuple[LinearSystem, Array]:
    """For the three clearances; by either structure the area of CSF is `penetration` times that of plasma."""
    if structure not in STRUCTURES:
        raise StallpointError(f"no structure {structure!r} of ceftriaxone in CSF", do=ask_nearest(structure, STRUCTURES))
    facts = load_ceftriaxone_facts()
    dose = facts["dose_mg"].value / facts["volume_l"].value
    entering = penetration * _csf_rate() * dose / _plasma_rates() if structure == "apparent" else np.zeros(3)
    return _system(structure, penetration), np.stack([np.full(3, dose), entering, np.zeros(3)], axis=1)


def _system(structure: str, penetration: float) -> LinearSystem:
    leaving = _csf_rate()
    entry = np.log(2) / load_ceftriaxone_facts()["csf_entry_half_life_h"].value
    rates = np.zeros((3, 3, 3))
    rates[:, PLASMA, PLASMA] = -_plasma_rates()
    rates[:, ENTRY, ENTRY] = -entry
    rates[:, CSF, CSF] = -leaving
    rates[:, CSF, ENTRY] = entry
    rates[:, CSF, PLASMA] = penetration * leaving if structure == "exchange" else 0.0
    return linear_system(rates)


def _plasma_rates() -> Array:
    """Elimination (3,) per hour at the low, middle and high clearance."""
    facts = load_ceftriaxone_facts()
    clearance = facts["clearance_ml_min"]
    low, high = range_of(clearance)
    values = np.array([low, clearance.value, high])
    return np.asarray(values * L_H_PER_ML_MIN / facts["volume_l"].value)


def _csf_rate() -> float:
    return float(np.log(2) / load_ceftriaxone_facts()["csf_elimination_half_life_h"].value)


def _require_ratio(penetration: float) -> None:
    if not 0 <= penetration <= 1:
        raise StallpointError(
            f"a penetration of {penetration:g}", where="ceftriaxone", do="give area in CSF over area in plasma, 0 to 1"
        )
