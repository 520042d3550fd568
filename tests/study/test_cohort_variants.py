"""A cohort's VCF to the variants of a study, and from there to covariates: not tested stays apart from absent all the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner
from vcf_world import vcf_text, write_vcf

from stallpoint.cli.main import app
from stallpoint.knowledge.variants import load_variants

pytest.importorskip("pysam")

SAMPLES = ("P01", "P02", "P03", "P04", "stranger")
CELLS = {"A5V": ["0/1", "0/0", "./.", "0/0", "0/0"], "D91A": ["1/1", "0/0", "0/0", "0/1", "0/0"]}


def cohort(folder: Path, samples: tuple[str, ...] = SAMPLES) -> Path:
    rows = []
    for variant in load_variants():
        place = variant.places.get("GRCh38")
        if variant.gene == "SOD1" and variant.name in CELLS and place is not None:
            cells = CELLS[variant.name][: len(samples)]
            rows.append((place.chrom, place.position, place.reference, place.allele, "PASS", ".", "GT", cells))
    return write_vcf(folder / "cohort.vcf.gz", vcf_text(rows, samples))


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["profile", *words])
    return done.exit_code, done.stdout, done.stderr


def test_a_study_gets_its_variants_and_they_become_covariates(tmp_path: Path, write_study: Callable[..., Path]) -> None:
    study = write_study()
    code, said, _ = run(str(cohort(tmp_path)), "--study", str(study), "--assay", "exome")
    assert code == 0
    assert "4 people" in said
    assert "stranger" in said
    assert "P05, P06" in said
    assert "the file is silent here" in said
    table = pl.read_csv(study / "data/variants.csv", infer_schema=False)
    assert set(table["patient"]) == {"P01", "P02", "P03", "P04"}
    assert table.height == 4 * len(load_variants())
    calls = {(row["patient"], row["variant"]): row["call"] for row in table.filter(gene="SOD1").iter_rows(named=True)}
    assert [calls[name, "A5V"] for name in SAMPLES[:4]] == ["present", "absent", "not tested", "absent"]
    assert calls["P01", "H47R"] == "not tested"
    assert run(str(study), "--out", str(tmp_path / "out"))[0] == 0
    wide = pl.read_csv(tmp_path / "out/covariates.csv", infer_schema=False)
    assert wide["SOD1_A5V"].to_list()[:5] == ["true", "false", None, "false", None]
    assert wide["SOD1_D91A_copies"].to_list()[:5] == ["2", "0", "0", "1", None]
    assert "SOD1_H47R" not in wide.columns


def test_a_table_that_is_there_is_never_written_over(tmp_path: Path, write_study: Callable[..., Path]) -> None:
    text = "patient,gene,variant,call\nP01,SOD1,A5V,absent\n"
    study = write_study(variants=text)
    vcf = cohort(tmp_path)
    code, _, fault = run(str(vcf), "--study", str(study), "--assay", "exome")
    assert (code, "is already there" in fault) == (5, True)
    assert (study / "data/variants.csv").read_text(encoding="utf-8") == text
    code, said, _ = run(str(vcf), "--study", str(study), "--assay", "exome", "--out", str(tmp_path / "calls"), "--json")
    assert code == 0
    assert json.loads(said)["strangers"] == ["stranger"]
    assert (tmp_path / "calls/variants.csv").is_file()


def test_faults_are_one_message_and_write_nothing(tmp_path: Path, write_study: Callable[..., Path]) -> None:
    study, vcf = write_study(), cohort(tmp_path)
    other = cohort(tmp_path / "study", ("a", "b"))
    person = tmp_path / "P.toml"
    person.write_text('[person]\nid = "P1"\n', encoding="utf-8")
    for words, says in (
        ((str(vcf), "--study", str(study)), "the assay is not stated"),
        ((str(other), "--study", str(study), "--assay", "exome"), "none of its samples is a patient of the study"),
        ((str(vcf), "--study", str(study), "--assay", "exome", "--build", "hg38"), "build 'hg38' is not known"),
        ((str(vcf), "--study", str(study), "--assay", "exome", "--build", "GRCh37"), "is in GRCh38, not in GRCh37"),
        ((str(person), "--assay", "exome"), "is no VCF"),
        ((str(tmp_path / "none.vcf.gz"), "--assay", "exome"), "No such file"),
    ):
        code, _, fault = run(*words)
        assert code in (3, 4), fault
        assert says in fault
        assert not (study / "data/variants.csv").exists()
