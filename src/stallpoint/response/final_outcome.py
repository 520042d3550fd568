"""Everyone's outcome at the horizon on one order: deaths lowest, the earlier the worse; then survivors by their change of function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.core.wording import counted
from stallpoint.models.survival import fit_kaplan_meier
from stallpoint.response.benefit_bounds import Ordered
from stallpoint.response.follow_up import VISIT_WINDOW_MONTHS, FollowUp

Array = npt.NDArray[np.float64]

EARLIEST_VISIT_MONTHS = 1.5
"""The last visit counts as that at the horizon if it lies no longer than this before it."""

BELOW_ANY_CHANGE = 1000.0
"""What is taken from the time of a death, so that it ranks below any change of a score."""


@dataclass(frozen=True)
class FinalOutcomes:
    """people: patient, treated, time_months, died, change (null where not seen at the horizon). lost: how many are not known."""

    people: pl.DataFrame
    lost: int

    @property
    def check(self) -> Check:
        """How many are not known, and what is made of them."""
        text = f"{counted(self.lost, 'person')} alive, not seen at the horizon; bounds take them to be like others of their arm."
        return Check("outcomes at the horizon", "warning" if self.lost else "passed", text, self.lost)


def final_outcomes(followed: FollowUp, horizon: float) -> FinalOutcomes:
    """Change of function from the first visit to that at the horizon, death, or neither known."""
    visits = followed.visits.sort("patient", "time_months")
    first = visits.group_by("patient").agg(pl.col("alsfrs_r").first().alias("first"))
    window = pl.col("time_months").is_between(horizon - EARLIEST_VISIT_MONTHS, horizon + VISIT_WINDOW_MONTHS)
    last = visits.filter(window).group_by("patient").agg(pl.col("alsfrs_r").last().alias("last"))
    people = (
        followed.people.join(first, on="patient", how="left", maintain_order="left")
        .join(last, on="patient", how="left", maintain_order="left")
        .with_columns(change=pl.when(pl.col("died") == 0).then(pl.col("last") - pl.col("first")))
        .drop("first", "last")
    )
    return FinalOutcomes(people, people.filter((pl.col("died") == 0) & pl.col("change").is_null()).height)


def order_outcomes(people: pl.DataFrame) -> Ordered:
    """The outcomes of one arm; people lost before the horizon count through those who were followed longer.

    Deaths carry the steps of the Kaplan-Meier curve, survivors who were seen share what is left of it.

    Raises:
        FitError: people are alive, but none was seen at the horizon.
    """
    died = people["died"].to_numpy() == 1
    steps = fit_kaplan_meier(people["time_months"].to_numpy(), people["died"].to_numpy()).steps
    falls = steps.select("time", fall=pl.col("survival").shift(1, fill_value=1.0) - pl.col("survival"), events="events")
    times = people["time_months"].to_numpy()[died]
    each = dict(falls.filter(pl.col("events") > 0).select("time", pl.col("fall") / pl.col("events")).iter_rows())
    change = people.filter(pl.col("change").is_not_null())["change"].to_numpy()
    alive = float(steps["survival"][-1])
    if alive > 0 and not change.size:
        raise FitError("nobody was seen at the horizon", where="outcomes at the horizon", do="choose a horizon within follow-up")
    weight = np.concatenate([[each[time] for time in times], np.full(change.size, alive / max(change.size, 1))])
    return Ordered(np.concatenate([times - BELOW_ANY_CHANGE, change]), weight / weight.sum())
