"""The parameter vector: fixed effects, the factor of Omega, spreads between occasions, spreads of the residual error.

Random effects are b = Lambda z with z ~ N(0, I). So a variance of zero is an ordinary point of the search, at which the likelihood is
level by symmetry, and nothing has to be inverted there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.nonlinear_mixed.data import NonlinearData
from stallpoint.models.nonlinear_mixed.specification import NonlinearModel

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int_]

START_SPREAD = 0.3
"""Standard deviation between people, on the log scale, from which the search starts: about 30%."""


class Parameters(NamedTuple):
    """A parameter vector in its parts: fixed effects (F,), factor Lambda (B, B), standard deviations of the residual (S,)."""

    effects: Array
    factor: Array
    scale: Array


@dataclass(frozen=True)
class Layout:
    """Where each part of the vector lies. B random effects per person: q between people, then r for each of O occasions.

    incidence (O, A, B): which random effects act on which active log parameter in each occasion. entries (2, K): places in Lambda's
    block of people that are free. scale_unit (S,) carries the unit of the measurements in a combined error.
    """

    effects: int
    people: int
    occasions: int
    by_occasion: int
    incidence: Array
    entries: Indices
    scale_unit: Array

    @property
    def random(self) -> int:
        """Random effects per person, B."""
        return int(self.incidence.shape[-1])

    @property
    def factor(self) -> slice:
        """Free entries of the factor between people."""
        return slice(self.effects, self.effects + self.entries.shape[1])

    @property
    def occasion_sd(self) -> slice:
        """Standard deviations between occasions."""
        return slice(self.factor.stop, self.factor.stop + self.by_occasion)

    @property
    def scale(self) -> slice:
        """Residual error: the logarithm of one standard deviation, or two as multiples of their unit."""
        return slice(self.occasion_sd.stop, self.occasion_sd.stop + len(self.scale_unit))

    @property
    def size(self) -> int:
        """Length of the vector."""
        return int(self.scale.stop)

    def unpack(self, vector: Array) -> Parameters:
        """The vector in its parts."""
        factor = np.zeros((self.random, self.random))
        factor[tuple(self.entries)] = vector[self.factor]
        own = np.arange(self.people, self.random)
        factor[own, own] = np.tile(vector[self.occasion_sd], self.occasions)
        return Parameters(vector[: self.effects], factor, self.to_scale(vector[self.scale]))

    def to_scale(self, raw: Array) -> Array:
        """Standard deviations of the residual. Two may vanish one by one, so they are not logarithms; signs do not matter."""
        return self.scale_unit * (np.exp(raw) if len(raw) == 1 else raw)

    def scale_slope(self, raw: Array) -> Array:
        """Derivative of each standard deviation by its own entry."""
        return self.scale_unit * (np.exp(raw) if len(raw) == 1 else 1.0)

    def factor_gradient(self, by_factor: Array) -> Array:
        """From derivatives by Lambda (n, B, B) to those by its free entries (n, K + r)."""
        between = by_factor[:, self.entries[0], self.entries[1]]
        own = np.arange(self.people, self.random)
        within = by_factor[:, own, own].reshape(len(by_factor), self.occasions, self.by_occasion).sum(axis=1)
        return np.concatenate([between, within], axis=1)


def build_layout(model: NonlinearModel, data: NonlinearData, scale_unit: Array) -> Layout:
    """Lay out the parameters of a model for coded data."""
    q, r, occasions = len(model.random), len(model.by_occasion), data.occasions
    incidence = np.zeros((occasions, len(model.active), q + r * occasions))
    for column, name in enumerate(model.random):
        incidence[:, model.active.index(name), column] = 1.0
    for occasion in range(occasions):
        for column, name in enumerate(model.by_occasion):
            incidence[occasion, model.active.index(name), q + occasion * r + column] = 1.0
    entries = np.array(np.tril_indices(q)) if model.correlated else np.array([np.arange(q)] * 2)
    return Layout(data.effects.shape[-1], q, occasions, r, incidence, entries, scale_unit)


def start_vector(model: NonlinearModel, layout: Layout) -> Array:
    """Typical values as given, covariates without effect, a moderate spread between people, residual error of one unit."""
    vector = np.zeros(layout.size)
    vector[: len(model.free)] = np.log([model.start[name] for name in model.free])
    vector[layout.factor] = START_SPREAD * (layout.entries[0] == layout.entries[1])
    vector[layout.occasion_sd] = 0.5 * START_SPREAD
    vector[layout.scale] = 0.0 if len(layout.scale_unit) == 1 else 1.0
    return vector
