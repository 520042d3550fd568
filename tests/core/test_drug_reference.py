from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from stallpoint.core.build_drug import build_drug, check_cited
from stallpoint.core.drug import CovariateRatio, DosePattern, Evidence, Gap
from stallpoint.core.drug_reference import EXAMPLE, render_drug_file_page
from stallpoint.core.drug_tables import DRUG_TABLES
from stallpoint.core.parameter import PARAMETER_KINDS, Parameter
from stallpoint.core.source import Source

PAGE = Path(__file__).parents[2] / "docs" / "drug_file.md"


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_drug_file_page(), (
        "write docs/drug_file.md again from render_drug_file_page()"
    )


def test_every_table_key_and_parameter_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for table in DRUG_TABLES.values():
        head = f"[[{table.name}]]" if table.many else f"[{table.name}]"
        assert f"## {head}\n" in page
        assert all(f"| `{key}` |" in page for key in table.key_names)
    for name, kind in PARAMETER_KINDS.items():
        assert f"| `{name}` | {kind.unit} | {kind.link} |" in page


def test_the_example_stands_in_the_page_builds_and_uses_every_table() -> None:
    assert f"```toml\n{EXAMPLE}```" in PAGE.read_text(encoding="utf-8")
    said = tomllib.loads(EXAMPLE)
    assert set(said) == set(DRUG_TABLES)
    drug = build_drug(said, where="example")
    check_cited(drug, [], where="example")
    clearance = drug.parameter("apparent_clearance")
    assert clearance is not None
    assert clearance.value == pytest.approx(30)


@pytest.mark.parametrize(
    ("table", "made"),
    [("parameter", Parameter), ("covariate", CovariateRatio), ("evidence", Evidence), ("gap", Gap), ("source", Source)],
)
def test_keys_are_the_fields_of_what_is_built(table: str, made: type) -> None:
    assert {field.name for field in fields(made)} - {"unit"} == set(DRUG_TABLES[table].key_names)


def test_keys_of_a_dose_are_the_fields_of_a_pattern_without_their_units() -> None:
    named = {field.name.removesuffix("_mg").removesuffix("_h") for field in fields(DosePattern)}
    assert named == set(DRUG_TABLES["dose"].key_names)
