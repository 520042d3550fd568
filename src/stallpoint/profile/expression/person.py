"""One sample against controls: ranks, which hold whatever the distribution.

The p of a pathway is the rank of its distance from the middle of the controls among the controls' own, each left out in turn, so it is
exact for any distribution and never below 1/(n + 1). It is multiplied by the number of pathways asked. With too few controls no p can
reach the level, and the answer is "cannot tell".
"""

from __future__ import annotations

import numpy as np

from stallpoint.core.profile import PathwayState, StateAnswer
from stallpoint.knowledge.variants import load_profile_limits
from stallpoint.profile.expression.activity import Activities


def place_sample(activities: Activities, sample: str, controls: tuple[str, ...], *, tissue: str) -> tuple[PathwayState, ...]:
    """The state of each pathway in one sample.

    Args:
        activities: of the sample and the controls, scored together.
        sample: its name.
        controls: names of samples of people without the disease, from the same tissue and laboratory.
        tissue: what was sampled; empty where it was not said.
    """
    rows = {name: index for index, name in enumerate(activities.samples)}
    own = activities.values[rows[sample]]
    others = activities.values[[rows[name] for name in controls if name != sample]]
    states = [
        _state(activities, k, float(own[k]), others[:, k], tissue) for k in range(len(activities.pathways))
    ]  # fmt: skip
    absent = [
        PathwayState(label, label, tissue, None, None, None, None, "cannot tell", 0, why, "modelling_choice")
        for label, why in activities.missing
    ]
    return (*states, *absent)


def rank_p(value: float, controls: np.ndarray) -> float:
    """Share of the controls and the value itself that lie as far from the median of the rest as the value does.

    Args:
        value: of the sample.
        controls: (n,), n of at least 1.
    """
    everyone = np.append(controls, value)
    distances = np.array([abs(each - np.median(np.delete(everyone, at))) for at, each in enumerate(everyone)])
    return float((distances >= distances[-1] - 1e-12).mean())


def _state(activities: Activities, k: int, value: float, controls: np.ndarray, tissue: str) -> PathwayState:
    pathway, limits = activities.pathways[k], load_profile_limits()
    asked, n = len(activities.pathways), len(controls)
    few = n < limits["control_samples"]
    low, high = (None, None) if few else tuple(float(each) for each in np.quantile(controls, [0.025, 0.975]))
    p = None if few else min(1.0, asked * rank_p(value, controls))
    answer: StateAnswer = "cannot tell"
    reason = f"{n} controls are too few"
    if p is not None and p <= limits["alpha"]:
        answer, reason = ("higher" if value > float(np.median(controls)) else "lower"), ""
    elif not few:
        least = asked / (n + 1)
        answer = "cannot tell" if least > limits["alpha"] else "not altered"
        reason = f"with {n} controls and {asked} pathways no p below {least:.2f} is possible" if least > limits["alpha"] else ""
    return PathwayState(
        pathway.id, pathway.label, tissue, value, low, high, p, answer, activities.genes[k], reason, "badiaimompel2022"
    )
