"""What one drug does to the exposure of another: plasma and the neuron, apart from anything both do to the disease.

Effects on exposure are multiplied into the level of the victim first; whatever the drugs do together at the target is judged at those
levels (`reachable.py`), so nothing counts twice. Pumps are inhibited at the barrier only: that inhibitors also act in gut, liver and
kidney is not computed, and said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stallpoint.combine.clearance import clearance_induced, clearance_left, total_after_displacement
from stallpoint.combine.dynamic import DynamicInteraction, Inducer, Inhibitor, Victim, follow_interaction
from stallpoint.core.drug import Drug
from stallpoint.exposure.barrier import PumpState, relative_ratio
from stallpoint.exposure.chain import follow_chain, split_loss, uncertain_inputs
from stallpoint.exposure.course import typical_person
from stallpoint.exposure.engagement import scaled_share
from stallpoint.exposure.person import Person
from stallpoint.exposure.sensitivity import draw_inputs
from stallpoint.knowledge.exposure_scenarios import load_scenario
from stallpoint.knowledge.interaction_pathways import PathwayRole, load_pathway_roles
from stallpoint.knowledge.uncertainty import load_uncertainty

Array = npt.NDArray[np.float64]
Answer = Literal["raises", "may raise", "lowers", "may lower", "no matter", "cannot tell", "none known"]

DRAWS = 4096
NO_MATTER = (0.8, 1.25)
"""Between these ratios a change of exposure is taken as none: the bounds of bioequivalence."""

PUMPS = ("P-gp", "BCRP")
ENZYMES = ("CYP1A2", "CYP2D6")
DYNAMIC_DAYS = 14


@dataclass(frozen=True)
class FactorRange:
    """A factor on a level: low end, middle and high end of 95% of draws."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class ExposureInteraction:
    """What `partner` does to the levels of `victim`.

    `plasma`, `site` are factors on its average level in plasma and unbound at the neuron; `total` that on its total level when its binding
    is displaced; `share` is what that changes in the share of its largest effect that is reached, in percentage points as fractions, None
    where that share is not known. `dynamic` follows clearance in time, None where the victim's kinetics are not known. `ceiling_animal` is
    the ratio of brain levels in animals without P-gp over those with it, None where not known.
    """

    victim: str
    partner: str
    answer: Answer
    why: str
    roles: tuple[tuple[PathwayRole, PathwayRole], ...]
    plasma: FactorRange
    site: FactorRange
    total: FactorRange
    share: FactorRange | None
    dynamic: DynamicInteraction | None
    ceiling_animal: float | None
    draws: Array


def judge_exposure_interaction(victim: Drug, partner: str, *, rng: np.random.Generator) -> ExposureInteraction:
    """What a partner does to the exposure of a drug, in a typical person with healthy pumps.

    Args:
        victim: the drug whose levels are changed.
        partner: a drug or habit with roles in `interaction_pathways.tsv`; one without any changes nothing that is known.
        rng: of all draws.
    """
    pairs = _shared_roles(victim, partner)
    clearance, displaced = np.ones(DRAWS), np.ones(DRAWS)
    inhibited = {pump: np.zeros(DRAWS) for pump in PUMPS}
    for own, other in pairs:
        strength = _draw(other, rng)
        if own.pathway in PUMPS:
            inhibited[own.pathway] = strength
        elif other.role == "displaces":
            displaced = displaced * strength
        else:
            change = clearance_left if other.role == "inhibits" else clearance_induced
            clearance = clearance * change(_draw(own, rng), strength)
    plasma = 1 / clearance
    barrier, share = _at_the_barrier(victim, inhibited, rng)
    site = plasma * barrier
    answer, why = _answer(pairs, site)
    return ExposureInteraction(
        victim=victim.name,
        partner=partner,
        answer=answer,
        why=why,
        roles=tuple(pairs),
        plasma=_range(plasma),
        site=_range(site),
        total=_range(np.asarray(plasma * total_after_displacement(displaced))),
        share=None if share is None else _range(np.asarray(scaled_share(share, site) - share)),
        dynamic=_follow(victim, pairs),
        ceiling_animal=_animal_ceiling(victim),
        draws=site,
    )


def _shared_roles(victim: Drug, partner: str) -> list[tuple[PathwayRole, PathwayRole]]:
    """Pairs of what the victim is to a pathway and what the partner does to it. A known efflux index makes a drug a pump's substrate."""
    roles = load_pathway_roles()
    own = {role.pathway: role for role in roles if role.drug == victim.name and role.role == "substrate"}
    for pump, name in (("P-gp", "efflux_index_pgp"), ("BCRP", "efflux_index_bcrp")):
        index = victim.parameter(name)
        if index is not None and index.value > 0:
            low, high = index.low or index.value, index.high or index.value
            own[pump] = PathwayRole(
                victim.name,
                pump,
                "substrate",
                low,
                index.value,
                high,
                "efflux index",
                index.evidence,
                index.tag,
                index.source,
                index.note,
            )
    acts = [role for role in roles if role.drug == partner and role.role != "substrate"]
    return [(own[role.pathway], role) for role in acts if role.pathway in own]


def _draw(role: PathwayRole, rng: np.random.Generator) -> Array:
    """Draws with the middle as median, even on either side of it out to the ends."""
    return np.asarray(np.interp(rng.random(DRAWS), [0.0, 0.5, 1.0], [role.low, role.middle, role.high]))


def _at_the_barrier(victim: Drug, inhibited: dict[str, Array], rng: np.random.Generator) -> tuple[Array, Array | None]:
    """Factor on the level at the neuron by inhibited pumps, and draws of the share of the effect reached without them."""
    if not victim.patterns or victim.patterns[0].route == "intrathecal":
        return np.ones(DRAWS), None
    scenario = load_scenario("healthy")
    pattern = victim.patterns[0]
    values = draw_inputs(uncertain_inputs(victim, pattern, scenario), count=DRAWS, rng=rng)
    steps = follow_chain(victim, pattern, Person(), scenario, values, count=DRAWS)
    healthy, efflux = split_loss(values, DRAWS)
    state = PumpState(pgp_inhibited=inhibited["P-gp"], bcrp_inhibited=inhibited["BCRP"])
    return np.asarray(np.minimum(relative_ratio(efflux, state), 1 / healthy)), steps.share


def _follow(victim: Drug, pairs: list[tuple[PathwayRole, PathwayRole]]) -> DynamicInteraction | None:
    """The middle of the enzyme interaction in time; None without one, or where the victim's kinetics or days of doses are not known."""
    enzyme = next(
        ((own, other) for own, other in pairs if own.pathway in ENZYMES and other.role in ("inhibits", "induces")), None
    )
    pattern = victim.patterns[0] if victim.patterns else None
    if enzyme is None or pattern is None or not math.isclose(24 / pattern.interval_h, round(24 / pattern.interval_h)):
        return None
    model = typical_person(victim, pattern, Person(), load_scenario("healthy"))
    absorption = victim.parameter("absorption_rate")
    if model is None or absorption is None:
        return None
    own, other = enzyme
    rate = float(model.clearance_l_h[0] / model.central_l[0])
    drug = Victim(rate, absorption.value, pattern.interval_h, own.middle)
    known = load_uncertainty()
    if other.role == "induces":
        return follow_interaction(drug, days=DYNAMIC_DAYS, inducer=Inducer(other.middle, known["cyp1a2_half_life_h"]))
    over_ki = other.middle / (1 - other.middle)
    inhibitor = Inhibitor(over_ki, known["inhibitor_half_life_h"], known["inhibitor_interval_h"])
    return follow_interaction(drug, days=DYNAMIC_DAYS, inhibitor=inhibitor)


def _animal_ceiling(victim: Drug) -> float | None:
    without, with_pump = victim.parameter("brain_plasma_ratio_without_pgp"), victim.parameter("brain_plasma_ratio")
    return None if without is None or with_pump is None else without.value / with_pump.value


def _answer(pairs: list[tuple[PathwayRole, PathwayRole]], site: Array) -> tuple[Answer, str]:
    if not pairs:
        return (
            "none known",
            "no enzyme, pump or binding site is known that both share, which is not to know that there is none",
        )
    found = _range(site)
    shared = ", ".join(f"{own.pathway} ({other.role})" for own, other in pairs)
    said = (
        f"through {shared} its unbound level at the neuron becomes {found.middle:.2f} times ({found.low:.2f} to {found.high:.2f})"
    )
    if found.low > NO_MATTER[1]:
        return "raises", said
    if found.high < NO_MATTER[0]:
        return "lowers", said
    if NO_MATTER[0] <= found.low and found.high <= NO_MATTER[1]:
        return "no matter", said
    if found.low >= NO_MATTER[0]:
        return "may raise", f"{said}: from a change of no matter to one that matters"
    if found.high <= NO_MATTER[1]:
        return "may lower", f"{said}: from a change of no matter to one that matters"
    return "cannot tell", said


def _range(draws: Array) -> FactorRange:
    low, middle, high = (float(each) for each in np.quantile(draws, [0.025, 0.5, 0.975]))
    return FactorRange(low, middle, high)
