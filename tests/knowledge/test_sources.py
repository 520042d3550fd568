import re
from typing import get_args

from stallpoint.core.source import SourceKind
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows


def test_ids_are_unique_and_kinds_are_known():
    rows = read_bundled_rows("sources.tsv")
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} <= set(get_args(SourceKind))


def test_every_record_says_whether_it_was_seen():
    assert {row["checked"] for row in read_bundled_rows("sources.tsv")} == {"seen", "recalled"}


def test_every_source_has_a_title_and_dois_look_like_dois():
    for source in load_sources().values():
        assert source.title
        assert not source.doi or re.fullmatch(r"10\.\d{4,9}/\S+", source.doi), source.id


def test_dois_are_not_shared():
    dois = [source.doi for source in load_sources().values() if source.doi]
    assert len(set(dois)) == len(dois)


def test_key_and_id_agree_and_text_is_one_line():
    for key, source in load_sources().items():
        assert key == source.id
        assert "\n" not in source.text
