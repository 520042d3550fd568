"""An empty study to fill in."""

from __future__ import annotations

from pathlib import Path

from stallpoint.core.errors import OutputError
from stallpoint.core.reference import render_study_format
from stallpoint.core.tables import TABLES, Table
from stallpoint.study.output_folder import write_whole
from stallpoint.study.study_file import MEANINGS, STUDY_FILE

_TEMPLATE = """\
# A study for stallpoint. Lines that start with # are comments; remove the # to use a line.

[study]
name = "{name}"
# description = "what these data are"
# simulated = true            # data that were made, not measured

# [data]                      # only where the tables do not lie in the folder data
# folder = "data"
# visits = "elsewhere/visits.parquet"

# For a trial; without [trial] the people are described and nothing is compared.
# [trial]
# control = "placebo"         # as in the column arm of patients
# treatment = "active"        # needed only where there are more than two arms
# allocation = 0.5            # probability of being allocated to the treated arm
# strata = ["onset_site"]     # columns of patients by which allocation was stratified

# [estimand]
# horizon_months = 12
{choices}
# endpoint = "alsfrs_r"
# survival_events = ["death", "tracheostomy"]
# population = "adults with ALS within two years of onset"

# [modifiers]                 # columns of patients, or tricals, encals, nfl_baseline, progression_rate
# prespecified = []           # named in the protocol
# explored = []               # looked for afterwards

# [chain]                     # what was planned for the links of the chain; what is left out stays a wide assumption
# potential_slowing = [0.1, 0.8]      # share of the decline that a treatment which passes every link takes away
# planned_level = 100.0               # level in plasma that the dose was chosen for
# level_unit = "ng/mL"
# planned_csf_ratio = 0.1             # unbound level in CSF over that in plasma
# engagement_marker = "target"        # as in the column marker of markers; needs full_change
# full_change = -0.5                  # share by which it changes at full engagement
# target_gene = "SOD1"                # as in the column gene of variants

# [costs]                     # for what a further measurement would be worth
# people = [10, 25, 50]
# currency = "EUR"
# marker_in_csf = true                # an engagement marker takes two lumbar punctures a person
# lumbar_puncture = 500.0
# csf_level = 150.0
# engagement_marker = 100.0
# nfl = 80.0
# genotype = 200.0
# person = 30000.0                    # one person in another trial

# [run]
# seed = 1
"""


def write_new_study(folder: Path) -> tuple[Path, ...]:
    """A study file with comments, a CSV with a header for each table, and the reference of the format.

    Raises:
        OutputError: the folder is a file, holds anything, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError("exists already; nothing was overwritten", where=str(folder), do="give a new or empty folder")
    files = {
        STUDY_FILE: _TEMPLATE.format(name=folder.resolve().name.replace('"', "'"), choices=_render_choices()),
        "README.md": render_study_format(),
        **{f"data/{name}.csv": _header(table) for name, table in TABLES.items()},
    }
    for file, text in files.items():
        write_whole(folder / file, text.encode())
    return tuple(folder / file for file in files)


def _render_choices() -> str:
    """The choices without a default, each value with its meaning."""
    lines = [f'# {key} = "{next(iter(values))}"\n{_render_meanings(values)}' for key, values in MEANINGS.items()]
    return "\n".join(lines)


def _render_meanings(values: dict[str, str]) -> str:
    return "\n".join(f"#   {value}: {meaning}" for value, meaning in values.items())


def _header(table: Table) -> str:
    return ",".join(table.schema.columns) + "\n"
