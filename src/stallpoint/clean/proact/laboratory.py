"""Rules for laboratory results: text among numbers, and tests whose units cannot be put in order."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import Tables

_BELOW = r"^<=?\s*([\d.,]+)$"
_THOUSANDS = r"^-?\d{1,3}(,\d{3})+(\.\d+)?$"
RED_CELLS = ("rbc", "red blood cells", "red blood cell count", "erythrocytes", "red blood cells (rbc)")
RED_CELLS_PLAUSIBLE = (1.0, 10.0)
"""10^12 per litre; outside it is another unit."""


def read_below_limit(tables: Tables) -> Tables:
    """`<5` is a value below the limit of 5."""
    markers = _with_limit(tables["markers"])
    below = pl.col("_text").str.extract(_BELOW).str.replace_all(",", "").cast(pl.Float64, strict=False)
    found = pl.col("value").is_null() & below.is_not_null()
    return {
        "markers": markers.with_columns(
            value=pl.when(found).then(below).otherwise("value"),
            below_limit=pl.when(found).then(statement=True).otherwise("below_limit"),
        )
    }


def read_thousands(tables: Tables) -> Tables:
    """`229,000` is 229000."""
    markers = tables["markers"]
    grouped = pl.col("_text").str.contains(_THOUSANDS).fill_null(value=False)
    number = pl.col("_text").str.replace_all(",", "").cast(pl.Float64, strict=False)
    return {"markers": markers.with_columns(value=pl.when(pl.col("value").is_null() & grouped).then(number).otherwise("value"))}


def drop_words(tables: Tables) -> Tables:
    """Trace, 1+, Normal and other words are no numbers, and markers hold numbers."""
    markers = tables["markers"]
    return {"markers": markers.filter(pl.col("value").is_not_null() | pl.col("_text").is_null())}


def drop_albumin_percent(tables: Tables) -> Tables:
    """Albumin in % is a share of protein, not a concentration."""
    markers = tables["markers"]
    share = (pl.col("marker") == "albumin") & (pl.col("unit") == "%")
    return {"markers": markers.filter(~share.fill_null(value=False))}


def drop_mchc(tables: Tables) -> Tables:
    """Mean corpuscular haemoglobin concentration came in units that cannot be told apart."""
    markers = tables["markers"]
    named = pl.col("marker").str.contains(r"\bmchc\b|mean corpuscular h.?emoglobin conc").fill_null(value=False)
    return {"markers": markers.filter(~named)}


def scale_red_cells(tables: Tables) -> Tables:
    """Red cells recorded 10^2 to 10^9 times too large are brought to 10^12 per litre, where one power of ten does it."""
    markers = tables["markers"]
    low, high = RED_CELLS_PLAUSIBLE
    value = pl.col("value")
    power = (value / low).log10().floor()
    wrong = pl.col("marker").is_in(RED_CELLS) & (value >= 100 * low) & power.is_between(2, 9)
    scaled = value / pl.lit(10.0).pow(power)
    chosen = (wrong & scaled.is_between(low, high)).fill_null(value=False)
    return {
        "markers": markers.with_columns(
            value=pl.when(chosen).then(scaled).otherwise("value"), unit=pl.when(chosen).then(pl.lit("10^12/L")).otherwise("unit")
        )
    }


def _with_limit(markers: pl.DataFrame) -> pl.DataFrame:
    return markers if "below_limit" in markers.columns else markers.with_columns(below_limit=pl.lit(None, dtype=pl.Boolean))
