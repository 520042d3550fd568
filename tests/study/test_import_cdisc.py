import json
from pathlib import Path

import polars as pl
import pytest
from cdisc_world import SDTM_QUIRKS, build_adam, build_sdtm, build_truth, truth_of_adam, write_package
from polars.testing import assert_frame_equal
from same_study import assert_same_tables, read_data

from stallpoint.clean.cdisc import CDISC_RULES
from stallpoint.clean.rule import apply_rules
from stallpoint.core.audit import replay_audit
from stallpoint.core.errors import StallpointError, TableError
from stallpoint.io.cdisc.adam import read_adam
from stallpoint.io.cdisc.sdtm import read_sdtm
from stallpoint.io.source_files import open_source
from stallpoint.io.terms import build_terms
from stallpoint.knowledge.tsv import read_bundled_rows
from stallpoint.study.import_study import import_study

WORLDS = {"sdtm": (build_sdtm, build_truth, read_sdtm), "adam": (build_adam, truth_of_adam, read_adam)}


@pytest.mark.parametrize("format_name", WORLDS)
@pytest.mark.parametrize(("ending", "name"), [(".xpt", str), (".csv", str.upper), (".parquet", str)])
def test_the_study_holds_what_was_planted(tmp_path, format_name, ending, name):
    build, truth, _ = WORLDS[format_name]
    source = write_package(tmp_path / "package", build(), ending=ending, name=name)
    imported = import_study(format_name, source, tmp_path / "study")
    assert_same_tables(read_data(tmp_path / "study"), truth())
    assert imported.not_randomised == ""


def test_every_planted_quirk_is_in_the_audit(tmp_path):
    source = write_package(tmp_path / "package", build_sdtm())
    import_study("sdtm", source, tmp_path / "study")
    audit = pl.read_parquet(tmp_path / "study/import/audit.parquet")
    people = audit.filter((pl.col("rule") == "people_not_randomised") & (pl.col("table") != "patients"))
    counts = dict(audit.join(people, on=audit.columns, how="anti", nulls_equal=True).group_by("rule").len().iter_rows())
    assert {rule: counts[rule] for rule in SDTM_QUIRKS} == SDTM_QUIRKS
    assert sorted(audit.filter(pl.col("rule") == "unreadable_values")["before"]) == ["100.0 IU", "2019-03", "day 0"]


def test_notes_say_what_time_zero_is_and_which_arms_there_are(tmp_path):
    import_study("sdtm", write_package(tmp_path / "package", build_sdtm()), tmp_path / "study")
    notes = "\n".join(json.loads((tmp_path / "study/import/record.json").read_text(encoding="utf-8"))["notes"])
    assert "time zero is the date of randomisation in DS, known to the day for 8 of 10 people" in notes
    assert "Drug X (4)" in notes
    assert "1 people have another actual than planned arm" in notes
    assert "STUDY TREATMENT ADVERSE EVENT (8)" in notes
    assert "[trial]" not in (tmp_path / "study/study.toml").read_text(encoding="utf-8")


def test_adverse_events_stand_beside_the_study(tmp_path):
    import_study("sdtm", write_package(tmp_path / "package", build_sdtm()), tmp_path / "study")
    assert pl.read_parquet(tmp_path / "study/beside/adverse_events.parquet")["AETERM"].to_list() == ["Headache"] * 8


@pytest.mark.parametrize("format_name", WORLDS)
def test_order_of_rows_and_columns_does_not_matter(tmp_path, format_name):
    data = WORLDS[format_name][0]()
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=3).select(sorted(frame.columns, reverse=True))
        for name, frame in data.items()
    }
    import_study(format_name, write_package(tmp_path / "first", data), tmp_path / "a")
    import_study(format_name, write_package(tmp_path / "second", shuffled), tmp_path / "b")
    for path in sorted((*(tmp_path / "a/data").iterdir(), *(tmp_path / "a").glob("beside/*"))):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes(), path.name


@pytest.mark.parametrize("format_name", WORLDS)
def test_the_audit_rebuilds_the_cleaned_tables(tmp_path, format_name):
    build, _, read = WORLDS[format_name]
    with open_source(write_package(tmp_path / "package", build(), ending=".parquet")) as files:
        draft = read(files, build_terms(read_bundled_rows("cdisc_terms.tsv")))
    cleaned = apply_rules(draft, CDISC_RULES)
    for name, frame in cleaned.tables.items():
        kept = frame.select(column for column in frame.columns if column != "row" and not column.startswith("_"))
        rebuilt = replay_audit(draft.tables, cleaned.audit, {name: dict(kept.schema)})[name]
        assert rebuilt.sort("row").equals(frame.select("row", *kept.columns).sort("row")), name


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_at_a_record(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-160])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text_instead(path: Path) -> None:
    path.write_text("USUBJID,QSTEST\n1,2\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (halve, "qs.xpt: "),
        (cut_at_a_record, "cut short after"),
        (empty, "not a whole SAS transport file"),
        (text_instead, "not a whole SAS transport file"),
        (Path.unlink, "no ALSFRS-R score"),
    ],
)
def test_broken_scores_are_refused_and_nothing_is_left(tmp_path, spoil, message):
    source = write_package(tmp_path / "package", build_sdtm())
    spoil(source / "qs.xpt")
    with pytest.raises(StallpointError) as caught:
        import_study("sdtm", source, tmp_path / "study")
    assert message in caught.value.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["package"]


def test_a_package_without_people_is_refused(tmp_path):
    data = build_sdtm()
    source = write_package(tmp_path / "package", {name: frame for name, frame in data.items() if name != "dm"})
    with pytest.raises(TableError, match="there is no table DM"):
        import_study("sdtm", source, tmp_path / "study")
    with pytest.raises(TableError, match="there is no table ADSL"):
        import_study("adam", source, tmp_path / "study")
    write_package(tmp_path / "anonymous", {"dm": data["dm"].rename({"USUBJID": "SUBJID"})})
    with pytest.raises(TableError, match="no column USUBJID"):
        import_study("sdtm", tmp_path / "anonymous", tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_study_days_alone_are_enough(tmp_path):
    """Packages that were made anonymous often hold no dates at all."""
    data = build_sdtm()
    bare = {
        name: data[name].with_columns(pl.col("^.*DTC$").map_batches(lambda s: s.set(s.is_not_null(), None)))
        for name in ("dm", "qs")
    }
    import_study("sdtm", write_package(tmp_path / "package", bare), tmp_path / "study")
    found = read_data(tmp_path / "study")["visits"]
    whole = build_truth()["visits"].select("patient", "time_months")
    assert_frame_equal(found.select(whole.columns), whole, check_row_order=False)


def test_further_columns_of_people_are_read_with_a_mapping(tmp_path):
    data = build_adam()
    data["adsl"] = data["adsl"].with_columns(SYMPYRS=pl.lit(1.5), ONSITE=pl.lit("Spinal"))
    mapping = tmp_path / "own.csv"
    mapping.write_text(
        "domain,code,table,column,unit\nsubject,SYMPYRS,patients,onset_months,years\nsubject,ONSITE,patients,onset_site,\n",
        encoding="utf-8",
    )
    import_study("adam", write_package(tmp_path / "package", data), tmp_path / "study", mapping=mapping)
    patients = read_data(tmp_path / "study")["patients"]
    assert patients["onset_months"].unique().to_list() == [18.0]
    assert patients["onset_site"].unique().to_list() == ["limb"]
