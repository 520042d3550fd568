"""Rows that are left out, each time with a check that says how many and why."""

from __future__ import annotations

import polars as pl

from stallpoint.core.check import Check

_DATED = {"visits": "Visits", "events": "Events", "markers": "Marker measurements", "doses": "Doses"}


def drop_repeated_rows(frames: dict[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], tuple[Check, ...]]:
    """Visits and events without rows that repeat another in every column."""
    kept = {name: frames[name].unique(maintain_order=True) for name in ("visits", "events")}
    checks = tuple(
        _left_out(f"repeated_{name}", frames[name].height - kept[name].height, f"{_DATED[name]} repeating another row exactly")
        for name in kept
    )
    return frames | kept, checks


def drop_after_death(frames: dict[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], tuple[Check, ...]]:
    """Tables without what is dated after a person's death."""
    death = frames["events"].filter(pl.col("event") == "death").select("patient", death_months="time_months")
    kept = {name: _until_death(frames[name], death) for name in _DATED}
    checks = tuple(
        _left_out(f"{name}_after_death", frames[name].height - kept[name].height, f"{rows} dated after the person's death")
        for name, rows in _DATED.items()
    )
    return frames | kept, checks


def _until_death(frame: pl.DataFrame, death: pl.DataFrame) -> pl.DataFrame:
    alive = pl.col("death_months").is_null() | (pl.col("time_months") <= pl.col("death_months"))
    return frame.join(death, on="patient", how="left", maintain_order="left").filter(alive).drop("death_months")


def _left_out(name: str, n: int, what: str) -> Check:
    return Check(name, "warning" if n else "passed", f"{what}: {f'{n:,} left out' if n else 'none'}.", n)
