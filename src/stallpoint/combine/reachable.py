"""Can the synergy of a plate be reached in a human spinal cord?

The fitted surface is read where the drugs stand in a person: their unbound levels at the neuron, drawn from what is known of each drug's
way there (`exposure/chain.py`), with what each does to the other's exposure (`exposure_interaction.py`). Every refit of the surface
meets every draw of the levels. The concentration in a well is taken as unbound, which serum in the medium makes too high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stallpoint.combine.exposure_interaction import judge_exposure_interaction
from stallpoint.combine.hill import log_dose
from stallpoint.combine.musyc import musyc_levels
from stallpoint.combine.pair import PairFit
from stallpoint.combine.references import bliss, fitted_arms, loewe
from stallpoint.core.drug import Drug
from stallpoint.core.errors import DrugError, StallpointError
from stallpoint.core.quantity import read_quantity
from stallpoint.exposure.chain import Steps, follow_chain, uncertain_inputs
from stallpoint.exposure.person import Person
from stallpoint.exposure.sensitivity import draw_inputs
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.exposure_scenarios import load_scenario

Array = npt.NDArray[np.float64]
Answer = Literal["reachable", "out of reach", "cannot tell", "no synergy to reach"]

LEAST_EXCESS = 0.05
"""Less than a twentieth of the untreated level is not called synergy: it is lost in the noise of most plates. A choice."""

LEVELS_DRAWN = 256
PROBABLE = 0.8
RESIDUAL_SHARE = 0.05


class ReachError(DrugError):
    """Why a surface cannot be set against people: an unknown drug, a unit that is no concentration, or levels that cannot be computed."""


@dataclass(frozen=True)
class SiteLevel:
    """Unbound level of one drug at the neuron, umol/L: 95% of draws, and what passes on the way (middle of draws)."""

    drug: str
    low: float
    middle: float
    high: float
    unbound_in_plasma: float
    through_barrier: float
    draws: Array


@dataclass(frozen=True)
class Reach:
    """Whether a synergistic region of a surface is reached by human doses.

    `exists` is the share of refits in which some well's doses are synergistic over Bliss and Loewe alike; `reached` the share of refits
    and levels in which the levels at the neuron are. `limiting` names what holds it back. `silent` says why nothing can be said.
    """

    answer: Answer
    exists: float
    reached: float
    limiting: str
    levels: tuple[SiteLevel, ...]
    silent: str = ""


def judge_reach(fit: PairFit, *, rng: np.random.Generator) -> Reach:
    """The surface of a pair against the levels at the neuron that usual human doses of both drugs give.

    Args:
        fit: the surface with its refits.
        rng: of all draws.
    """
    refits = fit.musyc_refits
    exists = (_synergy(refits, fit.wells.select("dose_1", "dose_2").to_numpy()) > LEAST_EXCESS).any(axis=1)
    share = float(exists.mean())
    try:
        drugs = [load_drug(name) for name in fit.matrix.drugs]
        levels = _paired_levels(drugs, rng)
        doses = np.column_stack([in_unit(level.draws, unit) for level, unit in zip(levels, fit.matrix.units, strict=True)])
    except StallpointError as fault:
        return Reach("cannot tell", share, float("nan"), "", (), silent=fault.what)
    excess = _synergy(refits, doses)
    reached = float((excess > LEAST_EXCESS).mean())
    limiting = _limiting(fit, levels, doses)
    return Reach(_answer(share, reached), share, reached, limiting, tuple(levels))


def site_level(drug: Drug, *, rng: np.random.Generator) -> SiteLevel:
    """Draws of a drug's unbound level at the neuron on its usual dose, averaged over the interval.

    Raises:
        ReachError: dose or kinetics are not known.
    """
    if not drug.patterns:
        raise ReachError(f"how {drug.name} is given to people is not known")
    pattern, scenario = drug.patterns[0], load_scenario("healthy")
    values = draw_inputs(uncertain_inputs(drug, pattern, scenario), count=LEVELS_DRAWN, rng=rng)
    steps = follow_chain(drug, pattern, Person(), scenario, values, count=LEVELS_DRAWN)
    if steps.site_unbound_umol_l is None:
        raise ReachError(f"the level of {drug.name} at the neuron cannot be computed from what is known of its kinetics")
    return _level(drug.name, steps, steps.site_unbound_umol_l)


def _level(name: str, steps: Steps, draws: Array) -> SiteLevel:
    low, middle, high = (float(each) for each in np.quantile(draws, [0.025, 0.5, 0.975]))
    unbound = steps.plasma_unbound_umol_l
    in_plasma = float("nan") if unbound is None else float(np.median(unbound))
    return SiteLevel(name, low, middle, high, in_plasma, float(np.median(steps.unbound_ratio)), draws)


def _paired_levels(drugs: list[Drug], rng: np.random.Generator) -> list[SiteLevel]:
    """Levels of both, each changed by what the other does to it."""
    found = []
    for drug, partner in zip(drugs, reversed(drugs), strict=True):
        alone = site_level(drug, rng=rng)
        change = judge_exposure_interaction(drug, partner.name, rng=rng)
        draws = rng.permutation(alone.draws) * change.draws[: len(alone.draws)]
        low, middle, high = (float(each) for each in np.quantile(draws, [0.025, 0.5, 0.975]))
        found.append(SiteLevel(drug.name, low, middle, high, alone.unbound_in_plasma, alone.through_barrier, draws))
    return found


def in_unit(umol_l: Array, unit: str) -> Array:
    """Levels in the unit of a matrix's doses."""
    if not unit:
        raise ReachError("the file does not say in which unit doses are")
    size = read_quantity(f"1 {unit}", "umol/L", where="unit of doses")
    return umol_l / size


def _synergy(refits: Array, doses: Array) -> Array:
    """The lesser of the excesses over Bliss and Loewe (m, n), by fitted surfaces, over the untreated level."""
    arms = np.concatenate([refits[:, :3], refits[:, 4:8]], axis=1)
    left = musyc_levels(refits, log_dose(doses.T))[0]
    first, second = fitted_arms(arms, doses)
    level = arms[:, :1]
    additive = np.nan_to_num(loewe(arms, doses), nan=-np.inf)
    return np.asarray((np.minimum(bliss(first, second, level), additive) - left) / level)


def _limiting(fit: PairFit, levels: list[SiteLevel], doses: Array) -> str:
    """The drug whose level lies farthest below the doses of the strongest synergy in the plate, and where most of it is lost."""
    wells = fit.wells.select("dose_1", "dose_2").to_numpy()
    best = wells[int(_synergy(fit.musyc[None], wells)[0].argmax())]
    short = np.median(doses, axis=0) / best
    drug = int(short.argmin())
    if short[drug] >= 1:
        return "neither: usual doses reach the levels of the strongest synergy"
    level = levels[drug]
    lost = (
        "" if not level.through_barrier < 1 else f"; {level.through_barrier:.1%} of its unbound drug in plasma passes the barrier"
    )
    return f"{level.drug}: its level at the neuron is {short[drug]:.2g} of the dose of the strongest synergy{lost}"


def _answer(exists: float, reached: float) -> Answer:
    if exists < 1 - PROBABLE:
        return "no synergy to reach"
    if reached >= PROBABLE:
        return "reachable"
    if reached <= RESIDUAL_SHARE:
        return "out of reach"
    return "cannot tell"
