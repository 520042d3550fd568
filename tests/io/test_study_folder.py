from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.study_folder import find_tables, read_tables, require_path

FRAME = pl.DataFrame({"patient": ["P1"]})


def test_tables_are_found_by_name_and_read_by_ending(tmp_path: Path) -> None:
    FRAME.write_csv(tmp_path / "patients.csv")
    FRAME.write_parquet(tmp_path / "visits.parquet")
    (tmp_path / "README.md").write_text("not a table")
    (tmp_path / "codebook.csv").write_text("not,a table")
    found = find_tables(tmp_path)
    assert set(found) == {"patients", "visits"}
    assert all(frame.equals(FRAME) for frame in read_tables(found).values())


def test_a_table_in_two_files_is_refused(tmp_path: Path) -> None:
    FRAME.write_csv(tmp_path / "visits.csv")
    FRAME.write_parquet(tmp_path / "visits.parquet")
    with pytest.raises(TableError, match=r"visits is there twice: visits\.csv and visits\.parquet"):
        find_tables(tmp_path)


def test_a_nearly_right_file_name_is_named(tmp_path: Path) -> None:
    FRAME.write_csv(tmp_path / "visit.csv")
    with pytest.raises(TableError, match=r"did you mean visits\.csv\?"):
        find_tables(tmp_path)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "visits.xlsx"
    path.touch()
    with pytest.raises(PathError, match=r"its ending is \.xlsx"):
        read_tables({"visits": path})


def test_a_path_that_does_not_exist_names_the_nearest_neighbour(tmp_path: Path) -> None:
    (tmp_path / "magnet").mkdir()
    with pytest.raises(PathError, match=r"did you mean .*magnet\?"):
        require_path(tmp_path / "mangnet")


def test_the_first_part_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathError, match=f"{tmp_path.name}/no: does not exist"):
        require_path(tmp_path / "no" / "such" / "folder")
