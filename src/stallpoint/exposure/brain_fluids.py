"""Unbound drug in brain, spinal cord and CSF, each its own compartment: exact, with every milligram accounted for.

The four fluids stand behind the states of the plasma model. Drug passes each tissue's vessels by permeability, pumps send it back, tissue
fluid drains into CSF, CSF moves down the cord and is absorbed into blood. So lumbar CSF is a mixture: what came with CSF from the head,
what the cord gave, what the meninges let through. It is not the cord.

Structure: fewer compartments than Yamamoto et al. (2017) Eur J Pharm Sci 112:168, doi:10.1016/j.ejps.2017.11.011 (recalled), so that
each flow can be given a number or openly assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError
from stallpoint.exposure.barrier import Efflux, efflux_burden
from stallpoint.exposure.plasma import PlasmaModel, plasma_rates
from stallpoint.exposure.uncertain import Uncertain
from stallpoint.knowledge.brain_fluids import load_brain_fluids
from stallpoint.knowledge.natural_history import Fact
from stallpoint.numerics.linear_system import LinearSystem, linear_system

Array = npt.NDArray[np.float64]
Number = float | Array

FLUIDS = ("brain", "spinal cord", "cranial CSF", "spinal CSF")
MINUTES_PER_HOUR = 60.0
ML_PER_L = 1000.0


@dataclass(frozen=True)
class Fluids:
    """Volumes (L) and flows (L/h) of one adult, or (n,) of several, and a drug's permeability-surface products (L/h).

    Volumes of brain and cord are those that hold unbound drug. `drainage` is fluid that leaves a tissue for CSF, `csf_formed` all CSF
    formed in the head (the brain's drainage is part of it), `csf_down` the part that moves to the spine and is absorbed there, `mixing`
    the flow back and forth beyond that.
    """

    brain_l: Number
    cord_l: Number
    cranial_csf_l: Number
    spinal_csf_l: Number
    brain_drainage_l_h: Number
    cord_drainage_l_h: Number
    csf_formed_l_h: Number
    csf_down_l_h: Number
    mixing_l_h: Number
    brain_passage_l_h: Number
    cord_passage_l_h: Number
    cranial_csf_passage_l_h: Number
    spinal_csf_passage_l_h: Number

    def __post_init__(self) -> None:
        for field in fields(self):
            if not np.all(np.asarray(getattr(self, field.name)) > 0):
                raise DrugError(f"{field.name} is {getattr(self, field.name)}", do="give volumes, flows and passages above 0")
        if np.any(np.asarray(self.csf_down_l_h) > np.asarray(self.csf_formed_l_h)):
            raise DrugError("more CSF moves down the cord than is formed", do="let csf_down_l_h be a part of csf_formed_l_h")


def uncertain_fluids() -> dict[str, Uncertain]:
    """What is known and assumed of volumes, flows and a small molecule's passage, as distributions by name.

    None goes beyond the upper end of its range: more spinal CSF than CSF, or more flow than is formed, cannot be.
    """
    return {fact.key: _spread(fact) for fact in load_brain_fluids().values()}


def _spread(fact: Fact) -> Uncertain:
    low, high = (fact.value if end is None else end for end in (fact.low, fact.high))
    return Uncertain(
        name=fact.key,
        label=fact.note,
        median=fact.value,
        low=low,
        high=high,
        unit=fact.unit,
        evidence=fact.evidence,
        tag=fact.tag,
        source=fact.source,
        ground=fact.note,
        most=high,
    )


def fluids_of(values: dict[str, Array]) -> Fluids:
    """The fluids of draws (n,) of `uncertain_fluids`. The cord's fluid, drainage and vessels are in proportion to its mass."""
    to_l_h = MINUTES_PER_HOUR / ML_PER_L
    cord_part = values["cord_mass"] / values["brain_mass"]
    passage = values["permeability"] * values["brain_mass"] * to_l_h
    csf_passage = passage * values["csf_permeability_share"]
    spinal_part = values["spinal_csf_volume"] / values["csf_volume"]
    formed = values["csf_formed"] * to_l_h
    return Fluids(
        brain_l=values["brain_fluid"] / ML_PER_L,
        cord_l=values["brain_fluid"] * cord_part / ML_PER_L,
        cranial_csf_l=values["csf_volume"] * (1 - spinal_part) / ML_PER_L,
        spinal_csf_l=values["csf_volume"] * spinal_part / ML_PER_L,
        brain_drainage_l_h=values["brain_drainage"] * to_l_h,
        cord_drainage_l_h=values["brain_drainage"] * cord_part * to_l_h,
        csf_formed_l_h=formed,
        csf_down_l_h=formed * values["spinal_absorption"],
        mixing_l_h=values["csf_mixing"] * to_l_h,
        brain_passage_l_h=passage,
        cord_passage_l_h=passage * cord_part,
        cranial_csf_passage_l_h=csf_passage * (1 - spinal_part),
        spinal_csf_passage_l_h=csf_passage * spinal_part,
    )


def fluid_system(plasma: PlasmaModel, fluids: Fluids, efflux: Efflux, *, csf_efflux: Efflux | None = None) -> LinearSystem:
    """The plasma model with the four fluids behind its states; amounts in mg, rates per hour.

    Args:
        plasma: kinetics of n people, with the fraction unbound.
        fluids: volumes, flows and passages.
        efflux: the pumps at the vessels of brain and cord.
        csf_efflux: the pumps at the surfaces of CSF, where they differ or face the other way; those of the vessels where None.

    Raises:
        DrugError: the fraction unbound in plasma is not known.
    """
    if plasma.fraction_unbound is None:
        raise DrugError(
            "levels in brain need the fraction unbound in plasma", do="give fraction_unbound_plasma, or a range of it"
        )
    inner = plasma_rates(plasma)
    first, blood = inner.shape[1], plasma.central
    brain, cord, cranial, spinal = range(first, first + len(FLUIDS))
    rates = np.zeros((inner.shape[0], first + len(FLUIDS), first + len(FLUIDS)))
    rates[:, :first, :first] = inner
    unbound_l = plasma.central_l / plasma.fraction_unbound
    at_vessels, at_csf = (1 + np.asarray(efflux_burden(each)) for each in (efflux, csf_efflux or efflux))

    def move(source: int, target: int, flow: Number, volume: Number) -> None:
        rates[:, target, source] += flow / volume
        rates[:, source, source] -= flow / volume

    move(blood, brain, fluids.brain_passage_l_h, unbound_l)
    move(brain, blood, fluids.brain_passage_l_h * at_vessels, fluids.brain_l)
    move(brain, cranial, fluids.brain_drainage_l_h, fluids.brain_l)
    move(blood, cord, fluids.cord_passage_l_h, unbound_l)
    move(cord, blood, fluids.cord_passage_l_h * at_vessels, fluids.cord_l)
    move(cord, spinal, fluids.cord_drainage_l_h, fluids.cord_l)
    move(blood, cranial, fluids.cranial_csf_passage_l_h, unbound_l)
    move(cranial, blood, fluids.cranial_csf_passage_l_h * at_csf, fluids.cranial_csf_l)
    move(blood, spinal, fluids.spinal_csf_passage_l_h, unbound_l)
    move(spinal, blood, fluids.spinal_csf_passage_l_h * at_csf, fluids.spinal_csf_l)
    move(cranial, spinal, fluids.csf_down_l_h + fluids.mixing_l_h, fluids.cranial_csf_l)
    move(spinal, cranial, fluids.mixing_l_h, fluids.spinal_csf_l)
    move(cranial, blood, fluids.csf_formed_l_h - fluids.csf_down_l_h, fluids.cranial_csf_l)
    move(spinal, blood, fluids.csf_down_l_h + fluids.cord_drainage_l_h, fluids.spinal_csf_l)
    return linear_system(rates)


def unbound_ratios(fluids: Fluids, efflux: Efflux, *, csf_efflux: Efflux | None = None) -> dict[str, Array]:
    """Unbound level in each fluid over unbound plasma, at a steady level in plasma, by the fluid's name.

    Solved in closed form: each tissue by itself, then the two CSF compartments, which exchange.
    """
    at_vessels, at_csf = (1 + np.asarray(efflux_burden(each)) for each in (efflux, csf_efflux or efflux))
    brain = fluids.brain_passage_l_h / (fluids.brain_passage_l_h * at_vessels + fluids.brain_drainage_l_h)
    cord = fluids.cord_passage_l_h / (fluids.cord_passage_l_h * at_vessels + fluids.cord_drainage_l_h)
    down, mixing = fluids.csf_down_l_h, fluids.mixing_l_h
    gain_cranial = fluids.cranial_csf_passage_l_h + fluids.brain_drainage_l_h * brain
    gain_spinal = fluids.spinal_csf_passage_l_h + fluids.cord_drainage_l_h * cord
    loss_cranial = fluids.cranial_csf_passage_l_h * at_csf + fluids.csf_formed_l_h + mixing
    loss_spinal = fluids.spinal_csf_passage_l_h * at_csf + down + fluids.cord_drainage_l_h + mixing
    determinant = loss_cranial * loss_spinal - mixing * (down + mixing)
    cranial = (gain_cranial * loss_spinal + mixing * gain_spinal) / determinant
    spinal = (gain_spinal * loss_cranial + (down + mixing) * gain_cranial) / determinant
    return {name: np.asarray(value) for name, value in zip(FLUIDS, (brain, cord, cranial, spinal), strict=True)}


def efflux_for_ratio(fluids: Fluids, ratio: Number) -> Efflux:
    """The efflux at the vessels with which brain stands at a given Kp,uu: 1/Kp,uu - 1 - drainage/passage, not below 0.

    Where drainage alone holds the brain lower than `ratio`, there is no such efflux, and none is returned.
    """
    return Efflux(np.maximum(1 / np.asarray(ratio) - 1 - fluids.brain_drainage_l_h / fluids.brain_passage_l_h, 0.0))
