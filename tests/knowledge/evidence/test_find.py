"""Looking things up: names, other names, near misses, contrary evidence first."""

from __future__ import annotations

import pytest

from stallpoint.core.curie import source_curie
from stallpoint.core.nearest import nearest_names
from stallpoint.core.source import DIRECTIONS, Source
from stallpoint.knowledge.evidence.find import KINDS, UnknownFactError, claims_of_treatment, fact_names, find_fact, search_facts
from stallpoint.knowledge.evidence.load import load_evidence

BASE = load_evidence()


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_found_by_every_name_with_what_refutes_first(kind: str) -> None:
    names = fact_names(BASE, kind)
    assert names
    for own in set(names.values()):
        sheet = find_fact(BASE, kind, own.upper())
        order = [DIRECTIONS.index(claim.direction) for claim in sheet.claims]
        assert order == sorted(order), own
        assert set(sheet.sources) <= set(BASE.sources)


@pytest.mark.parametrize(
    ("kind", "said", "found"),
    [
        ("trial", "study 19", "MCI186-19"),
        ("trial", "NCT05021536", "PHOENIX"),
        ("drug", "TUDCA", "taurursodiol"),
        ("drug", "Relyvrio", "AMX0035"),
        ("drug", "C9 ASO", "C9orf72 antisense"),
        ("variant", "SOD1 A5V", "SOD1 A5V"),
        ("variant", "A4V", "SOD1 A5V"),
        ("variant", "rs12608932", "UNC13A rs12608932 (intron 20; A>C, C = risk; acts recessively CC)"),
        ("mechanism", "P-gp", "efflux"),
    ],
)
def test_other_names_lead_to_it(kind: str, said: str, found: str) -> None:
    assert find_fact(BASE, kind, said).name == found


def test_a_miss_gives_the_nearest_names() -> None:
    with pytest.raises(UnknownFactError) as near:
        find_fact(BASE, "trial", "phenix")
    assert "PHOENIX" in near.value.do
    with pytest.raises(UnknownFactError) as far:
        find_fact(BASE, "trial", "qqqqqq")
    assert "stallpoint facts trial" in far.value.do
    with pytest.raises(UnknownFactError, match="did you mean trial"):
        fact_names(BASE, "trail")
    assert nearest_names("tofer", ["tofersen", "riluzole"]) == ["tofersen"]
    assert nearest_names("", ["tofersen"]) == []


def test_the_prognostic_role_is_told_apart_from_the_predictive_one() -> None:
    said = dict.fromkeys(text for _, text in find_fact(BASE, "modifier", "UNC13A C/C").about)
    assert len(said) == 2
    assert any("says nothing of an effect" in text for text in said)


def test_a_group_reads_its_members_together_and_a_part_shows_its_combination() -> None:
    assert {claim.id for claim in claims_of_treatment(BASE, "C9orf72 antisense")} >= {"biib078_function", "wve004_polygp"}
    assert any(claim.id == "phoenix_function" for claim in find_fact(BASE, "drug", "taurursodiol").claims)
    assert not any(claim.id == "phoenix_function" for claim in claims_of_treatment(BASE, "taurursodiol"))


def test_search_wants_every_word() -> None:
    found = search_facts(BASE, "lithium UNC13A")
    assert {claim.id for claim in found} >= {"lithium_unc13a", "magnet_survival"}
    assert found[0].direction == "refutes"
    assert search_facts(BASE, "lithium zzz") == ()


def test_curies_of_works() -> None:
    assert source_curie(BASE.sources["oki2022"]) == "doi:10.1001/jamaneurol.2022.0901"
    assert source_curie(BASE.sources["phoenix"]) == "clinicaltrials:NCT05021536"
    assert source_curie(BASE.sources["np001_2022"]) == "pmc:PMC9327716"
    assert source_curie(BASE.sources["meininger2006"]) == "pubmed:16401852"
    assert source_curie(Source("x", "no record")) == ""
    assert BASE.curie("SOD1") == "hgnc:11179"
    assert BASE.curie("riluzole") == "inchikey:FTALBRSUTCGOEG-UHFFFAOYSA-N"
