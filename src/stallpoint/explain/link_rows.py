"""A chain link by link, as rows: what the river is drawn from, and what machines read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stallpoint.core.link import LINK_QUESTIONS, Chain
from stallpoint.explain.shares import LossShare
from stallpoint.explain.stall import Stall

Row = dict[str, object]


def list_links(chain: Chain, loss: Sequence[LossShare], stall: Stall | None) -> list[Row]:
    """One row per link: shares that pass and arrive, evidence, ground, bottleneck probability (None without a stall), part of the loss."""
    arriving = np.quantile(chain.arriving, [0.025, 0.5, 0.975], axis=0)
    rows: list[Row] = []
    for at, (each, lost) in enumerate(zip(chain.transmissions, loss, strict=True)):
        low, high = each.interval
        rows.append(
            {
                "subject": chain.subject,
                "link": each.link,
                "question": LINK_QUESTIONS[each.link],
                "low": low,
                "middle": each.middle,
                "high": high,
                "arrives_low": float(arriving[0, at]),
                "arrives": float(arriving[1, at]),
                "arrives_high": float(arriving[2, at]),
                "evidence": each.evidence,
                "tag": each.tag,
                "ground": each.ground,
                "missing": each.missing,
                "sources": list(each.sources),
                "bottleneck_probability": None if stall is None else stall.probability[each.link],
                "loss": lost.mean,
                "loss_low": lost.low,
                "loss_high": lost.high,
            }
        )
    return rows
