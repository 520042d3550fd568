"""Rules for forced and slow vital capacity."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import Tables

LARGEST_NORMAL_LITRES = 12.0
"""No person's predicted vital capacity comes near; one entry of 82 litres is known."""

TRIALS = (1, 2, 3)
CAPACITIES = ("fvc", "svc")


def empty_normal_entry_error(tables: Tables) -> Tables:
    """A predicted capacity that no person has: the entry is emptied, and percentages that were computed from it with it."""
    visits = tables["visits"]
    for prefix in _present(visits):
        wrong = (pl.col(f"{prefix}_normal_litres") > LARGEST_NORMAL_LITRES).fill_null(value=False)
        emptied = [f"{prefix}_normal_litres", *_trials(visits, prefix, "percent"), f"{prefix}_percent"]
        visits = visits.with_columns(pl.when(~wrong).then(name).alias(name) for name in emptied if name in visits.columns)
    return {"visits": visits}


def percent_from_litres(tables: Tables) -> Tables:
    """Litres in % of what is normal for the person, where no percentage was recorded."""
    visits = tables["visits"]
    for prefix in _present(visits):
        litres = pl.max_horizontal(_trials(visits, prefix, "litres"))
        percent = 100 * litres / pl.col(f"{prefix}_normal_litres")
        column = f"{prefix}_percent"
        recorded = pl.max_horizontal(_trials(visits, prefix, "percent"))
        filled = pl.when(recorded.is_null() & (pl.col(f"{prefix}_normal_litres") > 0)).then(percent).otherwise(pl.col(column))
        visits = visits.with_columns(filled.alias(column))
    return {"visits": visits}


def best_of_three(tables: Tables) -> Tables:
    """Of up to three trials the best counts, as in spirometry."""
    visits = tables["visits"]
    for prefix in _present(visits):
        best = pl.max_horizontal(_trials(visits, prefix, "percent"))
        column = f"{prefix}_percent"
        visits = visits.with_columns(pl.coalesce(best, pl.col(column)).alias(column))
    return {"visits": visits}


def fvc_at_time_zero(tables: Tables) -> Tables:
    """The person's capacity at time zero: of that day."""
    at_zero = (
        tables["visits"].filter((pl.col("time_months") == 0) & pl.col("fvc_percent").is_not_null()) if _has_fvc(tables) else None
    )
    if at_zero is None:
        return {}
    value = at_zero.group_by("patient").agg(pl.col("fvc_percent").max())
    return {"patients": tables["patients"].join(value, on="patient", how="left", maintain_order="left")}


def _has_fvc(tables: Tables) -> bool:
    return "fvc_percent" in tables["visits"].columns


def _present(visits: pl.DataFrame) -> list[str]:
    """Capacities whose tables were there, whole enough to hold a percentage."""
    return [
        prefix for prefix in CAPACITIES if f"{prefix}_percent" in visits.columns and f"{prefix}_normal_litres" in visits.columns
    ]


def _trials(visits: pl.DataFrame, prefix: str, what: str) -> list[str]:
    return [name for trial in TRIALS if (name := f"_{prefix}_{what}_{trial}") in visits.columns]
