"""The chain of a treatment by the literature as a table: what the river is drawn from, and what machines read."""

from __future__ import annotations

import numpy as np
import polars as pl

from stallpoint.core.link import LINK_QUESTIONS
from stallpoint.explain.from_literature import LiteratureAnswer


def tabulate_literature_links(answer: LiteratureAnswer) -> pl.DataFrame:
    """One row per link: standing, shares that pass and arrive, evidence, ground, bottleneck probability, part of the loss, sources."""
    chain = answer.literature.chain
    arriving = np.quantile(chain.arriving, [0.025, 0.5, 0.975], axis=0)
    rows = []
    for at, (reading, each, loss) in enumerate(zip(answer.readings, chain.transmissions, answer.loss, strict=True)):
        low, high = each.interval
        rows.append(
            {
                "subject": answer.subject,
                "link": each.link,
                "question": LINK_QUESTIONS[each.link],
                "standing": reading.standing,
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
                "claims": [claim.id for claim in reading.claims],
                "bottleneck_probability": None if answer.stall is None else answer.stall.probability[each.link],
                "loss": loss.mean,
                "loss_low": loss.low,
                "loss_high": loss.high,
            }
        )
    overrides: dict[str, pl.DataType] = {
        "sources": pl.List(pl.String),
        "claims": pl.List(pl.String),
        "bottleneck_probability": pl.Float64(),
    }
    return pl.DataFrame(rows, schema_overrides=overrides)
