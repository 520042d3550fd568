"""Neurofilament light as it is measured: a stable level of one's own, with measurement noise.

Levels stay level over follow-up (Lu 2015, Neurology 84:2247-2257); treatment does not move them here.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from stallpoint.simulate.follow_up import FollowUp
from stallpoint.simulate.natural_history import NaturalHistory
from stallpoint.simulate.people import Floats, People
from stallpoint.simulate.trial_design import TrialDesign

MARKER = "NfL"


def simulate_nfl(people: People, history: NaturalHistory, design: TrialDesign, rng: np.random.Generator) -> Floats:
    """Values at each of the design's marker months, pg/mL, shape (n, months), whether or not anyone is there to be sampled."""
    noise = rng.standard_normal((people.n, len(design.marker_months)))
    return np.exp(people.nfl_log[:, None] + history.nfl_measurement_log_sd * noise)


def markers_frame(people: People, nfl: Floats, follow_up: FollowUp, design: TrialDesign) -> pl.DataFrame:
    """The markers table: samples of people who are still in the trial."""
    months = np.array(design.marker_months, dtype=np.float64)
    taken = months <= follow_up.end_months[:, None]
    person, sample = np.nonzero(taken)
    return pl.DataFrame(
        {"patient": people.patients["patient"].gather(person), "time_months": months[sample], "value": nfl[taken]}
    ).select(
        "patient",
        "time_months",
        pl.lit(MARKER).alias("marker"),
        "value",
        pl.lit("pg/mL").alias("unit"),
        pl.lit("serum").alias("matrix"),
        pl.lit(False).alias("below_limit"),
    )
