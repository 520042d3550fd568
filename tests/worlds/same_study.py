"""Whether an imported study holds what was planted."""

import polars as pl
from polars.testing import assert_frame_equal


def read_data(study):
    """Tables of a study by name."""
    return {path.stem: pl.read_parquet(path) for path in sorted((study / "data").glob("*.parquet"))}


def assert_same_tables(found, planted):
    """Equal up to the order of rows and columns; columns that are empty count as absent."""
    assert set(found) == {name for name, frame in planted.items() if frame.height}
    for name, frame in found.items():
        assert_frame_equal(
            _filled(frame),
            _filled(planted[name]),
            check_row_order=False,
            check_column_order=False,
            check_dtypes=False,
            abs_tol=1e-9,
        )


def _filled(frame):
    return frame.select(name for name in frame.columns if frame[name].null_count() < frame.height)
