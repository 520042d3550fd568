"""Strata of randomisation as columns of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.wording import counted
from stallpoint.response.follow_up import FollowUp

MOST_LEVELS = 10
"""A stratum of more levels was none of the randomisation's cells."""


def code_strata(followed: FollowUp, strata: tuple[str, ...]) -> FollowUp:
    """Add `stratum_*` columns: an indicator for each level but the most frequent, or the centred number itself.

    People whose stratum is not known are left out, with a check; levels with a single person join the most frequent one.
    """
    if not strata:
        return followed
    known = followed.people.drop_nulls(list(strata))
    lost = followed.people.height - known.height
    for name in strata:
        known = known.with_columns(_columns(known[name], f"stratum_{name}"))
    visits = followed.visits.filter(pl.col("patient").is_in(known["patient"].implode()))
    text = f"{counted(lost, 'person')} left out, the stratum not being recorded."
    check = Check("strata recorded", "warning" if lost else "passed", text, lost)
    return replace(followed, people=known, visits=visits, checks=(*followed.checks, check))


def allocation_cells(people: pl.DataFrame, strata: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """The cell of the randomisation that each person was allocated in (n,), from 0; an unknown stratum is a level of its own.

    Strata of many values, such as an age, cannot have been cells.
    """
    few = [name for name in strata if people[name].n_unique() <= MOST_LEVELS]
    if not few:
        return np.zeros(people.height, dtype=np.int64)
    return people.select(pl.struct(few).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()


def _columns(values: pl.Series, prefix: str) -> list[pl.Series]:
    if values.dtype.is_numeric():
        centred = values.cast(pl.Float64)
        return [(centred - centred.mean()).alias(prefix)]
    counts = values.cast(pl.String).value_counts(sort=True)
    levels = counts.filter(pl.col("count") > 1)[values.name].to_list()[1:]
    return [(values.cast(pl.String) == level).cast(pl.Float64).alias(f"{prefix}_{i}") for i, level in enumerate(levels, 1)]
