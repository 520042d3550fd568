from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stallpoint.clean.rule import apply_rules
from stallpoint.clean.table import TABLE_RULES
from stallpoint.core.audit import replay_audit
from stallpoint.core.errors import TableError
from stallpoint.io.phenopackets.read import read_phenopackets
from stallpoint.io.source_files import open_source
from stallpoint.knowledge.phenopacket_terms import load_phenopacket_terms
from stallpoint.study.import_study import import_study

EXAMPLE = Path(__file__).parents[2] / "docs" / "import_phenopackets.md"


def quantity(label: str, value: float, unit: str, age: str) -> dict[str, Any]:
    return {
        "assay": {"id": "LOINC:1", "label": label},
        "value": {"quantity": {"unit": {"id": "UCUM:x", "label": unit}, "value": value}},
        "timeObserved": {"age": {"iso8601duration": age}},
    }


def person(identifier: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"packet-{identifier}",
        "subject": {
            "id": identifier,
            "sex": "FEMALE",
            "dateOfBirth": "1970-01-01T00:00:00Z",
            "vitalStatus": {"status": "DECEASED", "timeOfDeath": {"age": {"iso8601duration": "P62Y"}}},
        },
        "measurements": [
            quantity("ALSFRS-R", 40, "points", "P61Y"),
            quantity("ALSFRS-R total score", 36, "points", "P61Y6M"),
            quantity("Neurofilament light chain", 72.4, "pg/mL", "P61Y"),
        ],
        "diseases": [
            {
                "term": {"id": "MONDO:0004976", "label": "amyotrophic lateral sclerosis"},
                "onset": {"age": {"iso8601duration": "P60Y"}},
            }
        ],
        "interpretations": [
            {
                "diagnosis": {
                    "genomicInterpretations": [
                        variant("CAUSATIVE", "SOD1", "NM_000454.5:c.14C>T", "GENO:0000135"),
                        variant("REJECTED", "TBK1", "NM_013254.4:c.1A>G", "GENO:0000136"),
                        {"interpretationStatus": "REJECTED", "gene": {"symbol": "FUS"}},
                    ]
                }
            }
        ],
        "medicalActions": [
            {
                "treatment": {
                    "agent": {"id": "CHEBI:8863", "label": "riluzole"},
                    "doseIntervals": [{"quantity": {"unit": {"label": "mg"}, "value": 50}}],
                }
            }
        ],
        "phenotypicFeatures": [{"type": {"id": "HP:0001324", "label": "Muscle weakness"}}],
        "metaData": {"phenopacketSchemaVersion": "2.0"},
        **more,
    }


def variant(status: str, gene: str, hgvs: str, state: str) -> dict[str, Any]:
    return {
        "interpretationStatus": status,
        "variantInterpretation": {
            "acmgPathogenicityClassification": "LIKELY_PATHOGENIC",
            "variationDescriptor": {
                "geneContext": {"valueId": "HGNC:1", "symbol": gene},
                "expressions": [{"syntax": "hgvs.c", "value": hgvs}],
                "allelicState": {"id": state},
            },
        },
    }


def write(folder: Path, **packets: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, packet in packets.items():
        (folder / f"{name}.json").write_text(json.dumps(packet), encoding="utf-8")
    return folder


def data(study: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(study / "data" / f"{table}.parquet")


def test_a_person_is_read(tmp_path: Path) -> None:
    import_study("phenopackets", write(tmp_path / "in", a=person("007")), tmp_path / "study")
    patients = data(tmp_path / "study", "patients").row(0, named=True)
    assert {key: patients[key] for key in ("patient", "sex", "age_years", "onset_months")} == {
        "patient": "007",
        "sex": "female",
        "age_years": 61.0,
        "onset_months": 12.0,
    }
    assert data(tmp_path / "study", "visits").select("time_months", "alsfrs_r").rows() == [(0.0, 40.0), (6.0, 36.0)]
    assert data(tmp_path / "study", "events").select("time_months", "event").rows() == [(12.0, "death")]
    assert data(tmp_path / "study", "markers").select("marker", "value", "unit").rows() == [
        ("Neurofilament light chain", 72.4, "pg/mL")
    ]


def test_a_rejected_cause_is_a_variant_that_is_there_and_a_gene_without_variant_says_nothing(tmp_path: Path) -> None:
    import_study("phenopackets", write(tmp_path / "in", a=person("007")), tmp_path / "study")
    variants = data(tmp_path / "study", "variants").select("gene", "call", "zygosity", "acmg", "interpretation").rows()
    assert variants == [
        ("SOD1", "present", "heterozygous", "likely pathogenic", "causative"),
        ("TBK1", "present", "homozygous", "likely pathogenic", "rejected"),
    ]


def test_what_is_not_held_is_said(tmp_path: Path) -> None:
    import_study("phenopackets", write(tmp_path / "in", a=person("007")), tmp_path / "study")
    notes = " ".join(json.loads((tmp_path / "study/import/record.json").read_text(encoding="utf-8"))["notes"])
    assert "1 phenotypicFeatures" in notes
    assert "1 genes without a variant" in notes
    assert pl.read_parquet(tmp_path / "study/beside/treatments.parquet")["treatment"].to_list() == ["riluzole"]


def test_families_cohorts_lists_snake_case_and_file_names_are_all_one(tmp_path: Path) -> None:
    both = [person("1"), person("2")]
    snake = json.loads(json.dumps(both).replace("timeObserved", "time_observed").replace("vitalStatus", "vital_status"))
    shapes = {
        "files": {"A": both[1], "b": both[0]},
        "cohort": {"c": {"id": "c", "members": both[::-1]}},
        "list": {"l": both},
        "snake": {"S": snake},
    }
    for name, packets in shapes.items():
        import_study("phenopackets", write(tmp_path / name, **packets), tmp_path / f"study_{name}")
    for name in shapes:
        for table in ("patients", "visits", "events", "markers", "variants"):
            assert data(tmp_path / f"study_{name}", table).equals(data(tmp_path / "study_files", table))
    family = {"id": "f1", "proband": both[0], "relatives": [both[1]]}
    import_study("phenopackets", write(tmp_path / "family", f=family), tmp_path / "study_family")
    assert data(tmp_path / "study_family", "patients").select("family", "relation").rows() == [
        ("f1", "proband"),
        ("f1", "relative"),
    ]


def test_the_audit_rebuilds_the_tables(tmp_path: Path) -> None:
    undated = person("2", measurements=[*person("2")["measurements"], quantity("ALSFRS-R", 99, "points", "38Y")])
    with open_source(write(tmp_path / "in", a=person("1"), b=undated, c=person("1"))) as files:
        draft = read_phenopackets(files, load_phenopacket_terms())
    cleaned = apply_rules(draft, TABLE_RULES)
    assert cleaned.audit.height > 0
    for name, frame in cleaned.tables.items():
        types = {column: dtype for column, dtype in frame.schema.items() if column != "row"}
        again = replay_audit(draft.tables, cleaned.audit, {name: types})[name]
        assert again.sort("row").equals(frame.select("row", *types).sort("row"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not json", "is not JSON"),
        (json.dumps(person("1")).encode()[:300], "is not JSON"),
        (b'{"subject": {"id": "1\x00"}}', "NUL byte"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"a": 1}', "is no phenopacket"),
        (b'{"subject": {"id": "1"}, "metaData": {"phenopacketSchemaVersion": "1.0.0"}}', "version 1.0.0"),
    ],
)
def test_broken_files_are_named_and_leave_nothing(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(TableError, match=says) as fault:
        import_study("phenopackets", tmp_path / "bad.json", tmp_path / "study")
    assert "bad.json" in fault.value.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.json"]


def test_the_example_of_the_page_is_imported(tmp_path: Path) -> None:
    packet = json.loads(EXAMPLE.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0])
    imported = import_study("phenopackets", write(tmp_path / "in", a=packet), tmp_path / "study")
    assert imported.rows == {"patients": 1, "visits": 2, "events": 1, "markers": 1, "variants": 1}
