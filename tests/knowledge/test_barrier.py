from __future__ import annotations

import math
from typing import get_args

import pytest

from stallpoint.core.source import DIRECTIONS, EvidenceClass, Tag
from stallpoint.knowledge.barrier import load_barrier_facts, load_barrier_findings
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows

FACTS = load_barrier_facts()
FINDINGS = load_barrier_findings()
SOURCES = load_sources()


def value(key: str) -> float:
    return FACTS[key].value


def test_keys_are_unique() -> None:
    assert len({row["key"] for row in read_bundled_rows("barrier.tsv")}) == len(read_bundled_rows("barrier.tsv"))


def test_every_entry_has_its_origin() -> None:
    for entry in (*FACTS.values(), *FINDINGS):
        assert entry.source in SOURCES, entry
        assert entry.tag in get_args(Tag), entry
        assert entry.evidence in get_args(EvidenceClass), entry


def test_every_number_has_unit_note_and_species_and_lies_in_its_range() -> None:
    for fact in FACTS.values():
        assert all((fact.unit, fact.note, fact.species)), fact
        low = fact.value if fact.low is None else fact.low
        high = fact.value if fact.high is None else fact.high
        assert low <= fact.value <= high, fact


def test_what_is_assumed_says_so_in_every_column() -> None:
    for fact in FACTS.values():
        assert (fact.tag == "assumed") == (fact.source == "modelling_choice") == (fact.evidence == "assumed"), fact


def test_every_finding_says_which_way_it_points_and_where() -> None:
    for finding in FINDINGS:
        assert finding.direction in DIRECTIONS, finding
        assert finding.tissue, finding


def test_findings_against_delivery_come_first() -> None:
    order = [DIRECTIONS.index(finding.direction) for finding in FINDINGS]
    assert order == sorted(order)


def test_animals_are_never_called_people() -> None:
    for each in (*FACTS.values(), *FINDINGS):
        if each.species in ("mouse", "rat", "dog"):
            assert each.evidence in ("animal", "in vitro")


def test_what_is_recalled_or_assumed_is_not_called_seen() -> None:
    assert FACTS["pgp_abundance_human_shawahna"].tag == "recalled"
    assert FACTS["brain_mass_human"].tag == "recalled"
    assert FACTS["transferrin_antibody_dose_per_gram"].tag == "recalled"
    assert FACTS["pgp_activity_als"].tag == "assumed"
    assert FACTS["pgp_abundance_human"].tag == "seen"


def test_the_sides_of_the_conflict_on_pgp_in_als_are_both_there() -> None:
    in_people = {(finding.tissue, finding.direction) for finding in FINDINGS if finding.source == "cns_barrier_review"}
    assert {("lumbar cord", "refutes"), ("cervical cord", "null"), ("motor cortex", "null")} <= in_people
    by_stage = {finding.stage: finding.direction for finding in FINDINGS if finding.species == "rat" and "P-gp" in finding.claim}
    assert (by_stage["pre-onset"], by_stage["onset"], by_stage["symptomatic"]) == ("null", "null", "refutes")


def test_c9orf72_alone_does_not_raise_efflux() -> None:
    raising = {finding.genotype for finding in FINDINGS if finding.evidence == "in vitro" and finding.direction == "refutes"}
    assert raising == {"SOD1", "FUS", "sporadic"}
    assert [finding.direction for finding in FINDINGS if finding.genotype == "C9orf72"] == ["null"]


def test_derived_numbers_follow_from_the_seen_ones() -> None:
    rho = value("riluzole_kp_without_pgp") / value("riluzole_kp_wild_type") - 1
    human = rho * value("pgp_abundance_human") / value("pgp_abundance_mouse")
    assert value("pgp_abundance_mouse") == pytest.approx(
        value("pgp_abundance_human") * value("pgp_abundance_mouse_over_human"), rel=0.005
    )
    assert value("bcrp_abundance_mouse") == pytest.approx(
        value("bcrp_abundance_human") / value("bcrp_abundance_human_over_mouse"), rel=0.005
    )
    assert value("riluzole_rho_pgp_mouse") == pytest.approx(rho, abs=0.005)
    assert value("riluzole_rho_pgp_human") == pytest.approx(human, abs=0.005)
    assert value("riluzole_kp_change_pgp_double_human") == pytest.approx((1 + human) / (1 + 2 * human) - 1, abs=0.005)
    assert value("verapamil_volume_old_over_young") == pytest.approx(0.73 / 0.62, abs=0.005)
    assert value("csf_turnover_half_life") == pytest.approx(math.log(2) * value("csf_volume") / value("csf_flow") / 60, abs=0.01)


@pytest.mark.parametrize(("key", "activity"), [("half", 0.5), ("one_and_half", 1.5), ("double", 2.0), ("triple", 3.0)])
def test_the_worked_table_of_riluzole_is_the_equation(key: str, activity: float) -> None:
    rho = value("riluzole_kp_without_pgp") / value("riluzole_kp_wild_type") - 1
    expected = value("riluzole_kp_without_pgp") / (1 + rho * activity)
    assert value(f"riluzole_kp_pgp_{key}") == pytest.approx(expected, abs=0.01)


def test_both_places_say_the_same_of_riluzole() -> None:
    pairs = {
        "brain_plasma_ratio": "riluzole_kp_wild_type",
        "brain_plasma_ratio_without_pgp": "riluzole_kp_without_pgp",
        "efflux_index_pgp": "riluzole_rho_pgp_human",
    }
    for name, key in pairs.items():
        found = load_drug("riluzole").parameter(name)
        assert found is not None
        assert (found.value, found.tag, found.source) == (FACTS[key].value, FACTS[key].tag, FACTS[key].source)
