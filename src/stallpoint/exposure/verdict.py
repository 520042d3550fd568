"""Is too little drug at the neuron the reason? Exposure-limited, not limited, or unknown; and whether the barrier can be the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stallpoint.core.drug import Drug, Evidence
from stallpoint.exposure.chain import Steps
from stallpoint.knowledge.uncertainty import load_uncertainty

Array = npt.NDArray[np.float64]
Answer = Literal["exposure-limited", "not limited", "unknown"]


@dataclass(frozen=True)
class Verdict:
    """An answer with the probability of the two that name something, and a sentence of why.

    `limited` and `not_limited` are shares of draws; None where the chain could not be followed. `human` is what people showed at the
    target, where anything was measured; it has the last word over a calculation that rests on assumptions.
    """

    answer: Answer
    why: str
    limited: float | None = None
    not_limited: float | None = None
    human: tuple[Evidence, ...] = ()


def judge_exposure(drug: Drug, steps: Steps) -> Verdict:
    """The verdict on the exposure of a typical person under the circumstances asked for."""
    human = tuple(each for each in drug.evidence if each.link == "engaged" and each.evidence in ("human", "measured here"))
    if steps.share is None:
        return _without_numbers(human)
    known = load_uncertainty()
    threshold, needed = known["verdict_share"], known["verdict_probability"]
    limited = float((steps.share < threshold).mean())
    answer: Answer = "exposure-limited" if limited >= needed else "not limited" if 1 - limited >= needed else "unknown"
    by_people = "the dose response in people" if steps.share_by_dose_response is not None else "unbound level against potency"
    basis = "the level in cord tissue against potency in rodents" if steps.tissue_ug_g else by_people
    why = f"by {basis}, less than {threshold:.0%} of the largest effect is reached in {limited:.0%} of draws"
    return Verdict(answer, why, limited, 1 - limited, human)


def judge_barrier(steps: Steps, healthy: Steps) -> Verdict:
    """Could the barrier, under these circumstances, explain that a drug does not work? Only if it takes away most of its effect.

    Args:
        steps: the chain under the circumstances.
        healthy: the same draws with healthy pumps.
    """
    if steps.tissue_ug_g:
        return Verdict("not limited", "it is given past the barrier")
    if steps.share is None or healthy.share is None:
        return Verdict("unknown", "the share of the effect that is reached cannot be computed")
    known = load_uncertainty()
    kept = steps.share / np.maximum(healthy.share, np.finfo(float).tiny)
    lost = float((kept < known["verdict_share"]).mean())
    needed = known["verdict_probability"]
    answer: Answer = "exposure-limited" if lost >= needed else "not limited" if 1 - lost >= needed else "unknown"
    middle, low, high = (float(np.quantile(kept, share)) for share in (0.5, 0.025, 0.975))
    why = f"these circumstances leave {middle:.0%} of the effect (95% of draws: {low:.0%} to {high:.0%})"
    return Verdict(answer, why, lost, 1 - lost)


def contradict(steps: Steps) -> str:
    """A sentence where potency in a dish and the dose response in people cannot both be right; empty where they can."""
    by_potency, by_dose = steps.share_by_potency, steps.share_by_dose_response
    if by_potency is None or by_dose is None:
        return ""
    dish = np.quantile(by_potency, [0.025, 0.975])
    people = np.quantile(by_dose, [0.025, 0.975])
    if dish[1] >= people[0] and people[1] >= dish[0]:
        return ""
    return (
        f"Potency in vitro gives {dish[0]:.2g} to {dish[1]:.2g} of the effect at the unbound level, the dose response in people "
        f"{people[0]:.2f} to {people[1]:.2f}: they cannot be reconciled. The verdict leans on people."
    )


def _without_numbers(human: tuple[Evidence, ...]) -> Verdict:
    """What people showed at the target, where nothing can be computed. Only what was seen in the central nervous system counts."""
    central = {each.direction for each in human if each.site == "CNS"}
    if central == {"supports"}:
        return Verdict(
            "not limited", "nothing can be computed, but the target was seen to answer in the CNS of people", human=human
        )
    seen = "in the CNS of people no answer of the target was seen" if central else "nothing was measured in the CNS of people"
    return Verdict("unknown", f"the share of the effect that is reached cannot be computed, and {seen}", human=human)
