"""How unbound drug in brain, cord and CSF stands to that in plasma at a steady level, with what is not known carried along.

Brain is where the chain puts it (Kp,uu under the same circumstances); what follows for the cord and for CSF is computed from volumes,
flows and passages that are measured or openly assumed. Where CSF was measured, that stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.drug import DosePattern, Drug
from stallpoint.core.source import EvidenceClass
from stallpoint.exposure.barrier import Efflux
from stallpoint.exposure.brain_fluids import FLUIDS, efflux_for_ratio, fluids_of, unbound_ratios, uncertain_fluids
from stallpoint.exposure.sensitivity import draw_inputs
from stallpoint.exposure.uncertain import spread_parameter
from stallpoint.knowledge.brain_fluids import load_brain_fluids

Array = npt.NDArray[np.float64]

BARRIER = ("unbound_brain_plasma_ratio", "efflux_index_pgp", "efflux_index_bcrp")
"""Any one of these says how strongly the barrier holds a drug back."""

SHOWN = {
    "brain": ("brain", "Kp,uu as in the chain"),
    "spinal cord": ("spinal cord", "taken to have the vessels of the brain; no level in human cord was measured"),
    "cranial CSF": ("cranial CSF", "what the brain drains and what passes from blood, carried off by bulk flow; passage assumed"),
    "spinal CSF": ("lumbar CSF", "CSF from the head mixed with what cord and meninges give; passage, mixing and flow assumed"),
}
"""What each fluid is called here, and what its ratio rests on."""


@dataclass(frozen=True)
class FluidRatio:
    """Unbound drug in one place over unbound drug in plasma: middle and 95% of draws, class of evidence, what it rests on."""

    place: str
    low: float
    middle: float
    high: float
    evidence: EvidenceClass
    ground: str


@dataclass(frozen=True)
class FluidRatios:
    """The ratios that can be given, and the numbers for want of which the others cannot."""

    rows: tuple[FluidRatio, ...]
    missing: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the works that the computed ones rest on."""
        computed = any(row.place == "brain" for row in self.rows)
        return tuple(dict.fromkeys(fact.source for fact in load_brain_fluids().values())) if computed else ()


def fluid_ratios(drug: Drug, pattern: DosePattern | None, unbound_ratio: Array, rng: np.random.Generator) -> FluidRatios | None:
    """The ratios of a small molecule that is given into the body; None for anything else, of which these fluids say nothing.

    Args:
        drug: what is known of it.
        pattern: how it is given.
        unbound_ratio: draws (n,) of Kp,uu at the brain, n a power of 2.
        rng: of volumes, flows and passages.
    """
    if drug.kind != "small molecule" or (pattern is not None and pattern.route == "intrathecal"):
        return None
    known = next((each for each in map(drug.parameter, BARRIER) if each is not None and each.value > 0), None)
    computed: tuple[FluidRatio, ...] = ()
    if known is not None and pattern is not None:
        measured = known.evidence if known.name == "unbound_brain_plasma_ratio" else "assumed"
        computed = _compute(unbound_ratio, measured, rng)
    return FluidRatios((*computed, *_measured_csf(drug, len(unbound_ratio), rng)), _missing(drug, known is not None))


def _compute(unbound_ratio: Array, evidence: EvidenceClass, rng: np.random.Generator) -> tuple[FluidRatio, ...]:
    values = draw_inputs(uncertain_fluids(), count=len(unbound_ratio), rng=rng)
    fluids = fluids_of(values)
    efflux = efflux_for_ratio(fluids, unbound_ratio)
    at_csf = Efflux(efflux.pgp * values["csf_efflux_share"])
    draws = unbound_ratios(fluids, efflux, csf_efflux=at_csf)
    classes: dict[str, EvidenceClass] = {"brain": evidence}
    return tuple(_row(SHOWN[name][0], draws[name], classes.get(name, "assumed"), SHOWN[name][1]) for name in FLUIDS)


def _measured_csf(drug: Drug, count: int, rng: np.random.Generator) -> tuple[FluidRatio, ...]:
    """CSF over unbound plasma where both were measured; nearly all drug in CSF is unbound."""
    csf, unbound = drug.parameter("csf_plasma_ratio"), drug.parameter("fraction_unbound_plasma")
    if csf is None or unbound is None:
        return ()
    draws = draw_inputs({each.name: spread_parameter(each) for each in (csf, unbound)}, count=count, rng=rng)
    ratio = draws["csf_plasma_ratio"] / draws["fraction_unbound_plasma"]
    return (_row("CSF, measured", ratio, csf.evidence, "total CSF over total plasma, by the fraction unbound in plasma"),)


def _row(place: str, draws: Array, evidence: EvidenceClass, ground: str) -> FluidRatio:
    low, middle, high = (float(each) for each in np.quantile(draws, [0.025, 0.5, 0.975]))
    return FluidRatio(place, low, middle, high, evidence, ground)


def _missing(drug: Drug, barrier_known: bool) -> tuple[str, ...]:
    """What would have to be measured for the rows that are not there."""
    lacking = [] if barrier_known else ["the unbound brain to plasma ratio (Kp,uu) or the efflux indices of P-gp and BCRP"]
    lacking += [] if drug.parameter("csf_plasma_ratio") else ["the CSF to plasma ratio"]
    lacking += [] if drug.parameter("fraction_unbound_plasma") else ["the fraction unbound in plasma"]
    return tuple(lacking)
