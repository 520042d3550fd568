"""A sheet of a spreadsheet, every cell as text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.io.delimited_file import MOST_COLUMNS, DelimitedFile, without_trailer

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_sheet(path: Path, *, sheet: str | None = None) -> DelimitedFile:
    """The named sheet, or the first, with its first row as header.

    Dates come as ISO text, numbers as the spreadsheet holds them. Which sheets were not read is noted.

    Raises:
        TableError: not a spreadsheet, no such sheet, no header, names missing or repeated.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        chosen = sheet or book.sheet_names[0]
        if chosen not in book.sheet_names:
            raise TableError(f"no sheet {chosen}", where=path.name, do=f"sheets found: {', '.join(book.sheet_names)}")
        cells: pl.DataFrame = book.load_sheet(chosen, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as fault:
        raise TableError(
            f"not a spreadsheet that can be read: {fault}", where=path.name, do="save it again as .xlsx or CSV"
        ) from fault
    others = [name for name in book.sheet_names if name != chosen]
    notes = (f"{path.name}: sheets not read: {', '.join(others)}",) if others else ()
    return without_trailer(DelimitedFile(_with_header(cells, f"{path.name}, sheet {chosen}"), notes), path.name)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a spreadsheet's sheets that hold anything.

    Raises:
        TableError: not a spreadsheet.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        return tuple(name for name in book.sheet_names if book.load_sheet(name, header_row=None).height)
    except fastexcel.FastExcelError as fault:
        raise TableError(
            f"not a spreadsheet that can be read: {fault}", where=path.name, do="save it again as .xlsx or CSV"
        ) from fault


def _with_header(cells: pl.DataFrame, place: str) -> pl.DataFrame:
    if cells.is_empty():
        raise TableError("the sheet is empty", where=place, do="give a header row and the data")
    names = [(name or "").strip() for name in cells.row(0)]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise TableError(f"{len(names):,} columns", where=place, do=f"at most {MOST_COLUMNS:,} are read")
    lowered = [name.lower() for name in names]
    if not names or "" in names or len(set(lowered)) < len(names):
        twice = next((name for name in names if lowered.count(name.lower()) > 1), "")
        raise TableError(
            f"more than one column {twice}" if twice else "a column has no name in the first row",
            where=place,
            do="give every column one name of its own, in the first row",
        )
    body = cells[1:].select(cells.columns[: len(names)])
    text = pl.all().cast(pl.String).str.strip_chars()
    named = body.rename(dict(zip(body.columns, names, strict=True)))
    return named.select(pl.when(text != "").then(text)).filter(~pl.all_horizontal(pl.all().is_null()))
