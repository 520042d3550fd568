"""The true, latent course of function, without treatment and with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stallpoint.simulate.people import Floats
from stallpoint.simulate.planted import PlantedEffect


@dataclass(frozen=True)
class Course:
    """Latent ALSFRS-R, unbounded: intercept + slope t + acceleration t^2 / 2 (+ gain, where treated). Arrays are (n,).

    `reached` is the share of the effect that arrives; it acts from the effect's start until `stop_months`. What was
    gained by then is kept.
    """

    intercept: Floats
    slope: Floats
    acceleration: float
    effect: PlantedEffect
    reached: Floats
    stop_months: Floats

    def untreated(self, time_months: Floats) -> Floats:
        """True score without treatment at times (n, k) or (1, k); shape (n, k)."""
        return self.intercept[:, None] + self._change(time_months)

    def gain(self, time_months: Floats) -> Floats:
        """Points that treatment adds by each time; shape (n, k)."""
        from_time = np.minimum(self.effect.start_months, self.stop_months)[:, None]
        to_time = np.clip(time_months, from_time, self.stop_months[:, None])
        constant = self.effect.points_per_month * (to_time - from_time)
        spared = self.effect.slowing * (self._change(from_time) - self._change(to_time))
        return self.reached[:, None] * (constant + spared)

    def log_hazard_ratio(self, time_months: Floats) -> Floats:
        """Direct effect of treatment on the log hazard of death at each time; shape (n, k)."""
        acts = (time_months >= self.effect.start_months) & (time_months <= self.stop_months[:, None])
        return self.effect.log_hazard_ratio * self.reached[:, None] * acts

    def _change(self, time_months: Floats) -> Floats:
        return self.slope[:, None] * time_months + 0.5 * self.acceleration * time_months**2
