from __future__ import annotations

import pytest

from stallpoint.core.variant import BUILDS
from stallpoint.knowledge.variants import find_variant, load_variants
from stallpoint.profile.genome.hgvs import HgvsError, read_hgvs, write_hgvs


def test_a5v_in_both_builds() -> None:
    places = find_variant("SOD1", "A5V").places
    assert write_hgvs(places["GRCh38"], "GRCh38") == "NC_000021.9:g.31659783C>T"
    assert write_hgvs(places["GRCh37"], "GRCh37") == "NC_000021.8:g.33032096C>T"
    assert read_hgvs("NC_000021.9:g.31659783C>T").places == {"GRCh38": places["GRCh38"]}


def test_what_is_written_is_read_back() -> None:
    read = 0
    for variant in load_variants():
        for build in BUILDS:
            place = variant.places.get(build)
            if place is None or place.reference == place.allele:
                continue
            again = read_hgvs(write_hgvs(place, build)).places[build]
            at = again.position - place.position
            rest = place.reference[at + len(again.reference) :]
            assert place.reference[at : at + len(again.reference)] == again.reference
            assert place.reference[:at] + again.allele + rest == place.allele
            read += 1
    assert read > 100


def test_a_deletion_is_named_where_hgvs_wants_it() -> None:
    """c.397GAA[1] is c.400_402del; c.380 is 31668493."""
    assert write_hgvs(find_variant("SOD1", "E134del").places["GRCh38"], "GRCh38") == "NC_000021.9:g.31668513_31668515delGAA"


def test_the_reference_base_has_a_name_of_its_own() -> None:
    assert write_hgvs(find_variant("ABCB1", "3435C>T").places["GRCh38"], "GRCh38").endswith(":g.87509329A=")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("c.14C>T", "cannot be read"),
        ("NC_000021.7:g.5C>T", "neither build"),
        ("NC_000021.9:g.5_7delAC", "spans 3 bases"),
        ("NC_000021.9:g.5del", "cannot be read"),
    ],
)
def test_names_that_cannot_be_read(text: str, says: str) -> None:
    with pytest.raises(HgvsError, match=says):
        read_hgvs(text)
