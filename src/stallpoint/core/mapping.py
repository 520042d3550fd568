"""What the columns of a clinic's spreadsheet mean: the nouns of a mapping, and every key that its file may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping as Words
from dataclasses import dataclass, field

from stallpoint.core.drug_tables import FileTable, Key
from stallpoint.core.months import DAYS_PER_MONTH

FIRST_VISIT = "first visit"
TIME_ZERO = "time zero"

UNITS: dict[str, dict[str, float]] = {
    "months": {"days": 1 / DAYS_PER_MONTH, "weeks": 7 / DAYS_PER_MONTH, "months": 1.0, "years": 12.0},
    "years": {"days": 1 / (12 * DAYS_PER_MONTH), "weeks": 7 / (12 * DAYS_PER_MONTH), "months": 1 / 12, "years": 1.0},
    "h": {"min": 1 / 60, "h": 1.0, "days": 24.0},
    "kg": {"kg": 1.0, "g": 0.001, "lb": 0.45359237},
    "mg": {"ug": 0.001, "mg": 1.0, "g": 1000.0},
    "percent": {"%": 1.0, "fraction": 100.0},
}
"""For each ending of a study's column, the units it can be given in and the factor to its own. A pound is exactly 0.45359237 kg."""

VOLUMES = ("l", "liter", "liters", "litre", "litres", "ml")
"""Units of a volume, which is no percentage of predicted without knowing what was predicted."""


_BRACKETED = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]\s*$")


def unit_in_header(name: str) -> str:
    """What stands in brackets at the end of a header, in lower case: `l` of `FVC (L)`; empty where nothing does."""
    match = _BRACKETED.search(name)
    return match.group(1).lower() if match else ""


@dataclass(frozen=True)
class ColumnMapping:
    """Where a column of the study comes from; the fields are the keys of `COLUMN_KEYS`. `sources` is the key `from`."""

    column: str
    sources: tuple[str, ...] = ()
    wide: str = ""
    value: str | None = None
    words: Words[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    decimal: str = "."
    unit: str = ""
    date: str = ""
    serials: int | None = None
    since: str = ""
    until: str = ""

    @property
    def measure(self) -> str:
        """The ending of the column's name that says its unit: months, years, kg, mg, h, percent; empty where there is none."""
        ending = self.column.rsplit("_", 1)[-1]
        return ending if ending in UNITS else ""


@dataclass(frozen=True)
class TableMapping:
    """One block: a table of the study, the file and sheet it comes from, its column of identifiers, its columns."""

    table: str
    file: str
    sheet: str | None
    patient: str
    columns: tuple[ColumnMapping, ...]
    where: str


@dataclass(frozen=True)
class Mapping:
    """All blocks, the block of the day that counts as time zero if there is one, and what reports must say of the data."""

    tables: tuple[TableMapping, ...]
    time_zero: TableMapping | None = None
    not_randomised: str = ""
    notices: tuple[str, ...] = ()


TOP_KEYS = (
    Key("not_randomised", "text", "why a contrast of arms is no treatment effect; leave it out where people were randomised"),
    Key("notices", "list of texts", "sentences that every report on these data repeats"),
)

BLOCK = FileTable(
    "TABLE",
    "a table of the study (patients, visits, events, markers, variants, doses, concentrations), or `[time_zero]`, the day that counts as "
    "time zero. Write `[[TABLE]]` where several blocks fill one table, as for two markers in two columns",
    (
        Key("file", "text", "name of the file; may be left out where the source is one file"),
        Key("sheet", "text", "name of the sheet; the first where absent"),
        Key("patient", "text", "the column of identifiers", needed=True),
        Key("columns", "table", "for each column of the study, what it is taken from", needed=True),
    ),
    many=False,
)

COLUMN = FileTable(
    "TABLE.columns",
    'where a column of the study comes from, as in `alsfrs_r = { from = "ALSFRS-R total" }`. Other names are kept too',
    (
        Key("from", "text or list of texts", "the source's column; of several, the first that says something"),
        Key(
            "wide",
            "text",
            "columns that repeat for each visit, as `ALSFRS_M{months}`; also `{days}`, `{weeks}`, `{years}`, or `{visit}` with a time or "
            "date of its own. The place holder can be named in `from`",
        ),
        Key("value", "text or number", "the same in every row, as for a unit or the name of a marker"),
        Key("words", "table", "the source's words on the left (upper and lower case count the same), the study's on the right"),
        Key("missing", "list of texts", "codes that mean no value, such as -9, beside the usual NA, N/A, missing and empty"),
        Key("decimal", '"." or ","', "the decimal sign; a point where absent"),
        Key("unit", "text", "the unit in the source; converted to the unit in the column's name"),
        Key("date", "text", "how a date is written: %d.%m.%Y, %Y-%m-%d, %m/%d/%Y, %d %b %Y; years between 1900 and 2100"),
        Key("serials", "1900 or 1904", "read bare numbers as day numbers of a spreadsheet, and in which of the two systems"),
        Key("since", "text", "time runs from here: `first visit`, `time zero`, or a column of the same sheet"),
        Key("until", "text", "time runs to here: `first visit`, `time zero`, or a column of the same sheet"),
    ),
    many=False,
)
