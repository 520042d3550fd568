"""A clinic's tables and their mapping to a draft."""

from __future__ import annotations

from collections.abc import Mapping as Frames
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from stallpoint.core.draft import CELLS, ROW, Draft
from stallpoint.core.errors import TableError
from stallpoint.core.mapping import FIRST_VISIT, TIME_ZERO, VOLUMES, ColumnMapping, Mapping, TableMapping, unit_in_header
from stallpoint.core.nearest import ask_nearest
from stallpoint.io.clinic_table.cells import Cells, read_cells
from stallpoint.io.clinic_table.clock import Clock, start_clock, time_on_clock
from stallpoint.io.clinic_table.wide import holder_of, to_long
from stallpoint.io.delimited_file import DelimitedFile
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.source_table import read_source_table
from stallpoint.io.transcribe import clean_identifier

Sheets = dict[tuple[str, str | None], DelimitedFile]


@dataclass(frozen=True)
class _Block:
    """A block of the mapping with its rows, one per visit, and whose rows they are."""

    said: TableMapping
    raw: pl.DataFrame
    patients: pl.Series

    def column(self, name: str) -> ColumnMapping | None:
        """The mapping of one of the study's columns."""
        return next((column for column in self.said.columns if column.column == name), None)


def read_clinic_table(files: SourceFiles, mapping: Mapping) -> Draft:
    """The tables that the mapping describes, transcribed.

    Raises:
        TableError: a file, sheet or column that is not there, or times that cannot be compared.
    """
    sheets: Sheets = {}
    blocks = [_open(said, files, sheets) for said in mapping.tables]
    zero = _open(mapping.time_zero, files, sheets) if mapping.time_zero else None
    clocks = _start_clocks(blocks, zero)
    read = [(block.said.table, *_read_block(block, clocks)) for block in blocks]
    tables, unreadable = _put_together(read)
    notes = (*(note for sheet in sheets.values() for note in sheet.notes), *_unused(sheets, mapping))
    return Draft(tables, unreadable=unreadable, not_randomised=mapping.not_randomised, notices=mapping.notices, notes=notes)


def find_file(files: SourceFiles, name: str, where: str) -> str:
    """The name in the source of the file that is meant; upper and lower case and folders do not matter.

    Raises:
        TableError: no such file, or none named where the source has several.
    """
    if not name and len(files.files) == 1:
        return next(iter(files.files))
    meant = [each for each in files.files if each.lower() == name.lower() or each.lower().rsplit("/", 1)[-1] == name.lower()]
    if len(meant) != 1:
        what = f"{'more than one' if meant else 'no'} file {name}" if name else "does not say which file it comes from"
        raise TableError(what, where=where, do=ask_nearest(name, files.files))
    return meant[0]


def _open(said: TableMapping, files: SourceFiles, sheets: Sheets) -> _Block:
    file = find_file(files, said.file, said.where)
    key = (file, said.sheet)
    if key not in sheets:
        sheets[key] = read_source_table(files.files[file], sheet=said.sheet)
    raw = to_long(sheets[key].frame, said)
    said = _with_label_as_time(said)
    _require_columns(said, raw, file)
    _require_percentages(said)
    patients = raw.select(clean_identifier(said.patient).alias("patient")).to_series()
    return _Block(said, raw, patients)


def _with_label_as_time(said: TableMapping) -> TableMapping:
    """Where columns are named after times, the name is the time."""
    unit = holder_of(said)
    if unit is None or any(column.column == "time_months" for column in said.columns):
        return said
    return replace(said, columns=(ColumnMapping("time_months", sources=(f"{{{unit}}}",), unit=unit), *said.columns))


def _require_columns(said: TableMapping, raw: pl.DataFrame, file: str) -> None:
    named = [(said.patient, "patient")]
    for column in said.columns:
        others = [each for each in (column.since, column.until) if each not in ("", FIRST_VISIT, TIME_ZERO)]
        named += [(each, column.column) for each in (*column.sources, *others)]
    for source, wanted in named:
        if source not in raw.columns:
            raise TableError(
                f"{file} has no column {source}", where=f"{said.where} {wanted}", do=ask_nearest(source, raw.columns)
            )


def _require_percentages(said: TableMapping) -> None:
    """A column whose header says litres is no percentage, unless the mapping says that it is."""
    for column in said.columns:
        volumes = [
            source
            for source in (*column.sources, column.wide)
            if column.measure == "percent" and unit_in_header(source) in VOLUMES
        ]
        if volumes and not column.unit:
            raise TableError(
                f"{volumes[0]} is a volume, not a percentage of predicted",
                where=f"{said.where} {column.column}",
                do='take the column in % of predicted; where the header is wrong, say unit = "%"',
            )


def _start_clocks(blocks: Sequence[_Block], zero: _Block | None) -> dict[str, Clock]:
    clocks = {}
    if zero is not None and (date := zero.column("date")):
        clocks[TIME_ZERO] = start_clock(zero.patients, date, zero.raw)
    starts = [
        start_clock(block.patients, time, block.raw)
        for block in blocks
        if block.said.table == "visits" and (time := block.column("time_months"))
    ]
    if starts:
        together = pl.concat([clock.starts for clock in starts]).group_by("patient").agg(pl.col("start").min())
        clocks[FIRST_VISIT] = Clock(together, starts[0].dated)
    return clocks


def _read_block(block: _Block, clocks: Frames[str, Clock]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that say something, and the cells that could not be read, with the position of their row."""
    values, texts = [], {}
    for column in block.said.columns:
        cells = _read_column(column, block, clocks)
        values.append(cells.values.alias(column.column))
        if column.value is None and column.sources[:1] != ("{visit}",):
            texts[column.column] = cells.text
    frame = pl.DataFrame([pl.int_range(1, block.raw.height + 1, dtype=pl.Int64, eager=True).alias(ROW), block.patients, *values])
    kept = frame.filter(_said_in(block, texts))
    return kept, _lost(block.said.table, kept, frame, texts)


def _read_column(column: ColumnMapping, block: _Block, clocks: Frames[str, Clock]) -> Cells:
    cells = read_cells(block.raw, column, block.said.table)
    if not (column.since or column.until):
        return cells
    times = time_on_clock(column, block.raw, block.patients, clocks, f"{block.said.where} {column.column}")
    unread = cells.values.is_null() & cells.text.is_not_null()
    return Cells(times, cells.text.set(~unread & times.is_null(), None))


def _said_in(block: _Block, texts: Frames[str, pl.Series]) -> pl.Series:
    """Rows in which a mapped cell says something; people count by being there. A label of a wide table says nothing of a person."""
    labelled = holder_of(block.said) is not None
    telling = [text.is_not_null() for name, text in texts.items() if not (labelled and name == "time_months")]
    if block.said.table == "patients" or not telling:
        return pl.repeat(True, block.raw.height, eager=True)
    return (
        pl.DataFrame([each.alias(str(index)) for index, each in enumerate(telling)])
        .select(pl.any_horizontal(pl.all()))
        .to_series()
    )


def _lost(table: str, kept: pl.DataFrame, frame: pl.DataFrame, texts: Frames[str, pl.Series]) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=CELLS)]
    for name, text in texts.items():
        empty = frame.select(ROW, "patient", text=text).filter(frame[name].is_null() & text.is_not_null())
        cells = empty.join(kept.select(ROW), on=ROW, how="semi", maintain_order="left")
        parts.append(cells.select(table=pl.lit(table), row=ROW, patient="patient", column=pl.lit(name), text="text"))
    return pl.concat(parts)


def _put_together(read: Sequence[tuple[str, pl.DataFrame, pl.DataFrame]]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Blocks of one table below each other; rows are numbered on."""
    tables: dict[str, pl.DataFrame] = {}
    lost = [pl.DataFrame(schema=CELLS)]
    for table, frame, unreadable in read:
        before = int(tables[table][ROW].max() or 0) if table in tables and tables[table].height else 0  # type: ignore[arg-type]
        moved = frame.with_columns(pl.col(ROW) + before)
        tables[table] = pl.concat([tables[table], moved], how="diagonal") if table in tables else moved
        lost.append(unreadable.with_columns(pl.col("row") + before))
    return tables, pl.concat(lost)


def _unused(sheets: Sheets, mapping: Mapping) -> list[str]:
    """Columns that the mapping does not speak of."""
    blocks = [*mapping.tables, *([mapping.time_zero] if mapping.time_zero else [])]
    columns = [column for block in blocks for column in block.columns]
    named = {block.patient for block in blocks} | {
        name for column in columns for name in (*column.sources, column.since, column.until)
    }
    stems = tuple(column.wide.split("{")[0] for column in columns if column.wide)
    notes = []
    for (file, _), sheet in sheets.items():
        left = [name for name in sheet.frame.columns if name not in named and not (stems and name.startswith(stems))]
        notes += [f"{file}: columns not mapped and not imported: {', '.join(left)}"] if left else []
    return notes
