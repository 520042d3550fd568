"""From the dose that was meant to the share of the effect that is reached, step by step, with what is not known carried along.

Steps: doses taken, average total level in plasma, unbound level in plasma, unbound level at the neuron, share of the largest effect.
Each step is computed from the drug's own parameters; where one is missing, a wide range stands in and says so, or the chain ends there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from stallpoint.core.drug import DosePattern, Drug
from stallpoint.core.parameter import PARAMETER_KINDS, Parameter
from stallpoint.exposure.barrier import HEALTHY, Efflux, PumpState, relative_ratio
from stallpoint.exposure.engagement import micromolar, reached_share
from stallpoint.exposure.person import Person, matching_ratios
from stallpoint.exposure.uncertain import Uncertain, spread_parameter, unknown_between
from stallpoint.knowledge.exposure_scenarios import ExposureScenario
from stallpoint.knowledge.uncertainty import load_uncertainty

Array = npt.NDArray[np.float64]
Values = Mapping[str, Array]

PLASMA_ROUTES: tuple[tuple[str, ...], ...] = (
    ("apparent_clearance",),
    ("clearance", "bioavailability"),
    ("half_life", "apparent_volume"),
    ("half_life", "central_volume", "bioavailability"),
    ("average_concentration",),
)
"""Sets of parameters from which an average level follows, the best first. Without a vein's needle bioavailability is needed."""

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Steps:
    """Draws (n,) of each step; None where the chain cannot be followed. Concentrations are averages over the dosing interval.

    `tissue_ug_g` are levels by region, of a drug that is given into CSF.
    """

    taken: Array
    plasma_mg_l: Array | None
    plasma_unbound_umol_l: Array | None
    unbound_ratio: Array
    site_unbound_umol_l: Array | None
    share_by_potency: Array | None
    share_by_dose_response: Array | None
    tissue_ug_g: Mapping[str, Array] = field(default_factory=dict)

    @property
    def share(self) -> Array | None:
        """Share of the largest effect: by the dose response in people where there is one, else by potency."""
        return self.share_by_dose_response if self.share_by_dose_response is not None else self.share_by_potency


def average_dose_mg_h(pattern: DosePattern) -> float:
    """The dose rate over the last cycle of a pattern."""
    on, off = pattern.cycles[-1] if pattern.cycles else (1.0, 0.0)
    return pattern.dose_mg / pattern.interval_h * on / (on + off)


def plasma_parameters(drug: Drug, pattern: DosePattern) -> tuple[Parameter, ...]:
    """The parameters from which the average level in plasma is computed; empty where none of the ways is open."""
    if pattern.route == "intrathecal":
        return ()
    for names in PLASMA_ROUTES:
        needed = [name for name in names if not (name == "bioavailability" and pattern.route == "intravenous")]
        found = [drug.parameter(name) for name in needed]
        if all(each is not None for each in found):
            return tuple(each for each in found if each is not None)
    return ()


def uncertain_inputs(drug: Drug, pattern: DosePattern, scenario: ExposureScenario) -> dict[str, Uncertain]:
    """Everything the chain of this drug rests on, by name."""
    inputs = {each.name: spread_parameter(each) for each in plasma_parameters(drug, pattern)}
    if inputs:
        inputs["fraction_unbound_plasma"] = _or_unknown(drug, "fraction_unbound_plasma", "unbound_plasma")
    inputs |= _barrier_inputs(drug, scenario)
    for name in ("potency", "hill", "dose_of_half_effect"):
        parameter = drug.parameter(name)
        if parameter is not None:
            inputs[name] = spread_parameter(parameter)
    return inputs


def follow_chain(
    drug: Drug, pattern: DosePattern, person: Person, scenario: ExposureScenario, values: Values, *, count: int
) -> Steps:
    """The steps for draws of the inputs.

    Args:
        drug: what is known of the drug.
        pattern: how it is given.
        person: whose covariates apply.
        scenario: under which circumstances.
        values: draws (count,) by name, for all of `uncertain_inputs`.
        count: number of draws.
    """
    taken = np.full(count, scenario.taken)
    plasma = _plasma(drug, pattern, person, scenario, values)
    mass = drug.molar_mass_g_mol
    unbound = None
    if plasma is not None and mass is not None:
        unbound = np.asarray(micromolar(plasma * values["fraction_unbound_plasma"], mass))
    ratio, relative = _barrier(scenario, values, count)
    site = None if unbound is None else unbound * ratio
    return Steps(
        taken=taken,
        plasma_mg_l=plasma,
        plasma_unbound_umol_l=unbound,
        unbound_ratio=ratio,
        site_unbound_umol_l=site,
        share_by_potency=_share_by_potency(site, values),
        share_by_dose_response=_share_by_dose(drug, pattern, person, scenario, values, relative),
    )


def clearance_ratio(drug: Drug, person: Person, scenario: ExposureScenario) -> float:
    """What clearance over the share absorbed is multiplied with: the person's covariates and the circumstances."""

    def product(*names: str) -> float:
        return math.prod(ratio.ratio for name in names for ratio in matching_ratios(drug, person, name))

    return scenario.clearance_ratio * product("apparent_clearance", "clearance") / product("bioavailability")


def _plasma(drug: Drug, pattern: DosePattern, person: Person, scenario: ExposureScenario, values: Values) -> Array | None:
    """Average total level, mg/L."""
    names = {each.name for each in plasma_parameters(drug, pattern)}
    if not names:
        return None
    rate = average_dose_mg_h(pattern) * scenario.taken / clearance_ratio(drug, person, scenario)
    if names == {"average_concentration"}:
        level: Array = values["average_concentration"] * scenario.taken / clearance_ratio(drug, person, scenario)
        return level
    absorbed = values["bioavailability"] if "bioavailability" in names else np.ones(1)
    return np.asarray(rate * absorbed / _clearance(names, values))


def _clearance(names: set[str], values: Values) -> Array:
    for name in ("apparent_clearance", "clearance"):
        if name in names:
            return values[name]
    volume = values["apparent_volume"] if "apparent_volume" in names else values["central_volume"]
    return np.asarray(math.log(2) / values["half_life"] * volume)


def _barrier_inputs(drug: Drug, scenario: ExposureScenario) -> dict[str, Uncertain]:
    known = load_uncertainty()
    inputs = {}
    for name in ("unbound_brain_plasma_ratio", "efflux_index_pgp", "efflux_index_bcrp"):
        parameter = drug.parameter(name)
        if parameter is not None and parameter.value > 0:
            inputs[name] = spread_parameter(parameter)
    if not inputs:
        inputs["unbound_brain_plasma_ratio"] = _from_csf(drug) or _or_unknown(drug, "unbound_brain_plasma_ratio", "unbound_ratio")
    if "efflux_index_pgp" not in inputs and "efflux_index_bcrp" not in inputs:
        ground = "nothing is known of which pump holds the drug back: any share of the loss may be P-gp's"
        inputs["pgp_share"] = unknown_between(
            "pgp_share", 0.01, 1.0, label="share of the loss that is P-gp's", unit="share", ground=ground
        )
    if scenario.pgp_low != scenario.pgp_high:
        inputs["pgp_activity"] = Uncertain(
            "pgp_activity",
            "P-gp activity in ALS over healthy",
            scenario.pgp_median,
            scenario.pgp_low,
            scenario.pgp_high,
            "ratio",
            scenario.evidence,
            scenario.tag,
            scenario.source,
            scenario.note,
        )
    if "unbound_brain_plasma_ratio" not in inputs:
        ground = (
            "efflux indices are relative to passive permeability with bulk flow: how much of entry bulk flow undoes is not known"
        )
        inputs["passive_share"] = unknown_between(
            "passive_share",
            known["passive_share_low"],
            1.0,
            label="entry that bulk flow does not undo",
            unit="share",
            ground=ground,
        )
    return inputs


def _barrier(scenario: ExposureScenario, values: Values, count: int) -> tuple[Array, Array]:
    """Kp,uu under the scenario, and the level at the neuron relative to that with healthy pumps."""
    healthy, efflux = split_loss(values, count)
    uncertain = scenario.pgp_low != scenario.pgp_high
    state = PumpState(
        pgp_activity=values["pgp_activity"] if uncertain else np.full(count, scenario.pgp_median),
        bcrp_activity=scenario.bcrp_median,
        pgp_inhibited=scenario.pgp_inhibited,
        bcrp_inhibited=scenario.bcrp_inhibited,
        leak=scenario.leak,
    )
    relative = np.asarray(relative_ratio(efflux, state, reference=HEALTHY))
    return np.minimum(healthy * relative, 1.0), relative


def split_loss(values: Values, count: int) -> tuple[Array, Efflux]:
    """Kp,uu with healthy pumps, and how much of the loss each pump makes."""
    zero = np.zeros(count)
    if "efflux_index_pgp" in values or "efflux_index_bcrp" in values:
        efflux = Efflux(pgp=values.get("efflux_index_pgp", zero), bcrp=values.get("efflux_index_bcrp", zero))
        if "unbound_brain_plasma_ratio" in values:
            return values["unbound_brain_plasma_ratio"], efflux
        return np.asarray(values["passive_share"] / (1 + efflux.pgp + efflux.bcrp)), efflux
    healthy = values["unbound_brain_plasma_ratio"]
    loss = np.maximum(1 / healthy - 1, 0.0)
    return healthy, Efflux(pgp=loss * values["pgp_share"], bcrp=loss * (1 - values["pgp_share"]))


def _share_by_potency(site: Array | None, values: Values) -> Array | None:
    if site is None or "potency" not in values:
        return None
    return np.asarray(reached_share(site, values["potency"], hill=values.get("hill", np.ones(1))))


def _share_by_dose(
    drug: Drug, pattern: DosePattern, person: Person, scenario: ExposureScenario, values: Values, relative: Array
) -> Array | None:
    """The share by the dose response in people, of the dose that would give a typical person in a trial the same level at the neuron."""
    if "dose_of_half_effect" not in values:
        return None
    daily = average_dose_mg_h(pattern) * HOURS_PER_DAY
    amount = daily * scenario.taken / clearance_ratio(drug, person, scenario) * relative
    return np.asarray(reached_share(amount, values["dose_of_half_effect"]))


def _from_csf(drug: Drug) -> Uncertain | None:
    """Kp,uu from the drug in CSF, where little is bound; wide, for CSF is neither brain nor cord. None where a ratio is unknown."""
    csf, unbound = drug.parameter("csf_plasma_ratio"), drug.parameter("fraction_unbound_plasma")
    if csf is None or unbound is None:
        return None
    fold = load_uncertainty()["fold_csf_for_cord"]
    middle = min(csf.value / unbound.value, 1.0)
    ground = f"from CSF over unbound plasma; CSF is not cord, so {fold:g}-fold either way is assumed"
    label = PARAMETER_KINDS["unbound_brain_plasma_ratio"].label
    name = "unbound_brain_plasma_ratio"
    return Uncertain(
        name, label, middle, middle / fold, middle * fold, "ratio", csf.evidence, "derived", csf.source, ground, most=1.0
    )


def _or_unknown(drug: Drug, name: str, key: str) -> Uncertain:
    """A parameter, or a wide range in its place."""
    parameter = drug.parameter(name)
    if parameter is not None:
        return spread_parameter(parameter)
    known = load_uncertainty()
    low, high = known[f"{key}_low"], known[f"{key}_high"]
    ground = f"not known: anything from {low:g} to {high:g}"
    label = {"unbound_plasma": "share of plasma drug that is unbound", "unbound_ratio": "unbound brain to unbound plasma, Kp,uu"}[
        key
    ]
    return unknown_between(name, low, high, label=label, unit="ratio", ground=ground)
