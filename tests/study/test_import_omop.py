import json
import zipfile

import polars as pl
import pytest
from omop_world import CONCEPTS, QUIRKS, build_release, person_id
from same_study import assert_same_tables, read_data

from stallpoint.clean.omop import OMOP_RULES
from stallpoint.clean.rule import apply_rules
from stallpoint.core.audit import replay_audit
from stallpoint.core.errors import StallpointError, StudyFileError, TableError
from stallpoint.io.omop.read import read_omop
from stallpoint.io.source_files import open_source
from stallpoint.io.terms import build_terms
from stallpoint.knowledge.tsv import read_bundled_rows
from stallpoint.study.import_study import import_study


def write_release(folder, tables, *, ending=".csv", name=str):
    folder.mkdir(parents=True)
    for table, frame in tables.items():
        path = folder / f"{name(table)}{ending}"
        frame.write_parquet(path) if ending == ".parquet" else frame.write_csv(path)
    return folder


def record_of(study):
    return json.loads((study / "import/record.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("ending", "name"), [(".csv", str), (".CSV", str.upper), (".parquet", str.upper)])
def test_the_study_holds_what_was_planted(tmp_path, ending, name):
    tables, truth = build_release()
    source = write_release(tmp_path / "release", tables, ending=ending, name=name)
    import_study("omop", source, tmp_path / "study")
    assert_same_tables(read_data(tmp_path / "study"), truth)


def test_a_zip_is_read_as_its_folder(tmp_path):
    tables, truth = build_release()
    source = write_release(tmp_path / "release", tables)
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as packed:
        for path in source.iterdir():
            packed.write(path, f"omop/{path.name}")
    import_study("omop", tmp_path / "release.zip", tmp_path / "study")
    assert_same_tables(read_data(tmp_path / "study"), truth)


def test_every_planted_quirk_is_in_the_audit(tmp_path):
    tables, _ = build_release()
    import_study("omop", write_release(tmp_path / "release", tables), tmp_path / "study")
    audit = pl.read_parquet(tmp_path / "study/import/audit.parquet")
    people = audit.filter(pl.col("rule").str.starts_with("people_") & (pl.col("table") != "patients"))
    counts = dict(audit.join(people, on=audit.columns, how="anti", nulls_equal=True).group_by("rule").len().iter_rows())
    assert {rule: counts[rule] for rule in QUIRKS} == QUIRKS
    texts = audit.filter(pl.col("rule") == "unreadable_values")["before"].to_list()
    assert sorted(texts) == ["01/02/2017", "1900-01-01", "75 (unit not said)", "not legible"]


def test_the_report_is_told_that_nobody_was_randomised(tmp_path):
    tables, _ = build_release()
    imported = import_study("omop", write_release(tmp_path / "release", tables), tmp_path / "study")
    assert "observational" in imported.not_randomised
    assert any("first ALSFRS-R assessment" in notice for notice in imported.notices)
    notes = "\n".join(record_of(tmp_path / "study")["notes"])
    assert "observation 77 Military service (1)" in notes
    assert "procedure_occurrence Non-invasive ventilation (3)" in notes
    assert "without a dose: riluzole 6" in notes


def test_order_of_rows_and_columns_does_not_matter(tmp_path):
    tables, _ = build_release()
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=4).select(sorted(frame.columns, reverse=True))
        for name, frame in tables.items()
    }
    import_study("omop", write_release(tmp_path / "first", tables), tmp_path / "a")
    import_study("omop", write_release(tmp_path / "second", shuffled), tmp_path / "b")
    for path in sorted((tmp_path / "a/data").iterdir()):
        assert path.read_bytes() == (tmp_path / "b/data" / path.name).read_bytes(), path.name


def test_the_audit_rebuilds_the_cleaned_tables(tmp_path):
    tables, _ = build_release()
    source = write_release(tmp_path / "release", tables)
    with open_source(source) as files:
        draft = read_omop(files, build_terms(read_bundled_rows("omop_concepts.tsv")))
    cleaned = apply_rules(draft, OMOP_RULES)
    for name, frame in cleaned.tables.items():
        kept = frame.select(column for column in frame.columns if column != "row" and not column.startswith("_"))
        types = {name: dict(kept.schema)}
        rebuilt = replay_audit(draft.tables, cleaned.audit, types)[name]
        assert rebuilt.sort("row").equals(frame.select("row", *kept.columns).sort("row")), name


def test_other_concepts_are_read_with_a_mapping(tmp_path):
    tables, truth = build_release()
    own = {value: index for index, value in enumerate(CONCEPTS.values(), start=9001)}
    column = pl.col("observation_concept_id")
    tables["observation"] = tables["observation"].with_columns(column.replace(own))
    source = write_release(tmp_path / "release", tables)
    items = [f"finding\t{own[concept]}\tvisits\t{item}" for item, concept in CONCEPTS.items()]
    mapping = tmp_path / "own.tsv"
    mapping.write_text("\n".join(["domain\tcode\ttable\tcolumn", *items]), encoding="utf-8")
    import_study("omop", source, tmp_path / "study", mapping=mapping)
    assert_same_tables(read_data(tmp_path / "study"), truth)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("domain\tcode\ttable\tcolum\nfinding\t1\tvisits\tq1", "unknown column colum"),
        ("domain\tcode\ttable\tcolumn\nfindings\t1\tvisits\tq1", "findings is not a domain"),
        ("domain\tpattern\ttable\tcolumn\nfinding\t(\tvisits\tq1", "pattern ("),
        ("domain\tcode\ttable\tcolumn\nfinding\t\tvisits\tq1", "neither a code nor a pattern"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where(tmp_path, text, message):
    tables, _ = build_release()
    mapping = tmp_path / "own.tsv"
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(StudyFileError) as caught:
        import_study("omop", write_release(tmp_path / "release", tables), tmp_path / "study", mapping=mapping)
    assert message in caught.value.text
    assert "own.tsv" in caught.value.text


def no_person(tables):
    del tables["person"]


def nobody(tables):
    tables["person"] = tables["person"].clear()


def no_identifier(tables):
    tables["observation"] = tables["observation"].drop("person_id")


def unknown_concepts(tables):
    tables["observation"] = tables["observation"].with_columns(
        observation_concept_id=pl.lit(5), observation_source_value=pl.lit("x")
    )
    tables["measurement"] = tables["measurement"].with_columns(
        measurement_concept_id=pl.lit(5), measurement_source_value=pl.lit("x")
    )


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_person, "there is no table person"),
        (nobody, "nobody is in it"),
        (no_identifier, "no column person_id"),
        (unknown_concepts, "--mapping"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_leaves_nothing(tmp_path, spoil, message):
    tables, _ = build_release()
    spoil(tables)
    with pytest.raises(StallpointError) as caught:
        import_study("omop", write_release(tmp_path / "release", tables), tmp_path / "study")
    assert message in caught.value.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release"]


def test_an_empty_file_and_two_files_for_one_table_are_refused(tmp_path):
    tables, _ = build_release()
    source = write_release(tmp_path / "release", tables)
    (source / "death.csv").write_text("", encoding="utf-8")
    with pytest.raises(TableError, match=r"death\.csv: the file is empty"):
        import_study("omop", source, tmp_path / "study")
    tables["death"].write_parquet(source / "DEATH.parquet")
    with pytest.raises(TableError, match="more than one file for death"):
        import_study("omop", source, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_leading_zeros_of_identifiers_stay(tmp_path):
    tables, _ = build_release()
    text = {
        name: frame.with_columns(pl.col("person_id").cast(pl.String).str.replace("^11", "00")) for name, frame in tables.items()
    }
    import_study("omop", write_release(tmp_path / "release", text), tmp_path / "study")
    assert person_id(3).replace("11", "00", 1) in read_data(tmp_path / "study")["patients"]["patient"].to_list()
