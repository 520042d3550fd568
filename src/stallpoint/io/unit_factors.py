"""Units as sources spell them, and what one of them is in the study's unit."""

from __future__ import annotations

import polars as pl

SPELLINGS = {
    "%": "%", "percent": "%", "% predicted": "%", "%pred": "%", "% pred": "%", "percent predicted": "%",
    "years": "years", "year": "years", "yr": "years",
    "kg": "kg", "kilogram": "kg", "kilograms": "kg",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "[lb_av]": "lb",
    "g": "g", "gram": "g", "grams": "g",
    "mg": "mg", "milligram": "mg", "milligrams": "mg",
    "ug": "ug", "mcg": "ug", "\u00b5g": "ug", "\u03bcg": "ug", "microgram": "ug", "micrograms": "ug",
}  # fmt: skip
"""Lower-case spelling to unit. Both signs for micro are known."""

FACTORS = {
    ("%", "%"): 1.0,
    ("years", "years"): 1.0,
    ("kg", "kg"): 1.0,
    ("lb", "kg"): 0.45359237,
    ("g", "kg"): 1e-3,
    ("mg", "mg"): 1.0,
    ("g", "mg"): 1e3,
    ("ug", "mg"): 1e-3,
}
"""Unit given and unit wanted to the factor; a pound is 0.45359237 kg by definition."""


def factor_to(wanted: str, unit: pl.Expr) -> pl.Expr:
    """What to multiply by to get the wanted unit; null where the unit is not known or cannot become it."""
    known = {spelling: FACTORS[given, wanted] for spelling, given in SPELLINGS.items() if (given, wanted) in FACTORS}
    return unit.str.strip_chars().str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.Float64)


def in_wanted_units(frame: pl.DataFrame, *, value: str, given: str, wanted: str) -> pl.DataFrame:
    """The frame with `value`, text, in the unit that the column `wanted` names for each row; see `in_unit`."""
    parts = [
        part.with_columns(value=in_unit(pl.col(value), pl.col(given), unit or ""))
        for (unit,), part in frame.partition_by(wanted, as_dict=True).items()
    ]
    return pl.concat([frame.with_columns(value=pl.col(value)).clear(), *parts])


def in_unit(value: pl.Expr, unit: pl.Expr, wanted: str) -> pl.Expr:
    """Numbers as text in the wanted unit; where that cannot be, text that is no number: the value with its unit, for the record.

    Args:
        value: numbers as text.
        unit: as the source spells it, null where it says nothing.
        wanted: empty for a number without unit; `%?` for a unit that may be left out.
    """
    if not wanted:
        return value
    number = value.cast(pl.Float64, strict=False)
    factor = factor_to(wanted.rstrip("?"), unit)
    factor = factor.fill_null(pl.when(unit.is_null()).then(1.0)) if wanted.endswith("?") else factor
    converted = pl.when(factor == 1).then(value).otherwise((number * factor).cast(pl.String))
    return pl.coalesce(converted, value + " " + unit.fill_null("(unit not said)"))
