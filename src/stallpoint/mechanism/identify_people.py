"""What published margins tell of the numbers that virtual people are drawn from: profiles of a likelihood of the margins.

Each margin counts as normal about what was published, with its bounds as 95%, as if margins were independent, which they are not quite:
profiles are rather too narrow than too wide. Simulated margins come from a quadratic surface fitted to many worlds, whose own error
counts too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import qmc

from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.published import compare_with_published
from stallpoint.numerics.profile import DROP, interval, profile

Floats = npt.NDArray[np.float64]

NORMAL_WIDTH = 3.92
HELD_OUT = 0.2
MOVED = 1e-6
POINTS = 11


@dataclass(frozen=True)
class MarginSurface:
    """A quadratic surface for each margin over the places of the parameters in their ranges, 0 to 1.

    Attributes:
        parameters, margins: names.
        coefficients: shape (terms, m).
        published, spread: of each margin, shape (m,); the spread includes the surface's own error.
        told: share of the variance of each margin among worlds that were left out, shape (m,).
    """

    parameters: tuple[str, ...]
    margins: tuple[str, ...]
    coefficients: Floats
    published: Floats
    spread: Floats
    told: Floats

    def log_likelihood(self, places: Floats) -> Floats:
        """Of points (g, d), shape (g,)."""
        found = _terms(places) @ self.coefficients
        return np.asarray(-0.5 * (((found - self.published) / self.spread) ** 2).sum(axis=1))


def fit_margins(known: Mapping[str, MechanismParameter], *, rng: np.random.Generator, worlds: int, people: int) -> MarginSurface:
    """Margins of many worlds, and a surface through them.

    Args:
        known: parameters of the model; those that move a margin are taken.
        rng: source of randomness.
        worlds: how many; more than twice the terms of the surface.
        people: in each.

    Raises:
        StallpointError: too few worlds.
    """
    seed = int(rng.integers(2**32))
    parameters = _that_move(known, seed)
    places = qmc.Sobol(len(parameters), seed=rng).random(worlds)
    terms = _terms(places)
    if worlds * (1 - HELD_OUT) < 1.5 * terms.shape[1]:
        raise StallpointError(
            f"{worlds} worlds are too few for {terms.shape[1]} terms", do="ask for twice as many worlds as terms"
        )
    tables = [_margins(_world(known, parameters, place), people, np.random.default_rng([seed, 1])) for place in places]
    found = np.stack([table["simulated"].to_numpy() for table in tables])
    table, kept = tables[0], int(worlds * (1 - HELD_OUT))
    coefficients = np.linalg.lstsq(terms[:kept], found[:kept], rcond=None)[0]
    error = (found[kept:] - terms[kept:] @ coefficients).std(axis=0)
    bounds = (table["high"] - table["low"]).to_numpy() / NORMAL_WIDTH
    return MarginSurface(
        parameters=parameters,
        margins=tuple(table["key"]),
        coefficients=coefficients,
        published=table["published"].to_numpy(),
        spread=np.sqrt(bounds**2 + error**2),
        told=1 - (error / found[kept:].std(axis=0)) ** 2,
    )


def identify_people(surface: MarginSurface, known: Mapping[str, MechanismParameter], *, points: int = POINTS) -> pl.DataFrame:
    """Columns parameter, least, most (its range), low, high (of the profile's 95% interval; empty where it is open) and flat."""
    grid = np.linspace(0, 1, points)
    bounds = np.tile([0.0, 1.0], (len(surface.parameters), 1))
    rows = []
    for index, name in enumerate(surface.parameters):
        values = profile(surface.log_likelihood, index, grid, np.full(len(surface.parameters), 0.5), bounds)
        ends = (None if place is None else _value(known[name], place) for place in interval(grid, values))
        low, high = ends
        rows.append(
            {
                "parameter": name.replace("_", " "),
                "least": known[name].low,
                "most": known[name].high,
                "low": low,
                "high": high,
                "flat": bool(np.ptp(values) < DROP),
            }
        )
    return pl.DataFrame(rows, schema_overrides={"low": pl.Float64, "high": pl.Float64})


def _that_move(known: Mapping[str, MechanismParameter], seed: int) -> tuple[str, ...]:
    """Parameters that move some margin from the low to the high end of their range, the same people drawn."""
    asked = [key for key, each in known.items() if each.low < each.high and not key.startswith("published_")]
    moved = []
    for key in asked:
        ends = [
            _margins(_world(known, (key,), np.array([place])), 60, np.random.default_rng(seed))["simulated"].to_numpy()
            for place in (0.0, 1.0)
        ]
        if np.nanmax(np.abs(ends[1] / ends[0] - 1)) > MOVED:
            moved.append(key)
    return tuple(moved)


def _margins(world: Mapping[str, MechanismParameter], people: int, rng: np.random.Generator) -> pl.DataFrame:
    return compare_with_published(people, rng=rng, world=world)


def _world(known: Mapping[str, MechanismParameter], keys: tuple[str, ...], places: Floats) -> dict[str, MechanismParameter]:
    moved = {key: replace(known[key], value=_value(known[key], float(place))) for key, place in zip(keys, places, strict=True)}
    return {**known, **moved}


def _value(parameter: MechanismParameter, place: float) -> float:
    """By its place in the range, even on the logarithm where there is one."""
    if parameter.low <= 0:
        return parameter.low + (parameter.high - parameter.low) * place
    return float(np.exp(np.log(parameter.low) + np.log(parameter.high / parameter.low) * place))


def _terms(places: Floats) -> Floats:
    """One, each place, and each product of two, of places about their middle, shape (n, terms)."""
    at = places - 0.5
    rows, columns = np.triu_indices(at.shape[1])
    return np.concatenate([np.ones((len(at), 1)), at, at[:, rows] * at[:, columns]], axis=1)
