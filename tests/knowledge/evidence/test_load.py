"""A folder of one's own beside the bundled evidence, and what is said when it cannot be read."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from stallpoint.core.errors import PathError, StallpointError, TableError
from stallpoint.core.known_from import last_day, was_known
from stallpoint.knowledge.evidence.base import known_on, without_source
from stallpoint.knowledge.evidence.load import TABLES, load_evidence

BASE = load_evidence()
HEADER = "id\tkind\tdirection\ttext\tdesign\ttag\tsource\ttreatments\tknown_from"
ROW = "mine\tfunction\tnull\tNo difference.\trandomised\tseen\town2026\triluzole\t2026"


def folder(place: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (place / f"{name}.tsv").write_text(text + "\n", encoding="utf-8")
    return place


def test_rows_of_ones_own_stand_beside_the_bundled_ones(tmp_path: Path) -> None:
    own = load_evidence(folder(tmp_path, claims=f"{HEADER}\n{ROW}", sources="id\ttitle\tyear\nown2026\tA trial of our own\t2026"))
    assert own.claim("mine").treatments == ("riluzole",)
    assert len(own.claims) == len(BASE.claims) + 1
    assert own.sources["own2026"].year == 2026
    assert load_evidence() is BASE


@pytest.mark.parametrize(
    ("claims", "said", "where"),
    [
        (f"{HEADER}\n{ROW}", "source 'own2026' is not known", "row 2"),
        (f"{HEADER}\n{ROW}".replace("own2026", "phoenix").replace("mine", "phoenix_function"), "stands twice", "claims.tsv"),
        (f"{HEADER}\n{ROW}".replace("own2026", "phoenix").replace("riluzole", "riluzol"), "treatments 'riluzol'", "row 2"),
        (f"{HEADER}\n{ROW}".replace("null", "maybe"), "'maybe' is not known", "line 2, column direction"),
        (f"{HEADER}\n{ROW}".replace("\t2026", "\tlate"), "'late' is no date", "line 2, column known_from"),
        (f"{HEADER}\tvalue\n{ROW}\tx", "'x' is no number", "line 2, column value"),
        (f"{HEADER}\tvalue\n{ROW}\tnan", "'nan' is no number", "line 2, column value"),
        (f"{HEADER}\tn\n{ROW}\t1.5", "'1.5' is no whole number", "line 2, column n"),
        (f"{HEADER}\n{ROW}\textra", "10 cells for 9 columns", "line 2"),
        (f"{HEADER}\tid\n{ROW}\tx", "a column stands twice", "claims.tsv"),
        (f"{HEADER}\tvlaue\n{ROW}\t1", "unknown column 'vlaue'", "claims.tsv"),
        (HEADER.replace("\tsource", "") + "\n", "no column source", "claims.tsv"),
        (f"{HEADER}\n" + ROW.replace("No difference.", ""), "text is empty", "line 2"),
        ("", "is empty", "claims.tsv"),
    ],
)
def test_a_table_that_cannot_be_is_one_message(tmp_path: Path, claims: str, said: str, where: str) -> None:
    path = tmp_path / "claims.tsv"
    path.write_text(claims, encoding="utf-8")
    with pytest.raises(TableError) as fault:
        load_evidence(tmp_path)
    assert said in fault.value.what
    assert where in fault.value.where
    assert fault.value.do


def test_folders_that_hold_nothing_or_something_else(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="is no folder"):
        load_evidence(tmp_path / "absent")
    with pytest.raises(PathError, match="holds no table"):
        load_evidence(tmp_path)
    with pytest.raises(TableError, match="did you mean claims"):
        load_evidence(folder(tmp_path, claimz="id"))
    (tmp_path / "claimz.tsv").unlink()
    (tmp_path / "claims.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(TableError, match="cannot be read"):
        load_evidence(tmp_path)
    with pytest.raises(TableError, match="source ids are taken"):
        load_evidence(folder(tmp_path, claims=HEADER, sources="id\ttitle\nphoenix\tAnother"))


def test_a_year_counts_from_its_end_and_what_has_no_date_was_not_known() -> None:
    assert last_day("2022") == date(2022, 12, 31)
    assert last_day("2024-02") == date(2024, 2, 29)
    assert was_known("2022-09-30", date(2022, 9, 30))
    assert not was_known("2022", date(2022, 12, 30))
    assert not was_known("", date(2100, 1, 1))
    for wrong in ("22", "2022-13", "2022-02-30", "soon", "2022-9"):
        with pytest.raises(StallpointError, match="is no date"):
            last_day(wrong)


def test_a_past_day_knows_neither_later_results_nor_later_verdicts() -> None:
    then = known_on(BASE, date(2022, 12, 31))
    assert then.claim("centaur_function") is not None
    assert then.claim("phoenix_function") is None
    assert then.trial("phoenix") is None
    assert then.trial("centaur").verdict == ""
    assert {each.test for each in then.replications} & {"phoenix_function", "magnet_survival"} == set()
    assert all(was_known(each.known_from, then.as_of) for each in then.claims)
    assert set(then.undated) == {each.id for each in BASE.claims if not each.known_from}


@pytest.mark.parametrize("source", sorted({each.source for each in BASE.claims} | {each.source for each in BASE.trials}))
def test_no_source_of_a_claim_or_trial_is_idle(source: str) -> None:
    without = without_source(BASE, source)
    assert len(without.claims) + len(without.trials) < len(BASE.claims) + len(BASE.trials)
    assert all(each.source != source for each in (*without.claims, *without.trials, *without.arms, *without.replications))
    ids = {each.id for each in without.claims}
    assert all({each.signal, each.test} <= ids for each in without.replications)


def test_the_page_on_evidence_names_every_table_and_column() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")
    lines = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 5}
    assert set(TABLES) <= set(lines)
    for name, kind in TABLES.items():
        assert {column.name for column in fields(kind)} == set(re.findall(r"`(\w+)`", lines[name])) - {name}, name
