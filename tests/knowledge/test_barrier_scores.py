from typing import get_args

import pytest

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.barrier_scores import load_barrier_score, load_contested_labels
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows


@pytest.mark.parametrize("table", ["barrier_scores.tsv", "barrier_labels_contested.tsv"])
def test_every_row_has_source_tag_and_class(table):
    sources = load_sources()
    for row in read_bundled_rows(table):
        assert row["source"] in sources, row
        assert row["tag"] in get_args(Tag)
        assert row["evidence"] in get_args(EvidenceClass)


def test_no_number_of_a_score_stands_twice():
    keys = [(row["score"], row["term"], row["name"]) for row in read_bundled_rows("barrier_scores.tsv")]
    assert len(keys) == len(set(keys))


def test_contested_labels_say_what_speaks_against_them():
    assert {known.name for known in load_contested_labels().values()} >= {
        "ibudilast",
        "phenylbutyric acid",
        "tauroursodeoxycholic acid",
    }
    assert all(known.why for known in load_contested_labels().values())


def test_an_unknown_score_has_no_numbers():
    assert load_barrier_score("none") == {}
