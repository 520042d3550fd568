"""The same virtual people twice, with the treatment and without: the difference that no trial can see in anybody."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.follow import WEEK_DAYS, Courses
from stallpoint.mechanism.mechanism import BundledMechanism, Mechanism
from stallpoint.mechanism.treatment import Treatment, suppose
from stallpoint.mechanism.virtual_people import Entry

Floats = npt.NDArray[np.float64]

MEASURES = ("ALSFRS-R, points gained", "serum NfL, ratio", "neurons, share of the loss spared")


def compare_with_untreated(
    treatment: Treatment,
    *,
    known: Mapping[str, MechanismParameter],
    weeks: int,
    rng: np.random.Generator,
    delay_weeks: int = 0,
    stop_weeks: float = np.inf,
    draws: int = 200,
    people: int = 50,
    entry: Entry | None = None,
    mechanism: Mechanism | None = None,
) -> pl.DataFrame:
    """Mean difference over people by time, with 95% of what might be true of the drug.

    Args:
        treatment: the drug.
        known: parameters of the model.
        weeks: how long people are followed.
        rng: source of randomness.
        delay_weeks, stop_weeks: when the first and no further dose is given.
        draws: of what might be true of the drug.
        people: virtual people in each draw.
        entry: criteria.
        mechanism: in the place of the bundled one, where given.

    Returns:
        Columns measure, time_months, low, middle, high. Function is latent points; neurofilament the ratio of geometric means.
    """
    mechanism = mechanism or BundledMechanism(known)
    found = []
    for stream in rng.spawn(draws):
        drawn = mechanism.draw(people, rng=stream, entry=entry)
        start, stop = delay_weeks * WEEK_DAYS, stop_weeks * WEEK_DAYS
        supposed = suppose(treatment, known, stream)
        action = mechanism.act(drawn, treatment, supposed, stream, start_days=start, stop_days=stop)
        with_it, without = mechanism.follow(drawn, (action,), weeks=weeks), mechanism.follow(drawn, (), weeks=weeks)
        found.append(_differences(with_it, without))
    low, middle, high = np.quantile(np.stack(found), [0.025, 0.5, 0.975], axis=0)
    frames = [
        pl.DataFrame({"measure": name, "time_months": with_it.time_months, "low": low[i], "middle": middle[i], "high": high[i]})
        for i, name in enumerate(MEASURES)
    ]
    return pl.concat(frames)


def _differences(with_it: Courses, without: Courses) -> Floats:
    """Each measure by time, shape (3, t)."""
    points = (with_it.alsfrs_r - without.alsfrs_r).mean(axis=0)
    nfl = np.exp(np.log(with_it.nfl_serum / without.nfl_serum).mean(axis=0))
    return np.stack([points, nfl, _spared(with_it, without)])


def _spared(with_it: Courses, without: Courses) -> Floats:
    """Share of the loss of neurons so far that treatment spared, over all people; 0 at the start."""
    left = [courses.neurons.sum(axis=(0, 1)) for courses in (with_it, without)]
    lost = left[1][0] - left[1]
    return np.asarray(np.divide(left[0] - left[1], lost, out=np.zeros_like(lost), where=lost > 0))
