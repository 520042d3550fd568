"""What the blood-brain barrier lets through: passive permeability, and pumps that send back.

A ratio of totals (Kp) and a ratio of unbound drug (Kp,uu) are different types here, and only the second says what a neuron sees.

Equations: Hammarlund-Udenaes, Friden, Syvanen & Gupta (2008) Pharm Res 25:1737, doi:10.1007/s11095-007-9502-2, for the ratios;
Dagenais, Graff & Pollack (2004) Biochem Pharmacol 67:269, doi:10.1016/j.bcp.2003.08.033, for knock-out ratios; both recalled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError

Array = npt.NDArray[np.float64]
Number = float | Array


class BarrierError(DrugError):
    """A quantity of the barrier that cannot be, or that cannot be had from what is known."""


@dataclass(frozen=True)
class TotalRatio:
    """Kp: total drug in brain over total drug in plasma. Mostly binding; it does not say what a neuron sees."""

    value: Number


@dataclass(frozen=True)
class UnboundRatio:
    """Kp,uu: unbound drug in brain over unbound drug in plasma."""

    value: Number


@dataclass(frozen=True)
class Efflux:
    """How strongly the pumps work on a drug: efflux clearance over passive permeability and bulk flow, at the healthy adult's level."""

    pgp: Number = 0.0
    bcrp: Number = 0.0

    def __post_init__(self) -> None:
        for name in ("pgp", "bcrp"):
            if not np.all(np.asarray(getattr(self, name)) >= 0):
                raise BarrierError(
                    f"an efflux index of {getattr(self, name)} is below 0", where=name, do="give 0 where there is no efflux"
                )


@dataclass(frozen=True)
class PumpState:
    """How the pumps stand: activity (1 is the healthy adult's), share inhibited (0 to 1), and leak.

    `leak` is the permeability that a damaged barrier adds, relative to the intact one; it works both ways.
    """

    pgp_activity: Number = 1.0
    bcrp_activity: Number = 1.0
    pgp_inhibited: Number = 0.0
    bcrp_inhibited: Number = 0.0
    leak: Number = 0.0

    def __post_init__(self) -> None:
        for name in ("pgp_activity", "bcrp_activity", "leak"):
            if not np.all(np.asarray(getattr(self, name)) >= 0):
                raise BarrierError(f"{name} of {getattr(self, name)} is below 0", do="give 0 for none, 1 for the healthy adult's")
        for name in ("pgp_inhibited", "bcrp_inhibited"):
            share = np.asarray(getattr(self, name))
            if not np.all((share >= 0) & (share <= 1)):
                raise BarrierError(f"{name} of {getattr(self, name)} is not a share", do="give a number from 0 to 1")


HEALTHY = PumpState()
WITHOUT_PGP = PumpState(pgp_activity=0.0)


def efflux_burden(efflux: Efflux, state: PumpState = HEALTHY) -> Number:
    """Efflux of both pumps over intact passive permeability. Each pump goes on when the other is inhibited or absent."""
    pgp = efflux.pgp * state.pgp_activity * (1 - state.pgp_inhibited)
    bcrp = efflux.bcrp * state.bcrp_activity * (1 - state.bcrp_inhibited)
    return pgp + bcrp


def unbound_ratio(efflux: Efflux, state: PumpState = HEALTHY, *, sink: Number = 0.0, uptake: Number = 0.0) -> UnboundRatio:
    """Kp,uu at steady state: (PS + uptake) / (PS + efflux + bulk flow + metabolism), all over the intact PS.

    Args:
        efflux: how strongly the pumps work on the drug.
        state: how the pumps and the barrier stand.
        sink: bulk flow and local metabolism over passive permeability.
        uptake: active uptake over passive permeability. Without it the ratio cannot exceed 1.
    """
    passive = 1 + state.leak
    return UnboundRatio((passive + uptake) / (passive + efflux_burden(efflux, state) + sink))


def relative_ratio(efflux: Efflux, state: PumpState, *, reference: PumpState = HEALTHY) -> Number:
    """Brain level in one state of the pumps over that in another; the same for Kp and for Kp,uu, since binding cancels."""
    return unbound_ratio(efflux, state).value / unbound_ratio(efflux, reference).value


def scale_total_ratio(healthy: TotalRatio, efflux: Efflux, state: PumpState) -> TotalRatio:
    """Kp in another state of the pumps, from the Kp of healthy animals or people."""
    return TotalRatio(healthy.value * relative_ratio(efflux, state))


def efflux_index_from_knockout(ratio: Number, *, other: Number = 0.0) -> Number:
    """The index of a pump from the brain level without it over the level with it.

    Args:
        ratio: level in the knock-out over level in the wild type, at least 1.
        other: index of the pump that remained. It hides part of the loss: (1 + a + b) / (1 + b).

    Raises:
        BarrierError: a ratio below 1, which passive permeability and efflux cannot give.
    """
    if not np.all(np.asarray(ratio) >= 1):
        what = f"a knock-out ratio of {ratio} is below 1: the pump would carry the drug in"
        raise BarrierError(what, do="check which group is the knock-out")
    return (ratio - 1) * (1 + other)


def scale_by_abundance(index: Number, *, measured_in: Number, wanted_in: Number) -> Number:
    """An efflux index of one species in another, by the pump's abundance in brain vessels (fmol/ug protein, or any one unit).

    It assumes the same activity per molecule, which is not known for any ALS drug.
    """
    return index * wanted_in / measured_in


def unbound_from_total(
    total: TotalRatio, *, fraction_unbound_plasma: Number | None, fraction_unbound_brain: Number | None
) -> UnboundRatio:
    """Kp,uu = Kp * fu,brain / fu,plasma.

    Raises:
        BarrierError: where either unbound fraction is not known: a Kp alone says nothing of unbound drug.
    """
    missing = [name for name, value in (("plasma", fraction_unbound_plasma), ("brain", fraction_unbound_brain)) if value is None]
    if fraction_unbound_plasma is None or fraction_unbound_brain is None:
        what = (
            f"a total brain to plasma ratio cannot become an unbound one without the fraction unbound in {' and '.join(missing)}"
        )
        raise BarrierError(what, do="measure it (equilibrium dialysis of plasma and of brain homogenate), or work with a range")
    return UnboundRatio(total.value * fraction_unbound_brain / fraction_unbound_plasma)


def inhibited_share(conc: Number, half_inhibition: Number) -> Number:
    """Share of a pump that an inhibitor stops: C / (C + Ki), unbound concentrations in one unit."""
    return conc / (conc + half_inhibition)
