from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from stallpoint.core.mapping import BLOCK, COLUMN, ColumnMapping
from stallpoint.core.mapping_reference import EXAMPLE, render_mapping_page

PAGE = Path(__file__).parents[2] / "docs" / "mapping_file.md"


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_mapping_page(), (
        "write docs/mapping_file.md again from render_mapping_page()"
    )


def test_every_key_and_the_example_stand_in_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"```toml\n{EXAMPLE}```" in page
    assert all(f"| `{key.name}` |" in page for table in (BLOCK, COLUMN) for key in table.keys)


def test_keys_are_the_fields_of_what_is_built() -> None:
    named = {"from" if field.name == "sources" else field.name for field in fields(ColumnMapping)} - {"column"}
    assert named == set(COLUMN.key_names)
