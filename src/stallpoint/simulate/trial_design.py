"""How a simulated trial is run: who is allocated, when people are seen, what is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.core.errors import StallpointError


@dataclass(frozen=True)
class TrialDesign:
    """A two-arm parallel trial.

    `visit_months` is the schedule; the first visit is time zero and is never missed. Visits fall around their month with
    SD `visit_jitter_months`. `marker_months` are the months of blood samples. With `record_items` the twelve ALSFRS-R
    items are recorded, which always sum to the total. Without `bounded_scores` totals are neither rounded nor cut at 0 and 48: what
    a Gaussian model takes scores for, and so the way to tell an estimator's own error from that of the scale.

    Raises:
        StallpointError: items of unbounded scores, an allocation outside 0 to 1, a horizon not above 0, or a schedule that does
            not start at 0, does not rise, or passes the horizon.
    """

    n: int
    allocation: float = 0.5
    horizon_months: float = 12.0
    visit_months: tuple[float, ...] = (0, 1, 2, 4, 6, 8, 10, 12)
    visit_jitter_months: float = 0.15
    missed_visit_probability: float = 0.05
    marker_months: tuple[float, ...] = (0, 6, 12)
    treatment: str = "active"
    control: str = "placebo"
    record_items: bool = False
    bounded_scores: bool = True

    def __post_init__(self) -> None:
        _require(0 < self.allocation < 1, f"allocation is {self.allocation}", "give a probability between 0 and 1")
        _require(self.horizon_months > 0, f"horizon_months is {self.horizon_months}", "give a horizon above 0")
        _require(self.bounded_scores or not self.record_items, "unbounded scores have no items", "record items of bounded scores")
        rises = all(early < late for early, late in zip(self.visit_months, self.visit_months[1:], strict=False))
        fits = bool(self.visit_months) and self.visit_months[0] == 0 and self.visit_months[-1] <= self.horizon_months
        _require(rises and fits, f"visit_months is {self.visit_months}", "start at 0, rise, and end by the horizon")


def _require(holds: bool, what: str, do: str) -> None:
    if not holds:
        raise StallpointError(what, where="trial design", do=do)
