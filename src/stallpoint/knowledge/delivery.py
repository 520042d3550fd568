"""Ways past the barrier: what each acts on, what would have to be true, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows

ActsOn = Literal["pumps", "opens", "permeability", "direct", "bypass"]


@dataclass(frozen=True)
class DeliveryOption:
    """One way to deliver a drug.

    `low` and `high` bound what it does: for `pumps` the share inhibited; for `permeability` the factor on passive permeability, and for
    `opens` that factor right after a session; for `direct` and `bypass` the factor on the level at the site.
    """

    id: str
    label: str
    acts_on: ActsOn
    low: float
    high: float
    reaches_cord: Literal["yes", "no", "unknown"]
    evidence: EvidenceClass
    tag: Tag
    source: str
    must_be_true: str
    against: str


def load_delivery() -> tuple[DeliveryOption, ...]:
    """All options, in no order of merit."""
    return tuple(_option(row) for row in read_bundled_rows("delivery.tsv"))


def _option(row: dict[str, str]) -> DeliveryOption:
    return DeliveryOption(
        id=row["id"],
        label=row["label"],
        acts_on=cast("ActsOn", row["acts_on"]),
        low=float(row["low"]),
        high=float(row["high"]),
        reaches_cord=cast('Literal["yes", "no", "unknown"]', row["reaches_cord"]),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        must_be_true=row["must_be_true"],
        against=row["against"],
    )
