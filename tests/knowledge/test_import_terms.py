import re

import pytest

from stallpoint.core.tables import CALLS, EVENTS, ITEMS, ONSET_SITES
from stallpoint.io.cdisc.sdtm import DOMAINS as CDISC
from stallpoint.io.omop.read import DOMAINS as OMOP
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows

ROWS = [(name, row) for name in ("omop_concepts.tsv", "cdisc_terms.tsv") for row in read_bundled_rows(name)]


@pytest.mark.parametrize("name", ["omop_concepts.tsv", "cdisc_terms.tsv"])
def test_codes_are_unique_within_a_domain(name):
    codes = [(row["domain"], row["code"].lower()) for row in read_bundled_rows(name) if row["code"]]
    assert len(set(codes)) == len(codes)


def test_every_term_can_be_used_and_has_a_source_and_a_tag():
    domains = {"omop_concepts.tsv": OMOP, "cdisc_terms.tsv": CDISC}
    for name, row in ROWS:
        assert row["domain"] in domains[name]
        assert bool(row["code"]) != bool(row["pattern"])
        re.compile(row["pattern"])
        assert row["source"] in load_sources(), row
        assert row["tag"] in ("seen", "recalled", "assumed"), row


def test_terms_lead_to_columns_and_words_that_a_study_has():
    visits = (*ITEMS, "alsfrs_r", "fvc_percent", "weight_kg")
    for _, row in ROWS:
        if row["table"] == "visits":
            assert row["column"] in visits
        if row["table"] == "events" and row["value"]:
            assert row["value"] in EVENTS
        if row["column"] == "onset_site" and row["domain"] == "site":
            assert row["value"] in ONSET_SITES
        if row["domain"] == "value":
            assert row["value"] in CALLS


def test_ids_that_are_local_to_one_release_are_not_bundled():
    """From 2,000,000,000 up the same number means something else in each release."""
    assert all(int(row["code"]) < 2_000_000_000 for row in read_bundled_rows("omop_concepts.tsv") if row["code"])
