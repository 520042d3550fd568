from __future__ import annotations

from pathlib import Path

import pytest

from stallpoint.core.build import build_cohort
from stallpoint.core.coerce import coerce_table
from stallpoint.core.reference import example_rows, render_study_format
from stallpoint.core.tables import TABLES, Table
from stallpoint.core.validate import validate_table

PAGE = Path(__file__).parents[2] / "docs" / "study_format.md"


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_study_format(), (
        "write docs/study_format.md again from render_study_format()"
    )


def test_every_column_is_described() -> None:
    page = render_study_format()
    for table in TABLES.values():
        assert f"## {table.name}\n" in page
        for name, column in table.schema.columns.items():
            assert f"| `{name}` |" in page
            assert column.description


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_example_rows_pass_their_own_checks(table: Table) -> None:
    example = {name: [value] for name, value in example_rows(table).items()}
    frame = validate_table(table, coerce_table(table, example, place=table.name), place=table.name)
    assert frame.height == 1


def test_the_examples_together_are_a_study() -> None:
    tables = {name: {column: [value] for column, value in example_rows(table).items()} for name, table in TABLES.items()}
    assert build_cohort("example", tables).n == 1
