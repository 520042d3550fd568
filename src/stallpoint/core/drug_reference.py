"""The reference page of the drug file, written from the declarations that read it."""

from __future__ import annotations

from stallpoint.core.drug_tables import DRUG_TABLES, FileTable, Key
from stallpoint.core.parameter import PARAMETER_KINDS, ParameterKind

EXAMPLE = """\
[drug]
name = "examplamine"
kind = "small molecule"
also = ["EX-1"]
molar_mass = "250.3 g/mol"

[[dose]]
name = "trial"
dose = "50 mg"
interval = "12 h"
route = "oral"
tag = "seen"
source = "trial2024"

[[parameter]]
name = "apparent_clearance"
value = "500 mL/min"
low = "400 mL/min"
high = "600 mL/min"
between_cv = "40%"
species = "human"
evidence = "human"
tag = "seen"
source = "trial2024"
note = "24 people with ALS, one compartment"

[[parameter]]
name = "fraction_unbound_plasma"
value = 0.05
species = "human"
evidence = "in vitro"
tag = "recalled"
source = "label"
note = "medium confidence; the label was not read"

[[covariate]]
parameter = "apparent_clearance"
column = "smoker"
level = "true"
ratio = 1.5
evidence = "human"
tag = "seen"
source = "trial2024"

[[evidence]]
link = "delivered"
direction = "refutes"
claim = "Brain over plasma was 0.1 in rats, total drug."
evidence = "animal"
tag = "seen"
source = "trial2024"

[[gap]]
link = "delivered"
what = "unbound fraction in brain, hence the unbound brain to plasma ratio"
measure = "plasma and lumbar CSF at steady state on 50 mg twice a day, with the unbound fraction in brain homogenate"

[[source]]
id = "trial2024"
title = "Examplamine in ALS"
year = 2024

[[source]]
id = "label"
title = "Examplamine: prescribing information"
kind = "misc"
"""
"""A whole drug file about a drug that does not exist. Tests build it."""

_INTRODUCTION = """\
# The drug file

A drug is one TOML file. The drugs that come with the software are such files; one of your own needs no change of the software.
Give its path where a drug is asked for.

- Keys are exact. An unknown one is an error that names the nearest, so that no number is overlooked.
- A quantity is a number with its unit between quotes: `"51.4 L/h"`, `"170 mL/min"`, `"2 umol/L"`, `"28 days"`. Any unit of the
  same dimension will do; it is converted. Powers are written `m^2`. Decimals have a point.
- A number without a dimension is bare (`0.6`) or has a percent sign (`"60%"`).
- Every number and finding says how it was obtained (`tag`), in what (`evidence`) and from which work (`source`).
- What is not known is left out and named as a `[[gap]]`. A number that nobody measured is never filled in silently.
- A number of an animal or of cells is never `evidence = "human"`, and a file may not bear the name of a drug that comes with the software.
- Clearances and volumes are those of a person of 70 kg; say in the note where they were turned into such.
- Clearance after a dose by mouth, not divided out by bioavailability, is `apparent_clearance`. Total brain over total plasma is
  `brain_plasma_ratio`; it becomes the unbound ratio only with both unbound fractions. CSF over plasma is not brain over plasma.

Research use only: a drug file records what was given and found. It holds no advice on doses.

This page is written by `stallpoint.core.drug_reference` from the same declarations that read the file.
"""


def render_drug_file_page() -> str:
    """The whole page, in Markdown."""
    tables = "\n".join(_render_table(table) for table in DRUG_TABLES.values())
    return "\n".join([_INTRODUCTION, _render_example(), tables, _render_parameters()])


def _render_example() -> str:
    return f"## Example\n\n```toml\n{EXAMPLE}```\n"


def _render_table(table: FileTable) -> str:
    head = f"[[{table.name}]]" if table.many else f"[{table.name}]"
    lines = [f"## {head}", "", f"{table.what[0].upper()}{table.what[1:]}.", ""]
    lines += ["| key | holds | needed | what it is |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *map(_render_key, table.keys), ""])


def _render_key(key: Key) -> str:
    return f"| `{key.name}` | {key.holds} | {'yes' if key.needed else ''} | {key.what} |"


def _render_parameters() -> str:
    lines = ["## Names of parameters", "", "| name | unit | link | what it is | allowed |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*lines, *(_render_parameter(name, kind) for name, kind in PARAMETER_KINDS.items()), ""])


def _render_parameter(name: str, kind: ParameterKind) -> str:
    return f"| `{name}` | {kind.unit} | {kind.link} | {kind.label} | {_render_limits(kind)} |"


def _render_limits(kind: ParameterKind) -> str:
    if kind.least < 0:
        return "any number"
    if kind.most < float("inf"):
        return f"{kind.least:g} to {kind.most:g}"
    return "0 or more" if kind.unit == "ratio" else "above 0"
