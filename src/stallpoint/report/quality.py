"""The page on the quality of a study's data: one HTML file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.numbers import format_number
from stallpoint.core.source import Source
from stallpoint.core.wording import counted
from stallpoint.draw.balance import draw_balance
from stallpoint.draw.digits import draw_digits
from stallpoint.draw.jumps import draw_jumps
from stallpoint.draw.missingness import draw_missed_visits, draw_missing_columns
from stallpoint.draw.svg import render_svg
from stallpoint.draw.visit_windows import draw_visit_windows
from stallpoint.quality.data_quality import DataQuality
from stallpoint.quality.topic import Topic
from stallpoint.report.render import page_environment, page_stylesheet

MOST_ROWS = 15

LIMITS = (
    "It sees what is odd, not what is wrong: a value may be rare and true, and a wrong one may look ordinary.",
    "The planned months are estimated from the visits; the protocol may say otherwise.",
    "Why a value is missing cannot be seen in the data, and what is missing may differ from what is there.",
    "Balance is judged on what was recorded; arms may differ in what was not.",
    "Every limit is a choice of this software, marked as assumed in its table of limits.",
)


@dataclass(frozen=True)
class WorstRows:
    """A table of the rows that stand out most, as text; `left_out` rows more are in quality.json. `numeric` says which columns align."""

    title: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True)
class _Section:
    """One look, laid out: half-width figures stand in pairs, wide ones alone."""

    id: str
    title: str
    topic: Topic
    wide: Sequence[Markup] = ()
    pair: Sequence[Markup] = ()


def render_quality(cohort: Cohort, quality: DataQuality, sources: Sequence[Source]) -> str:
    """The whole page as text; all text is escaped. `cohort` gives the name, the number of people and the checks of reading."""
    open_checks = [check for check in quality.checks if check.status != "passed"]
    return (
        page_environment()
        .get_template("quality.html.j2")
        .render(
            cohort=cohort,
            people=counted(cohort.n, "person"),
            headline=say_headline(quality.checks),
            open_checks=open_checks,
            read_checks=[check for check in cohort.checks if check.status != "passed"],
            sections=_draw_sections(quality),
            tables=worst_rows(quality),
            limits=LIMITS,
            sources=sources,
            stylesheet=page_stylesheet(),
        )
    )


def say_headline(checks: Sequence[Check]) -> str:
    """How many checks ask for care."""
    n = sum(check.status != "passed" for check in checks)
    if not checks:
        return "There is too little to check the quality of these data."
    return f"{n} of {counted(len(checks), 'check')} of the data's quality {'asks' if n == 1 else 'ask'} for care."


# Altair checks every part against its JSON schema, at several times the cost of drawing; the charts' tests do that instead.
@debug_mode(False)
def _draw_sections(quality: DataQuality) -> list[_Section]:
    return [
        _Section("missing", "What is missing", quality.missingness, pair=_missing_figures(quality)),
        _Section("windows", "When people were seen", quality.visit_windows, wide=_window_figures(quality)),
        _Section("jumps", "Impossible jumps", quality.jumps, pair=_jump_figures(quality)),
        _Section("digits", "Digit preference", quality.digits, pair=_digit_figures(quality)),
        _Section("balance", "The arms at time zero", quality.balance, wide=_balance_figures(quality)),
    ]


def _missing_figures(quality: DataQuality) -> list[Markup]:
    missing, figures = quality.missingness, []
    gaps = missing.columns.filter((pl.col("arm") == "everyone") & (pl.col("missing") > 0))
    if gaps.height:
        said = "; ".join(f"{row['table']} {row['column']} {row['share']:.1%}" for row in gaps.iter_rows(named=True))
        figures.append(_inline(draw_missing_columns(missing.columns), f"Share of missing values: {said}."))
    if missing.by_month.height:
        said = "Share of people followed who had no visit, or a visit without a total, at each planned month."
        figures.append(_inline(draw_missed_visits(missing.by_month), said))
    return figures


def _window_figures(quality: DataQuality) -> list[Markup]:
    windows = quality.visit_windows
    if windows.visits.is_empty():
        return []
    said = f"Visits over time beside the planned months. {windows.checks[0].text}"
    plan = windows.plan
    chart = draw_visit_windows(windows.visits, months=plan.months, windows_months=plan.windows_months.tolist())
    return [_inline(chart, said)]


def _jump_figures(quality: DataQuality) -> list[Markup]:
    return [
        _inline(
            draw_jumps(part, measure=measure, unit=part["unit"][0]),
            f"{measure}: change against the months between two visits, with limits; {int(part['impossible'].sum())} outside them.",
        )
        for (measure,), part in quality.jumps.steps.group_by("measure", maintain_order=True)
    ]


def _digit_figures(quality: DataQuality) -> list[Markup]:
    said = dict(zip(quality.digits.summary["measure"], quality.digits.checks, strict=False))
    return [
        _inline(draw_digits(part, measure=measure), f"Last digits. {said[measure].text}")
        for (measure,), part in quality.digits.digits.group_by("measure", maintain_order=True)
    ]


def _balance_figures(quality: DataQuality) -> list[Markup]:
    balance = quality.balance
    if balance.differences["difference"].drop_nulls().is_empty():
        return []
    said = " ".join(["Standardised differences between arms at time zero.", *(check.text for check in balance.checks)])
    return [_inline(draw_balance(balance.differences, randomised=balance.randomised), said)]


def _inline(chart: object, said: str) -> Markup:
    """The SVG was escaped by its renderer, text by text."""
    return Markup(render_svg(chart, alt=said))  # type: ignore[arg-type]  # noqa: S704


def worst_rows(quality: DataQuality) -> list[WorstRows]:
    """The rows that stand out most, look by look; tables without rows are left out."""
    windows = quality.visit_windows
    outside = windows.visits.filter(pl.col("outside")).sort(
        pl.col("off_months").abs() / pl.col("window_months"), "patient", descending=[True, False]
    )
    tables = (
        _table(
            "Impossible changes",
            quality.jumps.worst,
            ("patient", "measure", "from_months", "to_months", "from_value", "to_value", "change", "low", "high"),
        ),
        _table(
            "Items that jump",
            quality.jumps.items,
            ("patient", "item", "from_months", "to_months", "from_value", "to_value", "change"),
        ),
        _table("Longest gaps between visits", windows.gaps, ("patient", "from_months", "to_months", "missed")),
        _table(
            "Visits farthest outside their window",
            outside,
            ("patient", "time_months", "planned_months", "off_months", "window_months"),
        ),
    )
    return [table for table in tables if table.rows]


def _table(title: str, frame: pl.DataFrame, columns: tuple[str, ...]) -> WorstRows:
    shown = frame.select(columns).head(MOST_ROWS)
    rows = tuple(tuple(_cell(name, value) for name, value in row.items()) for row in shown.iter_rows(named=True))
    numeric = tuple(dtype.is_numeric() for dtype in shown.dtypes)
    return WorstRows(title, tuple(name.replace("_", " ") for name in columns), numeric, rows, frame.height - shown.height)


def _cell(column: str, value: object) -> str:
    """Months with two decimals, whole numbers without, other numbers with one."""
    if not isinstance(value, float):
        return str(value)
    return format_number(value, 2 if column.endswith("_months") else 0 if value.is_integer() else 1)
