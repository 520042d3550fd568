from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from stallpoint.core.check import Check
from stallpoint.report.content import ReportContent
from stallpoint.report.render import render_report

VOID = {"meta", "br", "img", "hr", "link", "input"}
SECTIONS = {
    "findings": "findings",
    "effects": "effects",
    "checks": "checks",
    "looks": "ledger",
    "methods": "methods",
    "limits": "limits",
    "sources": "references",
    "provenance": "provenance",
    "planted": "planted",
}
ORDER = [
    "findings",
    "effects",
    "for-whom",
    "participants",
    "checks",
    "ledger",
    "methods",
    "limits",
    "references",
    "provenance",
    "planted",
]


class Balance(HTMLParser):
    """Reads a page, insisting that every element is closed where it should be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.text.append(data)


def read(html: str) -> Balance:
    page = Balance()
    page.feed(html)
    page.close()
    return page


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(html).text))


def section(html: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">(.*?)</section>', html, re.DOTALL)
    assert found is not None, f"no section {name}"
    return found[1]


def sections(html: str) -> list[str]:
    return re.findall(r'<section id="([^"]+)">', html)


BARE = ReportContent(kicker="STUDY", question="What?", answer="This.")


@pytest.fixture(scope="module")
def trial_page(trial):
    return render_report(trial)


@pytest.fixture(scope="module")
def cohort_page(cohort):
    return render_report(cohort)


def test_tags_balance(trial_page, cohort_page):
    for html in (trial_page, cohort_page):
        page = read(html)
        assert page.open == []
        assert page.seen.count("svg") >= 4
        assert page.seen.count("h1") == 1


def test_nothing_outside_itself(trial_page):
    assert set(re.findall(r"https?://[^\"\s<]*", trial_page)) == {"http://www.w3.org/2000/svg"}
    assert not {"script", "link", "img", "iframe", "object", "use"} & set(read(trial_page).seen)
    assert re.search(r"@import|@font-face|url\(|\ssrc=|javascript:", trial_page) is None
    assert set(re.findall(r'href="(.)', trial_page)) == {"#"}


def test_sections_in_order(trial_page):
    assert sections(trial_page) == ORDER


def test_first_screen(trial, trial_page):
    said = text_of(trial_page)
    assert said.index("Research use only, not medical advice") < said.index(trial.kicker) < said.index(trial.question)
    assert said.index(trial.question) < said.index(trial.answer) < said.index(trial.how_sure) < said.index(trial.estimand)
    assert trial_page.index("Function over time") < trial_page.index('<section id="findings">')


def test_simulated_is_said_only_when_it_is(trial_page, cohort_page):
    assert "Simulated data." in text_of(trial_page)
    assert "Simulated" not in text_of(cohort_page)


def test_findings_wear_their_status(trial_page):
    found = section(trial_page, "findings")
    assert re.findall(r'class="tag ([^"]+)">([^<]+)<', found) == [
        ("confirmatory", "confirmatory"),
        ("cannot-tell", "cannot tell"),
        ("hypothesis", "hypothesis"),
    ]


def test_effects_have_numbers_and_references(trial_page):
    effects = text_of(section(trial_page, "effects"))
    assert "Difference in mean slope, joint with survival 0.22 0.08 to 0.35 points per month 400 0.002" in effects
    assert 'href="#reference-2"' in section(trial_page, "effects")
    assert 'id="reference-2"' in section(trial_page, "references")
    assert "Baseline NfL" not in effects


def test_for_whom_holds_contrasts_and_says_what_they_are(trial_page):
    said = text_of(section(trial_page, "for-whom"))
    assert "interaction contrast" in said
    assert "never identifies one person's effect" in said
    assert "Age is missing in 14 people" in said


def test_grave_checks_come_first_and_passed_are_folded(trial_page):
    checks = section(trial_page, "checks")
    assert (
        checks.index("Dose records")
        < checks.index("Proportional hazards")
        < checks.index("<details>")
        < checks.index("Convergence")
    )
    assert "2 passed" in checks


def test_every_look_is_listed(trial, trial_page):
    ledger = section(trial_page, "ledger")
    assert ledger.count("<tr>") == 1 + len(trial.looks)
    assert "6 in all, 4 of them pre-specified" in text_of(ledger)
    assert ledger.count("<td>no</td>") == 2


def test_planted_is_last_and_says_what_was_covered(trial_page):
    rows = re.findall(r"<tr>(.*?)</tr>", section(trial_page, "planted"), re.DOTALL)[1:]
    assert [text_of(row).split()[-1] for row in rows] == ["yes", "no"]
    assert sections(trial_page)[-1] == "planted"


@pytest.mark.parametrize("part", list(SECTIONS))
def test_a_part_alone_makes_its_section_alone(part, trial):
    given = trial.effects[:1] if part == "effects" else getattr(trial, part)
    assert sections(render_report(replace(BARE, represents=trial.represents, **{part: given}))) == [SECTIONS[part]]


def test_a_bare_report_is_an_answer_and_no_more():
    html = render_report(BARE)
    assert sections(html) == []
    assert read(html).seen.count("svg") == 0
    assert "This." in text_of(html)


def test_cohort_reads_without_a_treatment(cohort_page):
    assert sections(cohort_page)[:2] == ["description", "participants"]
    assert "Effect of treatment" not in cohort_page
    assert "everyone 26.0" in cohort_page
    assert "\u22121.02 \u22121.10 to \u22120.94" in text_of(section(cohort_page, "description"))


def test_arms_wear_the_same_colour_in_every_chart(trial, trial_page):
    assert trial.series["flow"]["arm"][0] == "placebo"
    assert set(re.findall(r'fill="var\(--(\w+)\)"[^>]*>active[ \d.%]*<', trial_page)) == {"accent"}


def test_no_patient_enters_the_page(trial, trial_page):
    people = trial.series["trajectories_observed"]["patient"].unique()
    assert not [person for person in people if person in trial_page]


def test_text_is_inert():
    evil = "<script>alert('x')</script>"
    series = {"flow": pl.DataFrame({"arm": [evil] * 2, "step": ["in", evil], "n": [5, 3]})}
    html = render_report(
        replace(BARE, kicker=evil, answer=evil, checks=(Check(evil, "failed", evil),), provenance={evil: evil}, series=series)
    )
    assert "<script" not in html.lower()
    assert read(html).open == []
    assert "alert('x')" in text_of(html)
