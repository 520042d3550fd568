"""Facts on drugs together: every row cites a known work, and names drugs that are there."""

from __future__ import annotations

from typing import get_args

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.combinations import BEARINGS, load_combination_evidence, load_combination_studies, load_toxicities
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.interaction_pathways import load_pathway_roles
from stallpoint.knowledge.sources import load_sources

PARTNERS = {"ciprofloxacin", "fluvoxamine", "tobacco smoke"}


def test_every_row_has_a_known_source_tag_and_drug():
    sources, drugs = load_sources(), {drug.name for drug in load_drugs()} | PARTNERS
    pairs = [*load_combination_studies(), *load_combination_evidence()]
    singles = [*load_toxicities(), *load_pathway_roles()]
    for row in [*pairs, *singles]:
        assert row.source in sources, row
        assert row.tag in get_args(Tag)
        assert row.evidence in get_args(EvidenceClass)
    assert {name for row in pairs for name in (row.first, row.second)} <= drugs
    assert {row.drug for row in singles} <= drugs


def test_ranges_are_in_order_and_harm_comes_first():
    assert all(role.low <= role.middle <= role.high for role in load_pathway_roles())
    order = [BEARINGS.index(each.direction) for each in load_combination_evidence()]
    assert order == sorted(order)
