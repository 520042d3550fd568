"""The reference page of the mapping file, written from the declarations that its reader checks against."""

from __future__ import annotations

from stallpoint.core.drug_tables import FileTable, Key
from stallpoint.core.mapping import BLOCK, COLUMN, TOP_KEYS, UNITS

EXAMPLE = """\
not_randomised = "a clinic's cohort: nobody was allocated to anything"
notices = ["Times of death are known to the month only."]

[patients]
file = "clinic.csv"
patient = "ID"
[patients.columns]
sex = { from = "Sex", words = { m = "male", w = "female" } }
age_years = { from = "Birth date", date = "%d.%m.%Y", until = "first visit" }
onset_months = { from = "Onset", date = "%d.%m.%Y", until = "first visit" }
weight_kg = { from = "Weight (lb)", unit = "lb", decimal = "," }

[visits]
file = "clinic.csv"
patient = "ID"
[visits.columns]
time_months = { from = "Visit date", date = "%d.%m.%Y", since = "first visit" }
alsfrs_r = { from = "ALSFRS-R", missing = ["-9"] }

[events]
file = "clinic.csv"
patient = "ID"
[events.columns]
time_months = { from = "Died", date = "%d.%m.%Y", since = "first visit" }
event = { value = "death" }

[[markers]]
file = "clinic.csv"
patient = "ID"
[markers.columns]
time_months = { from = "Visit date", date = "%d.%m.%Y", since = "first visit" }
marker = { value = "NfL" }
value = { from = "NfL serum" }
unit = { value = "pg/mL" }
"""
"""A whole mapping. Tests import a table with it."""

_INTRODUCTION = """\
# The mapping file

`stallpoint import table SOURCE --out STUDY --mapping FILE` makes a study of a spreadsheet, or of text tables, whose columns mean what FILE
says. Without `--mapping` a proposal is written and nothing is imported. The file is TOML.

- Keys are exact. An unknown one, or a column that the source does not have, is an error that names the nearest.
- A cell that cannot be what it should be is listed in `import/audit.parquet` and counts as missing; nothing is guessed.
- Dates that a spreadsheet stores as dates, and ISO dates (2020-01-31), are read whatever `date` says. Day numbers need `serials`.
- A row in which no mapped cell says anything is no row of that table. Rows that repeat another are dropped, on record.
- Several rows of one person in `patients` become one; what they contradict each other in becomes missing, on record.
- In a flag such as `cens`, say which value means death: `event = { from = "cens", words = { 1 = "death", 0 = "end" } }`.
- Times that count from symptom onset: `time_months = { from = "time", unit = "months", since = "first visit" }`, and in patients
  `onset_months = { value = 0, unit = "months", until = "first visit" }`, since onset is 0 on that clock.

This page is written by `stallpoint.core.mapping_reference` from the same declarations that read the file.
"""


def render_mapping_page() -> str:
    """The whole page, in Markdown."""
    top = FileTable("the top of the file", "what holds for all tables", TOP_KEYS, many=False)
    parts = [_INTRODUCTION, f"## Example\n\n```toml\n{EXAMPLE}```\n", _render_table("The top of the file", top)]
    parts += [_render_table("[TABLE]", BLOCK), _render_table("[TABLE.columns]", COLUMN), _render_units()]
    return "\n".join(parts)


def _render_table(head: str, table: FileTable) -> str:
    lines = [f"## {head}", "", f"{table.what[0].upper()}{table.what[1:]}.", ""]
    lines += ["| key | holds | needed | what it is |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *map(_render_key, table.keys), ""])


def _render_key(key: Key) -> str:
    return f"| `{key.name}` | {key.holds} | {'yes' if key.needed else ''} | {key.what} |"


def _render_units() -> str:
    lines = ["## Units", "", "| column ends in | unit may be |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| `_{ending}` | {', '.join(units)} |" for ending, units in UNITS.items()), ""])
