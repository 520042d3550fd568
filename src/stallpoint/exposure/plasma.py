"""From dose to plasma: one to three compartments with linear elimination, and a depot where the drug is absorbed.

Amounts are mg, volumes litres, concentrations mg/L, times hours. Every value is one number or one per person, shape (n,).

Source: Gibaldi & Perrier (1982) Pharmacokinetics, 2nd edition, chapters 1 to 3; parametrised by clearances and volumes as in
Rowland & Tozer (2011) Clinical Pharmacokinetics and Pharmacodynamics, 4th edition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.regimen import Floats, Regimen
from stallpoint.numerics.linear_system import LinearSystem, linear_system

MOST_PERIPHERALS = 2
UMOL_PER_MMOL = 1000.0


@dataclass(frozen=True)
class PlasmaModel:
    """A drug's kinetics in each of n people; made by `plasma_model`, which checks. Every array has the shape (n,) or (n, p).

    Without `absorption_per_h` there is no depot, and the drug can only be given into the blood.
    `fraction_unbound` is None where it is not known.
    """

    clearance_l_h: Floats
    central_l: Floats
    peripheral_l: Floats
    intercompartmental_l_h: Floats
    absorption_per_h: Floats | None
    bioavailability: Floats
    lag_h: Floats
    fraction_unbound: Floats | None

    @property
    def people(self) -> int:
        """Number of people, n."""
        return len(self.clearance_l_h)

    @property
    def central(self) -> int:
        """Index of the central compartment among the states: depot (where there is one), central, peripherals."""
        return 0 if self.absorption_per_h is None else 1


def plasma_model(
    *,
    clearance_l_h: npt.ArrayLike,
    central_l: npt.ArrayLike,
    peripheral_l: Sequence[npt.ArrayLike] = (),
    intercompartmental_l_h: Sequence[npt.ArrayLike] = (),
    absorption_per_h: npt.ArrayLike | None = None,
    bioavailability: npt.ArrayLike = 1.0,
    lag_h: npt.ArrayLike = 0.0,
    fraction_unbound: npt.ArrayLike | None = None,
) -> PlasmaModel:
    """Check the parameters and bring them to one number of people.

    Where clearance and volume are apparent (CL/F, V/F) the bioavailability is in them already, and stays 1 here.

    Args:
        clearance_l_h: elimination from the central compartment; 0 where nothing is eliminated.
        central_l: volume of the central compartment.
        peripheral_l: volumes of up to two peripheral compartments.
        intercompartmental_l_h: clearance between the central and each peripheral compartment.
        absorption_per_h: first-order rate from the depot (gut, muscle, skin; of an intrathecal dose the CSF) into the blood.
        bioavailability: share of a dose outside the blood that reaches it, 0 to 1.
        lag_h: hours from such a dose to the start of absorption.
        fraction_unbound: share of the drug in plasma that is not bound.

    Raises:
        StallpointError: a value that is missing, negative, or (volumes, absorption, fraction unbound) 0; a share above 1; not as
            many volumes as clearances of peripheral compartments, or more than two; people of different number.
    """
    _require(len(peripheral_l) == len(intercompartmental_l_h), "each peripheral volume needs one intercompartmental clearance")
    _require(len(peripheral_l) <= MOST_PERIPHERALS, "more than three compartments")
    named: dict[str, npt.ArrayLike | None] = {
        "clearance_l_h": clearance_l_h,
        "central_l": central_l,
        **{f"peripheral_l[{i}]": value for i, value in enumerate(peripheral_l)},
        **{f"intercompartmental_l_h[{i}]": value for i, value in enumerate(intercompartmental_l_h)},
        "absorption_per_h": absorption_per_h,
        "bioavailability": bioavailability,
        "lag_h": lag_h,
        "fraction_unbound": fraction_unbound,
    }
    own = _same_people({name: _numbers(name, value) for name, value in named.items() if value is not None})
    return PlasmaModel(
        own["clearance_l_h"],
        own["central_l"],
        _columns(own, "peripheral_l"),
        _columns(own, "intercompartmental_l_h"),
        own.get("absorption_per_h"),
        own["bioavailability"],
        own["lag_h"],
        own.get("fraction_unbound"),
    )


def take_people(model: PlasmaModel, who: slice) -> PlasmaModel:
    """The same model of some of its people."""
    kept = {field.name: getattr(model, field.name) for field in fields(model)}
    return replace(model, **{name: value[who] for name, value in kept.items() if value is not None})


def plasma_system(model: PlasmaModel) -> LinearSystem:
    """The model's linear system, with the states of `plasma_rates`."""
    return linear_system(plasma_rates(model))


def plasma_rates(model: PlasmaModel) -> Floats:
    """Rates (n, s, s) between the states depot (where there is one), central, peripherals; what is eliminated leaves."""
    first, size = model.central, model.central + 1 + model.peripheral_l.shape[1]
    rates = np.zeros((model.people, size, size))
    if model.absorption_per_h is not None:
        rates[:, 0, 0] = -model.absorption_per_h
        rates[:, first, 0] = model.absorption_per_h
    rates[:, first, first] = -(model.clearance_l_h + model.intercompartmental_l_h.sum(axis=1)) / model.central_l
    for i in range(model.peripheral_l.shape[1]):
        flow, outer = model.intercompartmental_l_h[:, i], first + 1 + i
        rates[:, outer, first] = flow / model.central_l
        rates[:, first, outer] = flow / model.peripheral_l[:, i]
        rates[:, outer, outer] = -flow / model.peripheral_l[:, i]
    return rates


def dose_amounts(model: PlasmaModel, regimen: Regimen) -> Floats:
    """What one dose puts into the states, mg, shape (n, s); the share that is never absorbed is left out.

    Raises:
        StallpointError: a dose outside the blood for a model without a depot.
    """
    into = np.zeros((model.people, model.central + 1 + model.peripheral_l.shape[1]))
    if regimen.route == "intravenous":
        into[:, model.central] = regimen.dose_mg
        return into
    if model.absorption_per_h is None:
        raise StallpointError(
            f"an {regimen.route} dose, but the model has no depot that it is absorbed from",
            where="plasma model",
            do="give absorption_per_h (and bioavailability), or dose intravenously",
        )
    into[:, 0] = regimen.dose_mg * model.bioavailability
    return into


def absorption_lag_h(model: PlasmaModel, regimen: Regimen) -> Floats:
    """Hours from each dose to its first effect, shape (n,)."""
    return np.zeros(model.people) if regimen.route == "intravenous" else model.lag_h


def unbound_mg_l(model: PlasmaModel, concentration_mg_l: Floats) -> Floats:
    """The unbound part of total concentrations (n, ...).

    Raises:
        StallpointError: the fraction unbound is not known.
    """
    if model.fraction_unbound is None:
        raise StallpointError(
            "the fraction unbound in plasma is not known", where="plasma model", do="give fraction_unbound, or stay with total"
        )
    own = model.fraction_unbound.reshape(-1, *[1] * (concentration_mg_l.ndim - 1))
    return np.asarray(own * concentration_mg_l, dtype=np.float64)


def micromolar(concentration_mg_l: npt.ArrayLike, molar_mass_g_mol: float) -> Floats:
    """Concentrations in umol/L.

    Raises:
        StallpointError: a molar mass not above 0.
    """
    if not 0 < molar_mass_g_mol < np.inf:
        raise StallpointError(f"a molar mass of {molar_mass_g_mol} g/mol", where="plasma model", do="give a molar mass above 0")
    return np.asarray(concentration_mg_l, dtype=np.float64) / molar_mass_g_mol * UMOL_PER_MMOL


def _numbers(name: str, value: npt.ArrayLike) -> Floats:
    """One number, or one per person, within what the parameter may be."""
    given = np.atleast_1d(np.asarray(value, dtype=np.float64))
    kind = name.partition("[")[0]
    _require(given.ndim == 1 and given.size > 0, f"{name} has the shape {given.shape}, not one number or one per person")
    _require(bool(np.isfinite(given).all()), f"{name} is missing or not finite")
    zero_means_something = kind in ("clearance_l_h", "intercompartmental_l_h", "bioavailability", "lag_h")
    low = "negative" if zero_means_something else "not above 0"
    _require(bool((given >= 0).all() if zero_means_something else (given > 0).all()), f"{name} is {low}: {given.min():g}")
    share = kind in ("bioavailability", "fraction_unbound")
    _require(not share or bool((given <= 1).all()), f"{name} is a share, and above 1: {given.max():g}")
    return given


def _same_people(own: Mapping[str, Floats]) -> dict[str, Floats]:
    people = max(value.size for value in own.values())
    for name, value in own.items():
        _require(value.size in (1, people), f"{name} has {value.size} values for {people} people")
    return {name: np.broadcast_to(value, people).copy() for name, value in own.items()}


def _columns(own: Mapping[str, Floats], kind: str) -> Floats:
    """The values of all peripheral compartments, shape (n, p)."""
    columns = [value for name, value in own.items() if name.startswith(f"{kind}[")]
    return np.stack(columns, axis=1) if columns else np.empty((len(own["central_l"]), 0))


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise StallpointError(what, where="plasma model", do="give finite values in litres, hours and litres per hour")
