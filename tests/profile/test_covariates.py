from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from vcf_world import vcf_text, write_vcf

from stallpoint.io.vcf.file import open_vcf
from stallpoint.knowledge.variants import find_variant
from stallpoint.profile.covariates import covariate_table
from stallpoint.profile.genome.call import call_panel
from stallpoint.profile.genome.people import calls_of, variants_table

PATIENTS = pl.DataFrame({"patient": ["a", "b", "c", "d"]})
NONE = pl.DataFrame({"patient": [], "gene": [], "variant": [], "call": []})


def variants(*rows: tuple[str, str, str, str, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["patient", "gene", "variant", "call", "zygosity", "assay"], orient="row")


def markers(*rows: tuple[str, float, str, float, str, str, bool]) -> pl.DataFrame:
    schema = ["patient", "time_months", "marker", "value", "unit", "matrix", "below_limit"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_missing_is_null_and_never_absent() -> None:
    table = covariate_table(
        PATIENTS,
        variants(
            ("a", "SOD1", "A4V", "present", "heterozygous", "exome"),
            ("b", "SOD1", "A5V", "absent", None, "exome"),
            ("c", "SOD1", "A5V", "not tested", None, "exome"),
            ("d", "SOD1", "A5V", "present", None, None),
        ),
        NONE,
    )
    assert table["SOD1_A5V"].to_list() == [True, False, None, None]
    assert table["SOD1_A5V_copies"].to_list() == [1, 0, None, None]


def test_self_reports_and_contradictions_are_null() -> None:
    table = covariate_table(
        PATIENTS,
        variants(
            ("a", "UNC13A", "rs12608932", "present", "homozygous", "array"),
            ("b", "UNC13A", "rs12608932", "present", "homozygous", "self-reported"),
            ("c", "UNC13A", "rs12608932", "present", "homozygous", "array"),
            ("c", "UNC13A", "rs12608932", "absent", None, "exome"),
            ("d", "C9orf72", "repeat expansion", "present", None, "PCR"),
        ),
        NONE,
    )
    assert table["UNC13A_rs12608932"].to_list() == [True, None, None, None]
    assert table["UNC13A_rs12608932_copies"].to_list() == [2, None, None, None]
    assert table["C9orf72_repeat_expansion"].to_list() == [None, None, None, True]
    assert table["C9orf72_repeat_expansion_copies"].to_list() == [None] * 4


def test_markers_come_in_one_unit_at_the_first_sampling() -> None:
    table = covariate_table(
        PATIENTS,
        NONE,
        markers(
            ("a", 3.0, "NfL", 99.0, "pg/mL", "serum", False),
            ("a", 0.0, "sNfL", 0.05, "ng/mL", "serum", False),
            ("b", 0.0, "NfL", 4.0, "pg/mL", "serum", True),
            ("c", 0.0, "NfL", 9e9, "pg/mL", "serum", False),
            ("d", 0.0, "NfL", 60.0, "bananas", "serum", False),
            ("d", 0.0, "creatinine", 70.0, "umol/L", "serum", False),
        ),
    )
    assert table["nfl_serum"].to_list() == [pytest.approx(50.0), None, None, None]
    assert table["nfl_serum_below_limit"].to_list() == [False, True, None, None]
    assert table["creatinine_serum"].to_list() == [None, None, None, 70.0]
    assert table["patient"].to_list() == ["a", "b", "c", "d"]


def test_nothing_known_gives_no_column() -> None:
    assert covariate_table(PATIENTS, NONE, NONE).columns == ["patient"]
    untested = variants(("a", "SOD1", "A5V", "not tested", None, "exome"))
    unusable = markers(("a", 0.0, "NfL", 5.0, "bananas", "serum", False))
    assert covariate_table(PATIENTS, untested, unusable).columns == ["patient"]


def test_a_cohort_goes_from_vcf_to_covariates_as_person_by_person(tmp_path: Path) -> None:
    panel = (find_variant("SOD1", "A5V"), find_variant("UNC13A", "rs12608932"), find_variant("ABCB1", "3435C>T"))
    rng = np.random.default_rng(5)
    names = tuple(f"p{number}" for number in range(40))
    states = np.array(["0/0", "0/1", "1/1", "./.", "1"])
    rows = []
    for variant in panel:
        place = variant.places["GRCh38"]
        alternate = place.allele if place.allele != place.reference else "G"
        rows.append((place.chrom, place.position, place.reference, alternate, "PASS", ".", "GT", list(rng.choice(states, 40))))
    calls = call_panel(open_vcf(write_vcf(tmp_path / "a.vcf", vcf_text(rows, names))), panel, "GRCh38")
    table = variants_table(calls, assay="array")
    found = covariate_table(pl.DataFrame({"patient": names}), table, NONE)
    meanings = {"present": True, "absent": False, "not tested": None}
    for row, name in enumerate(names):
        for call in calls_of(calls, name, assay="array"):
            column = {"A5V": "SOD1_A5V", "rs12608932": "UNC13A_rs12608932", "3435C>T": "ABCB1_3435C_T"}[call.variant]
            assert found[column][row] == meanings[call.call]
            stated = table.filter((pl.col("patient") == name) & (pl.col("variant") == call.variant)).row(0, named=True)
            assert (stated["call"], stated["zygosity"] or "") == (call.call, call.zygosity)
