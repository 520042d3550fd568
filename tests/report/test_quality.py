"""The page on the quality of data."""

import re

import polars as pl

from stallpoint.core.build import build_cohort
from stallpoint.core.check import Check
from stallpoint.quality.data_quality import measure_data_quality
from stallpoint.report.quality import MOST_ROWS, render_quality, say_headline, worst_rows

PEOPLE = 40
SOURCES = ()


def cohort(name="STUDY <1>", *, arms=True):
    patients = pl.DataFrame({"patient": [f"P{person}" for person in range(PEOPLE)]})
    if arms:
        patients = patients.with_columns(
            arm=pl.Series(["active", "placebo"] * (PEOPLE // 2)), age_years=pl.Series([50.0 + k % 7 for k in range(PEOPLE)])
        )
    rows = [
        (f"P{person}", month, 44.0 - month - person % 3 - 30 * (month == 6 and person < 10))
        for person in range(PEOPLE)
        for month in (0.0, 3.0, 6.0, 9.0)
    ]
    visits = pl.DataFrame(rows, schema=["patient", "time_months", "alsfrs_r"], orient="row")
    return build_cohort(name, {"patients": patients, "visits": visits})


def page(study):
    return render_quality(study, measure_data_quality(study), SOURCES)


def test_the_page_says_every_check_and_draws_a_chart_a_look():
    study = cohort()
    html, quality = page(study), measure_data_quality(study)
    assert all(check.text in html for check in quality.checks)
    assert re.findall(r'<section id="([^"]+)">', html)[-3:] == ["reading", "limits", "references"]
    for title in (
        "Visits that were missed",
        "Visits over time",
        "ALSFRS-R from visit to visit",
        "ALSFRS-R at visits",
        "How far the arms are apart",
    ):
        assert title in html
    assert html.count("<svg ") == html.count('role="img" aria-label="')


def test_it_is_escaped_and_refers_to_nothing_outside():
    html = page(cohort())
    assert "STUDY &lt;1&gt;" in html
    assert set(re.findall(r"https?://[^\"\s<]*", html)) == {"http://www.w3.org/2000/svg"}
    assert "<script" not in html


def test_without_arms_the_page_says_so_and_draws_none():
    html = page(cohort(arms=False))
    assert "There are no arms to compare." in html
    assert "How far the arms are apart" not in html


def test_tables_show_the_worst_rows_and_count_the_rest():
    quality = measure_data_quality(cohort())
    (table,) = worst_rows(quality)
    assert quality.jumps.worst.height == 20
    assert (table.title, len(table.rows), table.left_out) == ("Impossible changes", MOST_ROWS, 20 - MOST_ROWS)
    assert table.numeric[:3] == (False, False, True)


def test_the_headline_counts():
    checks = [Check("a", "warning", ""), Check("b", "passed", "")]
    assert say_headline(checks) == "1 of 2 checks of the data's quality asks for care."
    assert "too little" in say_headline([])
