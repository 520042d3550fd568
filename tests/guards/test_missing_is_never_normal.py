"""Present, absent or not tested: there is no fourth word, and silence is the third."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.guards.conftest import Invoke

import stallpoint
from stallpoint.core.errors import TableError

CALL = {"gene": "SOD1", "variant": "A5V", "call": "present", "assay": "Sanger sequencing"}
REPEAT = {"gene": "C9orf72", "locus": "C9orf72", "call": "absent", "meaning": "normal", "alleles": [2], "intervals": [[2, 2]],
          "meanings": ["C9orf72 (x): normal"], "assay": "PCR"}  # fmt: skip
STATE = {"pathway": "ox", "label": "Oxidative stress", "tissue": "cortex", "activity": 0.1, "low": -2.0, "high": 2.0, "p_value": 0.9,
         "answer": "not altered", "genes": 30}  # fmt: skip


def write_profile(place: Path, **parts: Any) -> Path:
    (place / "person.json").write_text(json.dumps({"schema": "stallpoint.profile/1", "person": "X", **parts}), encoding="utf-8")
    return place / "person.json"


@pytest.mark.parametrize(
    "parts",
    [
        {"calls": [{**CALL, "call": "normal"}]},
        {"calls": [{**CALL, "call": ""}]},
        {"calls": [{**CALL, "call": None}]},
        {"calls": [{**CALL, "assay": ""}]},
        {"repeats": [{**REPEAT, "call": "normal"}]},
        {"repeats": [{**REPEAT, "assay": "", "alleles": [], "intervals": []}]},
        {"pathways": [{**STATE, "activity": None}]},
        {"pathways": [{**STATE, "answer": "normal"}]},
        {"pathways": [{**STATE, "answer": "responder to edaravone"}]},
        {"markers": [{"marker": "NfL", "matrix": "serum", "value": None, "unit": "pg/mL", "said": "", "quality": "normal"}]},
        {"subtype": {"probabilities": [["ALS-Ox", 0.9]], "answer": "ALS-Ox: give edaravone", "reason": "", "caution": ""}},
        {"best_drug": "riluzole"},
        {"calls": [{**CALL, "treatment": "tofersen 100 mg"}]},
    ],
)  # fmt: skip
def test_a_profile_cannot_say_what_was_not_tested(invoke: Invoke, tmp_path: Path, parts: dict[str, Any]) -> None:
    file = write_profile(tmp_path, **parts)
    with pytest.raises(TableError, match="holds what no profile holds"):
        stallpoint.read_profile(file)
    done = invoke("profile", file, "--out", tmp_path / "out", code=3)
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_a_profile_that_says_what_was_tested_is_read(tmp_path: Path) -> None:
    """The other error: a sound one is not refused."""
    subtype = {"probabilities": [["ALS-Ox", 0.9]], "answer": "ALS-Ox", "reason": "", "caution": "no treatment is tied to it"}
    found = stallpoint.read_profile(write_profile(tmp_path, calls=[CALL], repeats=[REPEAT], pathways=[STATE], subtype=subtype))
    assert (len(found.calls), len(found.repeats), len(found.pathways)) == (1, 1, 1)


def test_what_a_person_reports_of_themselves_stratifies_nobody(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "person.toml").write_text(
        '[person]\nid = "X"\n[[variant]]\ngene = "SOD1"\nvariant = "A5V"\ncall = "present"\nassay = "sequencing"\nself_reported = true\n'
        '[[repeat]]\ngene = "C9orf72"\nalleles = [2, 2]\n',
        encoding="utf-8",
    )
    said = invoke("profile", tmp_path / "person.toml").stdout
    assert "0 variants present, 0 absent" in said
    assert "0 of 1 repeats settled" in said
    assert "it stratifies nobody" in said


@pytest.mark.parametrize("call", ["normal", "negative", "wild type", "0"])
def test_a_table_or_a_persons_file_cannot_either(study: Path, invoke: Invoke, tmp_path: Path, call: str) -> None:
    (tmp_path / "variants.csv").write_text(f"patient,gene,variant,call\nP0004,SOD1,any,{call}\n", encoding="utf-8")
    text = (study / "study.toml").read_text(encoding="utf-8")
    data = "\n".join(f'{name} = "{study / "data" / name}.csv"' for name in ("patients", "visits", "events"))
    (tmp_path / "study.toml").write_text(f'{text}[data]\n{data}\nvariants = "variants.csv"\n', encoding="utf-8")
    invoke("check", tmp_path, code=3)
    (tmp_path / "person.toml").write_text(
        f'[person]\nid = "X"\n[[variant]]\ngene = "SOD1"\nvariant = "A5V"\ncall = "{call}"\nassay = "a"\n', encoding="utf-8"
    )
    assert "present, absent, not tested" in invoke("profile", tmp_path / "person.toml", code=3).stderr


def test_an_untested_person_has_an_empty_covariate_and_no_zero() -> None:
    patients = pl.DataFrame({"patient": ["a", "b"]})
    variants = pl.DataFrame({"patient": ["a"], "gene": ["SOD1"], "variant": ["A5V"], "call": ["absent"], "assay": ["exome"]})
    markers = pl.DataFrame(schema={"patient": str, "time_months": float, "marker": str, "value": float, "unit": str})
    table = stallpoint.covariate_table(patients, variants, markers)
    untested = table.filter(pl.col("patient") == "b").drop("patient")
    assert untested.width > 0
    assert untested.row(0) == (None,) * untested.width
