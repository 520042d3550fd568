"""What a verdict hangs on: each input at its ends (tornado), and the share of variance it makes (Sobol)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.exposure.uncertain import Uncertain

Array = npt.NDArray[np.float64]
Inputs = Mapping[str, Uncertain]
Model = Callable[[Mapping[str, Array], int], Array]
"""From draws by name, and their number, to a result (number,)."""

LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True)
class Swing:
    """The result when one input is at the low and at the high end of its 95% range and all others at their medians.

    `first_order` and `total` are Sobol indices: the share of the variance of the result that the input makes alone, and with others.
    """

    name: str
    label: str
    at_low: float
    at_high: float
    first_order: float
    total: float

    @property
    def width(self) -> float:
        """How far the result moves."""
        return abs(self.at_high - self.at_low)


def draw_inputs(inputs: Inputs, *, count: int, rng: np.random.Generator) -> dict[str, Array]:
    """Independent draws (count,) of each input, by a scrambled Sobol sequence where count is a power of 2.

    Source: Owen (1998) J Complexity 14:466, doi:10.1006/jcom.1998.0487.
    """
    from scipy.stats import qmc

    if not inputs:
        return {}
    unit = qmc.Sobol(len(inputs), seed=rng).random(count)
    inside = np.clip(unit, 1e-12, 1 - 1e-12)
    return {name: uncertain.quantile(inside[:, column]) for column, (name, uncertain) in enumerate(inputs.items())}


def swing_inputs(inputs: Inputs, model: Model, *, count: int, rng: np.random.Generator) -> tuple[Swing, ...]:
    """One swing per input that moves the result, the widest first.

    Args:
        inputs: what the model rests on.
        model: the result for draws of the inputs.
        count: draws for the Sobol indices, a power of 2.
        rng: of these draws.

    Source: Saltelli et al. (2010) Comput Phys Commun 181:259, doi:10.1016/j.cpc.2009.09.018, through scipy.
    """
    if not inputs:
        return ()
    first, total = _sobol(inputs, model, count=count, rng=rng)
    names = list(inputs)
    middle = {name: inputs[name].quantile(np.array([0.5])) for name in names}

    def at(name: str, share: float) -> float:
        return float(model({**middle, name: inputs[name].quantile(np.array([share]))}, 1)[0])

    swings = [
        Swing(name, inputs[name].label, at(name, LOW), at(name, HIGH), float(first[index]), float(total[index]))
        for index, name in enumerate(names)
    ]
    return tuple(sorted((swing for swing in swings if swing.width > 0), key=lambda swing: -swing.width))


def _sobol(inputs: Inputs, model: Model, *, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    from scipy.stats import sobol_indices, uniform

    names = list(inputs)

    def result(unit: Array) -> Array:
        inside = np.clip(unit, 1e-12, 1 - 1e-12)
        return model({name: inputs[name].quantile(inside[row]) for row, name in enumerate(names)}, inside.shape[1])[None, :]

    if len(names) == 1:
        return np.ones(1), np.ones(1)
    dists: list[Any] = [uniform()] * len(names)
    found = sobol_indices(func=result, n=count, dists=dists, rng=rng)
    return np.ravel(found.first_order), np.ravel(found.total_order)
