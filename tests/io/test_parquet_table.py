from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.parquet_table import read_parquet_table

FRAME = pl.DataFrame({"patient": ["P1"], "time_months": [3.5]})


def test_a_table_comes_back_as_saved(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "visits.parquet")
    assert read_parquet_table(tmp_path / "visits.parquet").equals(FRAME)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "visits.parquet"
    FRAME.write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(TableError, match=r"visits\.parquet: not a whole Parquet file"):
        read_parquet_table(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PathError):
        read_parquet_table(tmp_path / "none.parquet")
