"""The tables of a study, declared once.

Checks, the reference page of the study format and its example rows all come from these declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandera.polars as pa
import polars as pl

ONSET_SITES = ("bulbar", "limb", "respiratory", "other")
SEXES = ("female", "male")
EVENTS = ("death", "tracheostomy", "ventilation", "withdrawal", "end")
CALLS = ("present", "absent", "not tested")
SCALES = ("alsfrs_r", "alsfrs")
ITEMS = ("q1", "q2", "q3", "q4", "q5a", "q5b", "q6", "q7", "q8", "q9", "q10", "q11", "q12")


@dataclass(frozen=True)
class Table:
    """A table's name, what one row is, its pandera schema, and whether columns beyond the declared may ride along."""

    name: str
    row_is: str
    schema: pa.DataFrameSchema

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the columns that must be there."""
        return tuple(name for name, column in self.schema.columns.items() if column.required)

    @property
    def dtypes(self) -> dict[str, Any]:
        """Polars type of each declared column."""
        return {name: column.dtype.type for name, column in self.schema.columns.items()}


def _column(
    dtype: Any, says: str, example: str, *checks: pa.Check, needed: bool = False, nullable: bool | None = None
) -> pa.Column:
    return pa.Column(
        dtype,
        checks=list(checks),
        required=needed,
        nullable=not needed if nullable is None else nullable,
        description=says,
        metadata={"example": example},
    )


def _at_least(bound: float, says: str) -> pa.Check:
    return pa.Check.ge(bound, error=says)


def _above(bound: float, says: str) -> pa.Check:
    return pa.Check.gt(bound, error=says)


def _between(low: float, high: float) -> pa.Check:
    return pa.Check.in_range(low, high, error=f"must lie from {low:g} to {high:g}")


def _one_of(values: tuple[str, ...]) -> pa.Check:
    return pa.Check.isin(list(values), error=f"must be one of: {', '.join(values)}")


_PATIENT = "identifier of the person, the same in every table"
_TIME = "months since time zero (randomisation, or the first visit where nobody was randomised)"


def _time(says: str = _TIME, example: str = "3.0") -> pa.Column:
    return _column(pl.Float64, says, example, _at_least(0, "must not lie before time zero"), needed=True)


PATIENTS = Table(
    "patients",
    "a person",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "arm": _column(pl.String, "the randomised arm", "active"),
            "age_years": _column(pl.Float64, "age at time zero, years", "61.0", _between(0, 120)),
            "sex": _column(pl.String, "female or male", "female", _one_of(SEXES)),
            "onset_site": _column(pl.String, "where symptoms began", "limb", _one_of(ONSET_SITES)),
            "onset_months": _column(pl.Float64, "months from symptom onset to time zero", "14.5", _above(0, "must be above 0")),
            "diagnosis_months": _column(
                pl.Float64, "months from symptom onset to diagnosis", "9.0", _at_least(0, "must not be negative")
            ),
            "fvc_percent": _column(pl.Float64, "forced vital capacity at time zero, % of predicted", "86", _between(0, 200)),
            "weight_kg": _column(pl.Float64, "body weight at time zero, kg", "72.0", _between(20, 300)),
            "smoker": _column(pl.Boolean, "smokes at time zero", "false"),
            "riluzole": _column(pl.Boolean, "takes riluzole at time zero", "true"),
        },
        strict=False,
    ),
)

VISITS = Table(
    "visits",
    "one assessment of function: alsfrs_r, or the items q1 to q12",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "time_months": _time(),
            "alsfrs_r": _column(pl.Float64, "ALSFRS-R total, 0 to 48; needed where items are absent", "38", _between(0, 48)),
            **{
                item: _column(pl.Float64, f"ALSFRS-R item {item[1:]}, 0 to 4", "" if item == "q5b" else "3", _between(0, 4))
                for item in ITEMS
            },
            "fvc_percent": _column(pl.Float64, "forced vital capacity, % of predicted", "82", _between(0, 200)),
            "scale": _column(
                pl.String,
                "alsfrs where the older 40-point scale was used; its totals are never mixed in",
                "alsfrs_r",
                _one_of(SCALES),
            ),
        },
        strict=False,
    ),
)

EVENTS_TABLE = Table(
    "events",
    "something that happened to a person once",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "time_months": _time(example="9.2"),
            "event": _column(pl.String, "what happened", "death", _one_of(EVENTS), needed=True),
        },
        strict=False,
    ),
)

MARKERS = Table(
    "markers",
    "one measurement of a marker",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "time_months": _time(example="0.0"),
            "marker": _column(pl.String, "name of the marker", "NfL", needed=True),
            "value": _column(pl.Float64, "the value, or the limit where below_limit is true", "72.4", needed=True),
            "unit": _column(pl.String, "unit of the value", "pg/mL", needed=True),
            "matrix": _column(pl.String, "what was sampled", "serum"),
            "below_limit": _column(pl.Boolean, "the value lies below the stated limit", "false"),
        },
        strict=False,
    ),
)

VARIANTS = Table(
    "variants",
    "the call of one variant in one person; not tested is a call of its own, never absent",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "gene": _column(pl.String, "gene symbol", "C9orf72", needed=True),
            "variant": _column(pl.String, "name of the variant", "repeat expansion", needed=True),
            "call": _column(pl.String, "present, absent, or not tested", "absent", _one_of(CALLS), needed=True),
            "zygosity": _column(pl.String, "heterozygous, homozygous, hemizygous", ""),
            "repeats": _column(pl.Float64, "number of repeats", "8", _at_least(0, "must not be negative")),
            "assay": _column(pl.String, "how it was tested", "repeat-primed PCR"),
        },
        strict=False,
    ),
)

DOSES = Table(
    "doses",
    "a dose, or a course that starts at time_months and ends at stop_months",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "treatment": _column(pl.String, "name of the treatment", "drug X", needed=True),
            "time_months": _time(example="0.0"),
            "dose_mg": _column(pl.Float64, "dose, mg", "100", _at_least(0, "must not be negative"), needed=True),
            "route": _column(pl.String, "route of administration", "oral"),
            "stop_months": _column(
                pl.Float64, "when the course ended, months since time zero", "12", _at_least(0, "must not be negative")
            ),
        },
        strict=False,
    ),
)

CONCENTRATIONS = Table(
    "concentrations",
    "one measured drug level",
    pa.DataFrameSchema(
        {
            "patient": _column(pl.String, _PATIENT, "P001", needed=True),
            "time_h": _column(pl.Float64, "hours since the last dose", "12", _at_least(0, "must not be negative"), needed=True),
            "analyte": _column(pl.String, "what was measured", "drug X", needed=True),
            "matrix": _column(pl.String, "what was sampled", "plasma", needed=True),
            "value": _column(
                pl.Float64,
                "the value, or the limit where below_limit is true",
                "118",
                _at_least(0, "must not be negative"),
                needed=True,
            ),
            "unit": _column(pl.String, "unit of the value", "ng/mL", needed=True),
            "below_limit": _column(pl.Boolean, "the value lies below the stated limit", "false"),
        },
        strict=False,
    ),
)

TABLES: dict[str, Table] = {
    table.name: table for table in (PATIENTS, VISITS, EVENTS_TABLE, MARKERS, VARIANTS, DOSES, CONCENTRATIONS)
}
