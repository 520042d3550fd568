from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.csv_table import read_csv_table


def written(folder: Path, content: bytes) -> Path:
    path = folder / "visits.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"patient,time_months\nP1,0\nP2,3.5\n",
        b"\xef\xbb\xbfpatient,time_months\r\nP1,0\r\nP2,3.5\r\n",
        b" patient , time_months\nP1,0\n\nP2,3.5",
        b'"patient","time_months"\n"P1",0\n"P2","3.5"\n',
    ],
    ids=["plain", "mark and Windows lines", "spaces, empty line, no last newline", "quoted"],
)
def test_every_cell_is_text(tmp_path: Path, content: bytes) -> None:
    frame = read_csv_table(written(tmp_path, content))
    assert frame.equals(pl.DataFrame({"patient": ["P1", "P2"], "time_months": ["0", "3.5"]}))


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    frame = read_csv_table(written(tmp_path, b"patient,time_months\n"))
    assert frame.schema == {"patient": pl.String, "time_months": pl.String}
    assert frame.is_empty()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"patient,time_months,alsfrs_r\nP1,0,40\nP2,", "line 3 has 2 cells where the header has 3"),
        (b"patient,time_months\nP1,0\nP2,3,4\n", "line 3 has 3 cells"),
        (b'patient,note\nP1,"cut sh', "unexpected end of data"),
        (b"patient,site\nP1,Mainz\nP2,K\xf6ln\n", r"byte 0xf6 on line 3 \(byte 27 of the file\)"),
        (b"\xff\xfep\x00a\x00", "byte 0xff on line 1"),
        (b"patient;time_months\nP1;0\n", "separated by semicolons"),
        (b"patient\ttime_months\n", "separated by tabs"),
        (b'"",patient\n1,P1\n', "column 1 has no name"),
        (b"patient,patient\n1,P1\n", "more than one column patient"),
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(TableError, match=f"visits.csv: .*{message}"):
        read_csv_table(written(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="cannot be read"):
        read_csv_table(tmp_path / "none.csv")
