from typing import get_args

import pytest

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows

FACTS = load_natural_history()


def test_keys_are_unique():
    rows = read_bundled_rows("natural_history.tsv")
    assert len({row["key"] for row in rows}) == len(rows)


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.key)
def test_every_fact_has_a_source_and_a_legal_tag(fact):
    assert fact.source in load_sources()
    assert fact.tag in get_args(Tag)
    assert fact.evidence in get_args(EvidenceClass)
    assert fact.note
    assert fact.unit


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.key)
def test_value_lies_in_its_range(fact):
    assert fact.low is None or fact.low <= fact.value
    assert fact.high is None or fact.value <= fact.high


def test_what_is_assumed_says_so_in_every_column():
    for fact in FACTS.values():
        assert (fact.tag == "assumed") == (fact.evidence == "assumed") == (fact.source == "modelling_choice")


def test_published_margins_are_never_assumed():
    assert all(fact.tag != "assumed" for key, fact in FACTS.items() if key.startswith("published_"))
