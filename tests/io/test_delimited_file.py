"""Text tables as other software exports them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stallpoint.core.errors import TableError
from stallpoint.io.delimited_file import MOST_COLUMNS, read_delimited

TEXT = "id,site,note\n007,limb,Müller\n2,bulbar,\n"
ROWS = [("007", "limb", "Müller"), ("2", "bulbar", None)]


def read(tmp_path: Path, content: bytes) -> list[tuple[str | None, ...]]:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    return read_delimited(path).frame.rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_usual_separators_and_line_ends(tmp_path: Path, separator: str, end: str) -> None:
    assert read(tmp_path, TEXT.replace(",", separator).replace("\n", end).encode()) == ROWS


def test_mixed_line_ends(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\r\n1,2\n3,4\r5,6") == [("1", "2"), ("3", "4"), ("5", "6")]


def test_quotes_hold_separators_and_line_ends(tmp_path: Path) -> None:
    assert read(tmp_path, b'a,b\n"1,5","x\ny"\n') == [("1,5", "x\ny")]


def test_formulas_are_text(tmp_path: Path) -> None:
    assert read(tmp_path, b'a,b\n"=HYPERLINK(""x"")",+1\n') == [('=HYPERLINK("x")', "+1")]


def test_a_row_count_of_a_query_tool_is_no_row(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n1,2\n(3484 row(s) affected),\n") == [("1", "2")]


def test_empty_columns_at_the_end_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b,,\n1,2,,\n") == [("1", "2")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"a,b\n1,\x002\n", "NUL byte on line 2"),
        (b"a,A\n1,2\n", "more than one column a"),
        (b"a,,c\n1,2,3\n", "column 2 has no name"),
        (b"a,b\n1,2,3\n", "line 2: 3 cells"),
        (b"a,b\n1\n", "line 2: 1 cells"),
        (b'a,b\n"1,2\n3,4\n', "quotation mark"),
        (b"a,b,c\n1,2,3\n4,5\n", "line 3: 2 cells"),
        (b'a,b,c\n"1",2,3\n4,5\n', "line 3: 2 cells"),
        ("a,b\n1,2".encode("utf-16")[:-1], "breaks off"),
        (",".join(f"c{i}" for i in range(MOST_COLUMNS + 1)).encode(), "columns"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(TableError, match=says.replace("(", r"\(")):
        read(tmp_path, content)


def test_what_had_to_be_guessed_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT.encode("cp1252"))
    assert "Windows-1252" in read_delimited(path).notes[0]
