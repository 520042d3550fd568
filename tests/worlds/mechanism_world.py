"""An invented treatment, the same in everybody."""

from __future__ import annotations

import numpy as np

from stallpoint.mechanism.action import Action, Schedule


def make_action(
    n: int,
    *,
    share: float = 0.6,
    largest: float = 0.7,
    pathways: tuple[int, ...] = (0, 3),
    harm: float = 0.0,
    half_life_days: float = 0.5,
    schedule: Schedule | None = None,
    start_days: float = 0.0,
    stop_days: float = np.inf,
) -> Action:
    return Action(
        name="invented",
        pathways=pathways,
        share=np.full(n, share),
        largest=np.full((n, len(pathways)), largest),
        harm=np.full(n, harm),
        half_life_days=np.full(n, half_life_days),
        entry_per_day=np.full(n, 24.0),
        schedule=schedule or Schedule(),
        start_days=np.full(n, start_days),
        stop_days=np.full(n, stop_days),
    )
