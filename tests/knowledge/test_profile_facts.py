"""Facts behind a profile: every row has its origin, traps of the genome stay out, and nothing is claimed that was not found."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise
from typing import get_args

import pytest

from stallpoint.core.source import DIRECTIONS, EvidenceClass, Tag
from stallpoint.core.variant import BUILDS
from stallpoint.knowledge.markers import load_age_limits, load_marker_names, load_marker_roles, load_marker_standards, roles_of
from stallpoint.knowledge.pathways import load_cell_type_genes, load_pathways, load_subtype_facts
from stallpoint.knowledge.repeats import load_repeats
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows
from stallpoint.knowledge.variants import (
    UnknownVariantError,
    find_variant,
    findings_of,
    load_chromosomes,
    load_genes,
    load_variant_findings,
    load_variants,
)

TABLES = sorted(f"profile/{each.name}" for each in files("stallpoint.knowledge").joinpath("data", "profile").iterdir())


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_source_and_a_tag(table: str) -> None:
    rows = read_bundled_rows(table)
    assert rows
    known = load_sources()
    for row in rows:
        assert row["source"] in known, row
        assert row["tag"] in get_args(Tag), row
        assert row.get("evidence", "human") in get_args(EvidenceClass), row


def test_a_recalled_source_carries_no_seen_fact() -> None:
    for table in TABLES:
        for row in read_bundled_rows(table):
            if row["source"] in ("classic_reports", "alsod", "general_pharmacology"):
                assert row["tag"] == "recalled", row
            if row["source"] == "modelling_choice":
                assert row["tag"] == "assumed", row


def test_names_are_unique_and_genes_are_known() -> None:
    variants = load_variants()
    assert len({(each.gene, each.name) for each in variants}) == len(variants)
    assert {each.gene for each in variants} <= set(load_genes())
    named = {(each.gene, each.name) for each in variants} | {(each.gene, each.name) for each in load_repeats().values()}
    for finding in load_variant_findings():
        assert finding.variant == "any" or (finding.gene, finding.variant) in named, finding
        assert finding.gene in load_genes()


def test_places_lie_on_their_chromosome_and_hold_bases() -> None:
    for variant in load_variants():
        assert variant.coordinates != "verified" or set(variant.places) == set(BUILDS), variant
        for build, place in variant.places.items():
            assert 0 < place.position <= load_chromosomes()[place.chrom].lengths[build]
            assert set(place.reference + place.allele) <= set("ACGT")


def test_names_old_and_new_find_the_same_variant() -> None:
    for name in ("A5V", "A4V", "a4v", "rs121912442", "p.Ala5Val", "Ala5Val", "c.14C>T", "NM_000454.5:c.14C>T"):
        assert find_variant("SOD1", name).name == "A5V"
    with pytest.raises(UnknownVariantError, match="A5V"):
        find_variant("SOD1", "A5W")
    with pytest.raises(UnknownVariantError, match="SOD1"):
        find_variant("SOD", "A5V")


def test_sod1_a5v_is_not_where_public_code_has_it() -> None:
    places = find_variant("SOD1", "A5V").places
    assert (places["GRCh38"].position, places["GRCh37"].position) == (31659783, 33032096)
    assert all(place.position != 31668406 for each in load_variants() for place in each.places.values())


@pytest.mark.parametrize("name", ["3435C>T", "2677G>T", "1236C>T"])
def test_the_named_alleles_of_abcb1_are_the_reference_base(name: str) -> None:
    for place in find_variant("ABCB1", name).places.values():
        assert (place.reference, place.allele) == ("A", "A")


def test_cyp1a2_1f_is_not_the_reference_base() -> None:
    for place in find_variant("CYP1A2", "rs762551").places.values():
        assert (place.reference, place.allele) == ("C", "A")


def test_a_base_of_cyp2d6_is_reference_in_one_build_only() -> None:
    places = find_variant("CYP2D6", "rs16947").places
    assert (places["GRCh37"].reference, places["GRCh38"].reference) == ("A", "G")


def test_d91a_is_told_apart_by_zygosity() -> None:
    one = {finding.claim for finding in findings_of("SOD1", "D91A", zygosity="heterozygous")}
    two = {finding.claim for finding in findings_of("SOD1", "D91A", zygosity="homozygous")}
    assert any("slow, 10 to 20 years" in claim for claim in two - one)
    assert any("no course can be expected" in claim for claim in one - two)
    significance = find_variant("SOD1", "D91A").significance
    assert significance is not None
    assert significance.conflicting
    assert significance.date == "2025-12-03"
    a5v = find_variant("SOD1", "A5V").significance
    assert a5v is not None
    assert not a5v.conflicting


@pytest.mark.parametrize("gene", ["ABCB1", "ABCG2", "CYP1A2"])
def test_no_transporter_or_cyp1a2_genotype_changes_what_riluzole_does_for_people(gene: str) -> None:
    names = {each.name for each in load_variants() if each.gene == gene}
    assert names
    assert not [each for each in load_variant_findings() if each.gene == gene and each.variant == "any"]
    for name in names:
        findings = findings_of(gene, name)
        assert any(each.about == "treatment" and each.source == "searched_not_found" for each in findings)
        for finding in findings:
            assert not (finding.about in ("treatment", "course", "risk", "onset") and finding.direction == "supports"), finding
            assert not (finding.evidence == "human" and finding.source == "jablonski2014"), finding


def test_what_is_unverified_says_why() -> None:
    unverified = [each for each in load_variants() if each.coordinates == "unverified"]
    assert {each.name for each in unverified} >= {"P525L", "rs12973192", "rs2412208", "rs139550538"}
    assert all(each.note for each in unverified)


@pytest.mark.parametrize("gene", sorted(load_repeats()))
def test_ranges_of_a_repeat_leave_no_gap_and_do_not_overlap(gene: str) -> None:
    locus = load_repeats()[gene]
    for about in {each.about for each in locus.ranges}:
        ranges = sorted((each for each in locus.ranges if each.about == about), key=lambda each: each.low)
        assert ranges[0].low == 0
        assert ranges[-1].high == float("inf")
        assert all(after.low == before.high + 1 for before, after in pairwise(ranges))


def test_findings_and_roles_put_what_refutes_first() -> None:
    for entries in (load_variant_findings(), load_marker_roles()):
        order = [DIRECTIONS.index(entry.direction) for entry in entries]
        assert order == sorted(order)


def test_every_marker_has_a_role_and_a_plausible_range() -> None:
    for standard in load_marker_standards().values():
        assert 0 < standard.plausible_low < standard.plausible_high
        assert roles_of(standard.marker), standard.marker
    wanted = "NfL pNfH CHIT1 CHI3L1 GFAP MCP-1 hs-CRP creatinine uric_acid ferritin SOD1_protein poly-GP 8-OHdG p75ECD"
    assert {each.replace("_", " ") for each in wanted.split()} == {each.marker for each in load_marker_standards().values()}
    spellings = [(spelling, each.marker) for each in load_marker_standards().values() for spelling in each.spellings]
    assert len({spelling for spelling, _ in set(spellings)}) == len(set(spellings))
    assert load_marker_names()["neurofilament light chain"] == "NfL"


def test_prognostic_is_not_predictive() -> None:
    assert not [role for role in roles_of("NfL", "predictive") if role.direction == "supports"]
    assert [role.direction for role in roles_of("hs-CRP", "predictive")] == ["refutes"]


def test_age_limits_follow_each_other() -> None:
    limits = load_age_limits()
    assert {(each.marker, each.matrix) for each in limits} == {("NfL", "plasma")}
    assert all(after.age_from_years == before.age_below_years for before, after in pairwise(limits))


def test_there_are_six_pathways_and_the_honest_limit_of_subtypes() -> None:
    assert len(load_pathways()) == 6
    assert all(each.gene_sets for each in load_pathways())
    assert "neurons" in load_cell_type_genes()
    facts = load_subtype_facts()
    assert (facts["cortex_cord_agreement_low"], facts["cortex_cord_agreement_high"]) == (0.46, 0.67)
