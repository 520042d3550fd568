"""What a study's data are like, written down for people and machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.cohort import Cohort
from stallpoint.knowledge.sources import load_sources
from stallpoint.quality.data_quality import SOURCES, DataQuality
from stallpoint.quality.topic import Topic
from stallpoint.study.json_text import render_json
from stallpoint.study.output_folder import write_whole

SCHEMA = "stallpoint.quality/1"


def write_quality(cohort: Cohort, quality: DataQuality, out: Path) -> Path:
    """Write quality.json and quality.html into `out`; returns the page.

    Raises:
        OutputError: the folder cannot be written.
    """
    from stallpoint.report.quality import render_quality

    known = load_sources()
    page = render_quality(cohort, quality, [known[source] for source in SOURCES])
    write_whole(out / "quality.json", render_json(quality_record(cohort, quality)))
    write_whole(out / "quality.html", page.encode())
    return out / "quality.html"


def quality_record(cohort: Cohort, quality: DataQuality) -> dict[str, Any]:
    """What was found, as plain values: every row that stands out, and the numbers behind the charts."""
    windows, jumps = quality.visit_windows, quality.jumps
    missing = quality.missingness
    return {
        "schema": SCHEMA,
        "study": cohort.name,
        "people": cohort.n,
        "simulated": cohort.simulated,
        "missingness": {**_said(missing), "columns": missing.columns.to_dicts(), "by_month": missing.by_month.to_dicts()},
        "visit_windows": {
            **_said(windows),
            "planned_months": windows.plan.months,
            "windows_months": windows.plan.windows_months.tolist(),
            "outside": windows.visits.filter(pl.col("outside")).drop("visit", "outside").to_dicts(),
            "gaps": windows.gaps.to_dicts(),
        },
        "jumps": {**_said(jumps), "impossible": jumps.worst.drop("impossible").to_dicts(), "items": jumps.items.to_dicts()},
        "digits": {
            **_said(quality.digits),
            "summary": quality.digits.summary.to_dicts(),
            "digits": quality.digits.digits.to_dicts(),
        },
        "balance": {**_said(quality.balance), "differences": quality.balance.differences.to_dicts()},
    }


def _said(topic: Topic) -> dict[str, Any]:
    return {"checks": topic.checks, "notes": topic.notes}
