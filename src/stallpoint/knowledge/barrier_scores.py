"""What is known of scores of barrier passage, and of labels that are at odds with measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows


@dataclass(frozen=True)
class ContestedLabel:
    """A label of a public data set beside what was measured. `label` is the data set's, `why` what speaks against it."""

    inchikey: str
    name: str
    label: str
    why: str
    evidence: EvidenceClass
    tag: Tag
    source: str


@cache
def load_contested_labels() -> Mapping[str, ContestedLabel]:
    """Contested labels by skeleton, the first block of the InChIKey."""
    return {row["inchikey"][:14]: _contested(row) for row in read_bundled_rows("barrier_labels_contested.tsv")}


@cache
def load_barrier_score(score: str) -> Mapping[str, Mapping[str, float]]:
    """Numbers of one published score or rule, by term and name: `cns_mpo`, `bbb_score` or `pgp_rule`."""
    terms: dict[str, dict[str, float]] = {}
    for row in read_bundled_rows("barrier_scores.tsv"):
        if row["score"] == score:
            terms.setdefault(row["term"], {})[row["name"]] = float(row["value"])
    return terms


def _contested(row: dict[str, str]) -> ContestedLabel:
    return ContestedLabel(
        inchikey=row["inchikey"],
        name=row["name"],
        label=row["label"],
        why=row["why"],
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
    )
