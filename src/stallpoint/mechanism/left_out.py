"""Whom criteria of entry leave out, counted in virtual people: the share, and what those left out are beside those taken in.

Virtual people are as long ill as people who come to a trial, so shares of them are assumed and say nothing of everybody who has ALS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import numpy.typing as npt

from stallpoint.mechanism.neurons import REGIONS
from stallpoint.mechanism.people import People
from stallpoint.mechanism.virtual_people import Entry, World, draw_everybody, may_enter

PEOPLE = 4000
"""Drawn to count; the share then has a Monte Carlo error below one point."""

NOT_IN_THE_MODEL = ("sex", "whether somebody was tested")
AS_ILL = "Virtual people are as long ill as people who come to a trial, so the share of everybody with ALS is larger."
BROAD = "sporadic"
_BULBAR = REGIONS.index("bulbar")
_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Beside:
    """One thing among those left out and those taken in: a mean, or a share from 0 to 1. None where there is nobody."""

    measure: str
    left_out: float | None
    taken_in: float | None


@dataclass(frozen=True)
class LeftOut:
    """Share of virtual people whom the criteria leave out, its Monte Carlo error, and who they are."""

    share: float
    std_error: float
    people: int
    beside: tuple[Beside, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The share, then who they are, then of whom nothing can be said."""
        first = (
            f"{self.share:.0%} of {self.people:,} virtual people are left out by the criteria of entry (Monte Carlo error "
            f"{100 * self.std_error:.1f} points); assumed."
        )
        unknown = f"Not in the model, so not known: {' and '.join(NOT_IN_THE_MODEL)}."
        return first, *(_say(each) for each in self.beside), unknown, AS_ILL


def count_left_out(entry: Entry, *, world: World, rng: np.random.Generator) -> LeftOut:
    """Count whom criteria leave out among people drawn without any.

    Args:
        entry: the criteria.
        world: parameters of the model.
        rng: source of randomness.
    """
    people = draw_everybody(PEOPLE, rng=rng, world=world, entry=replace(entry, genotype=None))
    taken = may_enter(people, entry) & ((people.genotype == entry.genotype) | (entry.genotype is None))
    share = float(1 - taken.mean())
    return LeftOut(share, sqrt(max(share * (1 - share), 1 / people.n) / people.n), people.n, _set_beside(people, taken))


def _set_beside(people: People, taken: npt.NDArray[np.bool_]) -> tuple[Beside, ...]:
    age = people.onset_years + people.onset_months / _MONTHS_A_YEAR
    carried = sorted(set(people.genotype.tolist()) - {BROAD})
    columns = {"mean age in years": age, "bulbar onset": people.onset_region == _BULBAR}
    columns |= {f"carriers of {gene}": people.genotype == gene for gene in carried}
    return tuple(Beside(name, _mean(values[~taken]), _mean(values[taken])) for name, values in columns.items())


def _mean(values: npt.NDArray[np.generic]) -> float | None:
    return float(values.mean()) if len(values) else None


def _say(each: Beside) -> str:
    out, kept = (_write(each.measure, value) for value in (each.left_out, each.taken_in))
    return f"{each.measure[0].upper()}{each.measure[1:]}: {out} among those left out, {kept} among those taken in."


def _write(measure: str, value: float | None) -> str:
    if value is None:
        return "nobody"
    return f"{value:.1f}" if measure.startswith("mean") else f"{value:.1%}"
