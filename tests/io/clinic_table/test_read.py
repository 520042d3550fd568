"""Cells, dates, wide tables and faults of a clinic's tables."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl
import pytest

from stallpoint.clean.rule import apply_rules
from stallpoint.clean.table import TABLE_RULES
from stallpoint.core.audit import replay_audit
from stallpoint.core.draft import Draft
from stallpoint.core.errors import StallpointError
from stallpoint.io.clinic_table.dates import as_days
from stallpoint.io.clinic_table.read import read_clinic_table
from stallpoint.io.mapping_file import read_mapping
from stallpoint.io.source_files import open_source
from stallpoint.study.import_study import import_study

CSV = """\
ID,Sex,Visit date,ALSFRS-R,Died,Weight
007,m,01.02.2021,40,,154
007,m,01.05.2021,37,13.08.2021,150
123.0,w,03.02.2021,30,,120
123.0,w,Missing,29,N/A,120
"""
MAPPING = """
[patients]
patient = "ID"
[patients.columns]
sex = { from = "Sex", words = { m = "male", w = "female" } }
weight_kg = { from = "Weight", unit = "lb" }
[visits]
patient = "ID"
[visits.columns]
time_months = { from = "Visit date", date = "%d.%m.%Y", since = "first visit" }
alsfrs_r = { from = "ALSFRS-R" }
[events]
patient = "ID"
[events.columns]
time_months = { from = "Died", date = "%d.%m.%Y", since = "first visit" }
event = { value = "death" }
"""


def draft_of(folder: Path, mapping: str, **files: str) -> Draft:
    source = folder / "source"
    source.mkdir(exist_ok=True)
    for name, text in files.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    with open_source(source) as opened:
        return read_clinic_table(opened, read_mapping(folder / "mapping.toml"))


def write_xlsx(path: Path, sheets: dict[str, list[list[str | float]]]) -> None:
    """A workbook of the least that a reader asks for."""
    with zipfile.ZipFile(path, "w") as book:
        names = list(sheets)
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{i}.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for i in range(1, len(names) + 1)
        )
        book.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{kinds}</Types>',
        )
        head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        book.writestr(
            "_rels/.rels", f'{head}<Relationship Id="r" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        )
        links = "".join(
            f'<Relationship Id="s{i}" Type="{kind}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(names) + 1)
        )
        book.writestr("xl/_rels/workbook.xml.rels", f"{head}{links}</Relationships>")
        main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="s{i}"/>' for i, name in enumerate(names, start=1))
        book.writestr("xl/workbook.xml", f'<workbook {main} xmlns:r="{kind}"><sheets>{listed}</sheets></workbook>')
        for i, rows in enumerate(sheets.values(), start=1):
            lines = "".join(
                f'<row r="{r}">{"".join(_cell(r, c, cell) for c, cell in enumerate(row))}</row>'
                for r, row in enumerate(rows, start=1)
            )
            book.writestr(f"xl/worksheets/sheet{i}.xml", f"<worksheet {main}><sheetData>{lines}</sheetData></worksheet>")


def _cell(row: int, column: int, cell: str | float) -> str:
    place = f"{chr(65 + column)}{row}"
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def days(text: str, *, pattern: str = "", serials: int | None = None) -> float | None:
    return pl.DataFrame({"t": [text]}).select(as_days(pl.col("t"), pattern=pattern, serials=serials)).item()


@pytest.mark.parametrize(
    ("text", "pattern", "serials", "date"),
    [
        ("31.12.2020", "%d.%m.%Y", None, "2020-12-31"),
        ("2020-12-31 00:00:00", "%d.%m.%Y", None, "2020-12-31"),
        ("1", "", 1900, "1900-01-01"),
        ("59", "", 1900, "1900-02-28"),
        ("61", "", 1900, "1900-03-01"),
        ("44196", "%d.%m.%Y", 1900, "2020-12-31"),
        ("44196.75", "", 1900, "2020-12-31"),
        ("42734", "", 1904, "2020-12-31"),
        ("0", "", 1904, "1904-01-01"),
    ],
)
def test_dates_are_read(text: str, pattern: str, serials: int | None, date: str) -> None:
    found = days(text, pattern=pattern, serials=serials)
    assert found is not None
    assert pl.Series([int(found)]).cast(pl.Date).cast(pl.String).item() == date


@pytest.mark.parametrize(
    ("text", "pattern", "serials"),
    [
        ("60", "", 1900),
        ("0", "", 1900),
        ("44196", "%d.%m.%Y", None),
        ("01.02.05", "%d.%m.%Y", None),
        ("31.02.2020", "%d.%m.%Y", None),
        ("12/31/2020", "%d/%m/%Y", 1900),
    ],
)
def test_what_is_no_date_is_not_guessed(text: str, pattern: str, serials: int | None) -> None:
    assert days(text, pattern=pattern, serials=serials) is None


def test_a_row_per_visit(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, MAPPING, clinic=CSV)
    cleaned = apply_rules(draft, TABLE_RULES)
    assert cleaned.tables["patients"].select("patient", "sex").rows() == [("007", "male"), ("123", "female")]
    assert cleaned.tables["patients"]["weight_kg"].to_list() == [None, pytest.approx(120 * 0.45359237)]
    assert cleaned.tables["visits"]["time_months"].to_list() == pytest.approx([0, 89 * 12 / 365.25, 0])
    assert cleaned.tables["events"].select("patient", "event").rows() == [("007", "death")]
    assert draft.unreadable.height == 0


def test_the_audit_rebuilds_the_tables(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, MAPPING, clinic=CSV.replace("30,,120", "300,,120"))
    cleaned = apply_rules(draft, TABLE_RULES)
    assert set(cleaned.audit["rule"]) >= {"impossible_values", "undated_rows", "several_rows_of_a_person"}
    for name, frame in cleaned.tables.items():
        types = {column: dtype for column, dtype in frame.schema.items() if column != "row"}
        again = replay_audit(draft.tables, cleaned.audit, {name: types})[name]
        assert again.sort("row").equals(frame.select("row", *types).sort("row"))


def test_order_of_rows_and_columns_and_case_of_file_names_do_not_matter(tmp_path: Path) -> None:
    lines = [line.split(",") for line in CSV.splitlines()]
    turned = "\n".join(",".join(reversed(line)) for line in [lines[0], *reversed(lines[1:])]) + "\n"
    named = MAPPING.replace('patient = "ID"', 'file = "clinic.csv"\npatient = "ID"')
    (tmp_path / "mapping.toml").write_text(named, encoding="utf-8")
    for name, text in (("clinic", CSV), ("CLINIC", turned)):
        (tmp_path / f"in_{name}").mkdir()
        (tmp_path / f"in_{name}" / f"{name}.csv").write_text(text, encoding="utf-8")
        import_study("table", tmp_path / f"in_{name}", tmp_path / name, mapping=tmp_path / "mapping.toml")
    for path in sorted((tmp_path / "clinic/data").iterdir()):
        assert pl.read_parquet(path).equals(pl.read_parquet(tmp_path / "CLINIC/data" / path.name))


def test_visits_in_columns(tmp_path: Path) -> None:
    wide = "ID,ALSFRS_M0,ALSFRS_M3,ALSFRS_M12,FVC_M3\na,40,37,,80\nb,30,,20,\n"
    mapping = """
[patients]
patient = "ID"
[patients.columns]
[visits]
patient = "ID"
[visits.columns]
alsfrs_r = { wide = "ALSFRS_M{months}" }
fvc_percent = { wide = "FVC_M{months}" }
"""
    visits = draft_of(tmp_path, mapping, clinic=wide).tables["visits"].sort("patient", "time_months")
    assert visits.select("patient", "time_months", "alsfrs_r", "fvc_percent").rows() == [
        ("a", 0.0, 40.0, None),
        ("a", 3.0, 37.0, 80.0),
        ("b", 0.0, 30.0, None),
        ("b", 12.0, 20.0, None),
    ]


def test_named_visits_with_dates_of_their_own_and_a_day_of_randomisation(tmp_path: Path) -> None:
    wide = "ID;Date_BL;Date_V1;Score_BL;Score_V1;Randomised\na;2020-01-01;2020-03-01;40;37,5;2020-01-15\n"
    mapping = """
[time_zero]
patient = "ID"
[time_zero.columns]
date = { from = "Randomised", date = "%Y-%m-%d" }
[patients]
patient = "ID"
[patients.columns]
[visits]
patient = "ID"
[visits.columns]
time_months = { wide = "Date_{visit}", date = "%Y-%m-%d", since = "time zero" }
alsfrs_r = { wide = "Score_{visit}", decimal = "," }
visit = { from = "{visit}" }
"""
    visits = draft_of(tmp_path, mapping, clinic=wide).tables["visits"].sort("time_months")
    assert visits["visit"].to_list() == ["BL", "V1"]
    assert visits["alsfrs_r"].to_list() == [40.0, 37.5]
    assert visits["time_months"].to_list() == pytest.approx([-14 * 12 / 365.25, 46 * 12 / 365.25])


def test_numbers_with_commas_and_codes_for_missing(tmp_path: Path) -> None:
    text = "ID;Score\na;3,5\nb;1.234,5\nc;1.234\nd;-9\ne;2.5\nf;about 3\n"
    mapping = """
[patients]
patient = "ID"
[patients.columns]
score = { from = "Score", decimal = ",", missing = ["-9"] }
"""
    draft = draft_of(tmp_path, mapping, clinic=text)
    assert draft.tables["patients"]["score"].to_list() == [3.5, 1234.5, None, None, 2.5, None]
    assert draft.unreadable["text"].to_list() == ["1.234", "about 3"]


def test_sheets_of_a_workbook(tmp_path: Path) -> None:
    people: list[list[str | float]] = [["ID", "Sex"], ["007", "m"], ["8", "w"]]
    visits: list[list[str | float]] = [
        ["ID", "Date", "Score"],
        ["007", 44196, 40],
        ["007", 44286, 37],
        ["8", "N/A", 30],
        ["8", "01.02.2021", 31],
    ]
    write_xlsx(tmp_path / "clinic.xlsx", {"People": people, "Visits": visits})
    mapping = """
[patients]
sheet = "People"
patient = "ID"
[patients.columns]
sex = { from = "Sex", words = { m = "male", w = "female" } }
[visits]
sheet = "Visits"
patient = "ID"
[visits.columns]
time_months = { from = "Date", date = "%d.%m.%Y", serials = 1900, since = "first visit" }
alsfrs_r = { from = "Score" }
"""
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    imported = import_study("table", tmp_path / "clinic.xlsx", tmp_path / "study", mapping=tmp_path / "mapping.toml")
    assert imported.rows == {"patients": 2, "visits": 3}
    assert imported.rules["undated_rows"] == 1
    absent = mapping.replace('"Visits"', '"Vists"')
    (tmp_path / "mapping.toml").write_text(absent, encoding="utf-8")
    with pytest.raises(StallpointError, match="no sheet Vists"):
        import_study("table", tmp_path / "clinic.xlsx", tmp_path / "other", mapping=tmp_path / "mapping.toml")
    whole = (tmp_path / "clinic.xlsx").read_bytes()
    (tmp_path / "clinic.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StallpointError, match="not a spreadsheet"):
        import_study("table", tmp_path / "clinic.xlsx", tmp_path / "other", mapping=tmp_path / "mapping.toml")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("mapping", "text", "says"),
    [
        (MAPPING.replace('"ALSFRS-R"', '"ALSFRSR"'), CSV, "did you mean ALSFRS-R"),
        (MAPPING.replace("alsfrs_r = { from", "alsfrs_r = { form"), CSV, "did you mean from"),
        (MAPPING.replace("[events]", "[event]").replace("[events.", "[event."), CSV, "did you mean events"),
        (MAPPING.replace('unit = "lb"', 'unit = "lbs"'), CSV, "did you mean lb"),
        (
            MAPPING.replace('weight_kg = { from = "Weight", unit = "lb" }', 'fvc_percent = { from = "Weight", unit = "L" }'),
            CSV,
            "is a volume",
        ),
        (
            MAPPING.replace('weight_kg = { from = "Weight", unit = "lb" }', 'fvc_percent = { from = "FVC (L)" }'),
            CSV.replace("Weight", "FVC (L)"),
            "FVC (L) is a volume",
        ),
        (MAPPING.replace(', since = "first visit"', "", 1), CSV, "a date is no time"),
        (MAPPING.replace('patient = "ID"', 'file = "clinik.csv"\npatient = "ID"', 1), CSV, "did you mean clinic.csv"),
        (MAPPING.replace("[patients]", "[patients"), CSV, "is not TOML"),
        (MAPPING, CSV.replace("Died", "Sex"), "more than one column sex"),
        (MAPPING, CSV.replace("40", "4\x000"), "NUL byte"),
        (MAPPING, "", "the file is empty"),
    ],
)
def test_faults_are_named_and_leave_nothing(tmp_path: Path, mapping: str, text: str, says: str) -> None:
    (tmp_path / "clinic.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    with pytest.raises(StallpointError) as fault:
        import_study("table", tmp_path / "clinic.csv", tmp_path / "study", mapping=tmp_path / "mapping.toml")
    assert says in fault.value.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clinic.csv", "mapping.toml"]
