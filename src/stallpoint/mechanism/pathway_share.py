"""What share of the loss of neurons runs through the pathways that a drug acts on, and how much is bypassed, in these people beside all.

Everything here is prior: driver weights and bypass are assumed. The range of people says how much they are taken to differ; that of a
difference says how little is known of what a molecular state means, which is drawn once for all people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.molecular_states import ask_states, give_states
from stallpoint.mechanism.people import BYPASS_GRID, People
from stallpoint.mechanism.virtual_people import Entry, draw_people

Floats = npt.NDArray[np.float64]

THROUGH = "share of the loss that runs through what the drug acts on"
BYPASSED = "share of a suppressed pathway that the others make up for"
EVERYBODY, THESE, DIFFERENCE = "everybody", "these people", "these people less everybody"

SCHEMA = {"quantity": pl.String, "whom": pl.String, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}
PEOPLE = 2000


def share_through(
    pathways: tuple[int, ...],
    *,
    known: Mapping[str, MechanismParameter],
    entry: Entry,
    rng: np.random.Generator,
    draws: int = 200,
) -> pl.DataFrame:
    """Both quantities in everybody, and in the people that a genotype or molecular states single out, where any do.

    Args:
        pathways: indices of those that the drug acts on; the table is empty where there are none.
        known: parameters of the model.
        entry: criteria of the trial.
        rng: source of randomness.
        draws: of what molecular states mean.

    Returns:
        Columns quantity, whom, mean, low, high: 95% of virtual people; of a difference of means, 95% of what states may mean, empty where
        no state was asked for.
    """
    if not pathways:
        return pl.DataFrame(schema=SCHEMA)
    streams, plain = rng.spawn(3), replace(entry, states={})
    people = draw_people(PEOPLE, rng=streams[0], world=known, entry=replace(plain, genotype=None))
    everybody = _read(people, pathways)
    if entry.genotype is None and not entry.states:
        return pl.DataFrame(_rows(EVERYBODY, everybody), schema=SCHEMA, orient="row")
    if entry.genotype is not None:
        people = draw_people(PEOPLE, rng=streams[1], world=known, entry=plain)
    questions = ask_states(entry.states)
    drawn = [give_states(people, questions, stream) for stream in streams[2].spawn(draws)] if questions else [people]
    these = np.stack([_read(each, pathways) for each in drawn])
    apart = these.mean(axis=2) - everybody.mean(axis=1)
    rows = _rows(EVERYBODY, everybody) + _rows(THESE, np.concatenate(these, axis=1))
    for quantity, differences in zip((THROUGH, BYPASSED), apart.T, strict=True):
        ends = np.quantile(differences, [0.025, 0.975]).tolist() if questions else [None, None]
        rows.append((quantity, DIFFERENCE, float(differences.mean()), *ends))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _read(people: People, pathways: tuple[int, ...]) -> Floats:
    """Share through the pathways and share bypassed of each person, shape (2, n)."""
    return np.stack([people.weights[:, list(pathways)].sum(axis=1), BYPASS_GRID[people.group]])


def _rows(whom: str, values: Floats) -> list[tuple[str, str, float, float | None, float | None]]:
    """Mean and 95% of people of each quantity; values (2, n)."""
    ends = np.quantile(values, [0.025, 0.975], axis=1)
    return [
        (quantity, whom, float(mean), float(low), float(high))
        for quantity, mean, low, high in zip((THROUGH, BYPASSED), values.mean(axis=1), *ends, strict=True)
    ]
