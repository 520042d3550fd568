"""Terms of public ontologies that phenopackets use for ALS and for zygosity."""

from __future__ import annotations

from stallpoint.knowledge.tsv import read_bundled_rows


def load_phenopacket_terms() -> dict[str, dict[str, str]]:
    """For each name its `id` and `label`, as phenopackets write an ontology class."""
    return {row["name"]: {"id": row["id"], "label": row["label"]} for row in read_bundled_rows("phenopacket_terms.tsv")}
