"""Studies to other formats and back."""

from __future__ import annotations

import json
from pathlib import Path

import phenopackets
import polars as pl
import pytest
from google.protobuf.json_format import ParseDict
from polars.testing import assert_frame_equal

from stallpoint.core.errors import OutputError, StallpointError, StudyFileError
from stallpoint.io.phenopackets.times import duration_of_months, months_of_duration
from stallpoint.study.export_study import FORMATS, export_study, read_typed_tables
from stallpoint.study.import_study import import_study
from stallpoint.study.study_file import read_study_file

TABLES = {
    "patients": "patient,arm,age_years,sex,onset_site,onset_months,site,smoker,usubjid\n"
    "007,active,61.5,female,bulbar,14.25,=cmd|' /C calc'!A0,true,u1\n8,placebo,55,male,limb,9.125,-5,false,u2\n"
    "9,placebo,,male,,,+plus,,u3\n",
    "visits": "patient,time_months,alsfrs_r,fvc_percent,q1\n007,0,40,81.5,4\n007,3.123,37,,3\n8,0,0,,\n8,6,30,55,\n9,0,33,,\n",
    "events": "patient,time_months,event\n007,9.5,death\n8,8.25,end\n007,6,tracheostomy\n",
    "markers": "patient,time_months,marker,value,unit,matrix,below_limit\n007,0,NfL,72.4,pg/mL,serum,false\n8,3,NfL,5,pg/mL,CSF,true\n",
    "variants": "patient,gene,variant,call,zygosity,repeats,assay\n"
    "007,SOD1,NM_000454.5:c.14C>T,present,heterozygous,,panel\n8,C9orf72,repeat expansion,present,,400,repeat-primed PCR\n"
    "8,SOD1,any,absent,,,panel\n9,SOD1,any,not tested,,,\n",
    "doses": "patient,treatment,time_months,dose_mg,route\n007,drug X,0,100,oral\n",
    "concentrations": "patient,time_h,analyte,matrix,value,unit\n007,12,drug X,plasma,118,ng/mL\n",
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "data").mkdir(parents=True)
    (folder / "study.toml").write_text('[study]\nname = "SMALL"\n', encoding="utf-8")
    for name, text in TABLES.items():
        (folder / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def tables(study: Path) -> dict[str, pl.DataFrame]:
    return read_typed_tables(read_study_file(study))


def test_parquet_and_back_is_the_same_study(study: Path, tmp_path: Path) -> None:
    export_study(study, "parquet", tmp_path / "out")
    back = tables(tmp_path / "out")
    assert set(back) == set(TABLES)
    for name, frame in tables(study).items():
        assert_frame_equal(back[name], frame)


def test_csv_and_back_is_the_same_study_but_for_formulas(study: Path, tmp_path: Path) -> None:
    exported = export_study(study, "csv", tmp_path / "out")
    back = tables(tmp_path / "out")
    for name, frame in tables(study).items():
        assert_frame_equal(back[name].drop("site", strict=False), frame.drop("site", strict=False))
    assert back["patients"]["site"].to_list() == ["'=cmd|' /C calc'!A0", "-5", "'+plus"]
    assert exported.not_held == ("patients: 2 cells that a spreadsheet would run as formulas begin with an apostrophe",)


def test_transport_files_hold_the_tables_under_short_names(study: Path, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    long = "é" * 150
    (study / "data/patients.csv").write_text(TABLES["patients"].replace("+plus", long), encoding="utf-8")
    exported = export_study(study, "xpt", tmp_path / "out")
    assert any("onset_months as ONSETMON" in loss for loss in exported.not_held)
    assert "patients: 1 texts cut at 200 bytes" in exported.not_held
    for name, frame in tables(study).items():
        read, about = pyreadstat.read_xport(tmp_path / "out" / f"{name}.xpt")
        assert about.column_labels == frame.columns
        assert all(len(column) <= 8 for column in read.columns)
        for short, column in zip(read.columns, frame.columns, strict=True):
            if frame[column].dtype == pl.Float64:
                assert [None if cell != cell else cell for cell in read[short]] == pytest.approx(
                    frame[column].to_list(), nan_ok=True
                )
            elif frame[column].dtype == pl.String and column != "site":
                assert list(read[short]) == frame[column].fill_null("").to_list()


def test_adam_tables_are_as_r_users_expect(study: Path, tmp_path: Path) -> None:
    exported = export_study(study, "adam", tmp_path / "out")
    read = {path.stem: pl.read_csv(path) for path in sorted((tmp_path / "out").glob("*.csv"))}
    assert set(read) == {"ADSL", "ADQS", "ADTTE", "ADPC", "ADLB"}
    score = read["ADQS"].filter(USUBJID="SMALL-007", PARAMCD="ALSFRSR")
    assert score["AVAL"].to_list() == [40, 37]
    assert score["BASE"].to_list() == [40, 40]
    assert score["CHG"].to_list() == [None, -3]
    assert score["ADY"].to_list() == [1, 96]
    death = read["ADTTE"].filter(PARAMCD="DEATH").sort("USUBJID")
    assert death["CNSR"].to_list() == [0, 1, 1]
    assert death["AVAL"].to_list() == pytest.approx([9.5 * 30.4375, 8.25 * 30.4375, 0])
    assert {"STUDYID", "USUBJID", "USUBJID_", "ARM", "TRT01P", "AGE", "SEX"} <= set(read["ADSL"].columns)
    assert "variants: 4 rows" in exported.not_held


def test_markers_that_begin_alike_or_come_from_two_fluids_keep_their_own_baseline(study: Path, tmp_path: Path) -> None:
    (study / "data/markers.csv").write_text(
        "patient,time_months,marker,value,unit,matrix,below_limit\n"
        "007,0,neurofilament light,70,pg/mL,serum,false\n007,3,neurofilament light,80,pg/mL,serum,false\n"
        "007,0,neurofilament light,4000,pg/mL,CSF,false\n007,3,neurofilament light,4500,pg/mL,CSF,false\n"
        "007,0,neurofilament heavy,900,pg/mL,CSF,false\n007,3,neurofilament heavy,950,pg/mL,CSF,false\n",
        encoding="utf-8",
    )
    export_study(study, "adam", tmp_path / "out")
    later = pl.read_csv(tmp_path / "out/ADLB.csv").filter(pl.col("AMONTHS") == 3)
    assert dict(later.select("PARAM", "CHG").iter_rows()) == {
        "neurofilament heavy in CSF (pg/mL)": 50,
        "neurofilament light in CSF (pg/mL)": 500,
        "neurofilament light in serum (pg/mL)": 10,
    }
    assert later["PARAMCD"].n_unique() == 3
    assert later["PARAMCD"].str.len_chars().max() == 8


def test_phenopackets_fit_the_schema_and_come_back(study: Path, tmp_path: Path) -> None:
    exported = export_study(study, "phenopackets", tmp_path / "out")
    for name in exported.files:
        ParseDict(json.loads((tmp_path / "out" / name).read_text(encoding="utf-8")), phenopackets.Phenopacket())
    import_study("phenopackets", tmp_path / "out", tmp_path / "back")
    first, back = tables(study), tables(tmp_path / "back")
    aged = ["007", "8"]
    for name, columns in {
        "patients": ["patient", "age_years", "sex", "onset_site", "onset_months"],
        "visits": ["patient", "time_months", "alsfrs_r", "fvc_percent", "q1"],
        "events": ["patient", "time_months", "event"],
        "variants": ["patient", "gene", "variant", "call", "zygosity", "repeats", "assay"],
    }.items():
        held = first[name].filter(pl.col("patient").is_in(aged)).select(columns)
        held = held.filter(call="present") if name == "variants" else held
        again = back[name].filter(pl.col("patient").is_in(aged)).select(columns)
        assert_frame_equal(again.sort(columns), held.sort(columns), rel_tol=1e-6)
    assert back["markers"].select("patient", "marker", "value", "unit", "matrix").rows() == [
        ("007", "NfL", 72.4, "pg/mL", "serum"),
        ("8", "NfL", 5.0, "pg/mL", "CSF"),
    ]
    said = " ".join(exported.not_held)
    for lost in (
        "patients: arm, site, smoker, usubjid",
        "times of 1 people",
        "2 calls absent or not tested",
        "concentrations",
        "doses: time_months",
    ):
        assert lost in said


@pytest.mark.parametrize("months", [0.0, 3.123, 738.0, 732.345678, 11.9999999])
def test_durations_read_back(months: float) -> None:
    assert months_of_duration(duration_of_months(months)) == pytest.approx(months, abs=1e-6)


def test_the_audit_of_an_import_goes_with_it(study: Path, tmp_path: Path) -> None:
    export_study(study, "phenopackets", tmp_path / "packets")
    import_study("phenopackets", tmp_path / "packets", tmp_path / "imported")
    export_study(tmp_path / "imported", "csv", tmp_path / "out")
    audit = pl.read_parquet(tmp_path / "imported/import/audit.parquet")
    assert audit.height > 0
    assert pl.read_csv(tmp_path / "out/import/audit.csv", infer_schema=False).height == audit.height


def test_nothing_is_overwritten_and_unknown_formats_are_named(study: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="did you mean parquet"):
        export_study(study, "parket", tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine", encoding="utf-8")
    for name in FORMATS:
        with pytest.raises(OutputError, match="nothing was overwritten"):
            export_study(study, name, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    with pytest.raises(StallpointError):
        export_study(tmp_path / "absent", "csv", tmp_path / "new")
    assert not (tmp_path / "new").exists()
