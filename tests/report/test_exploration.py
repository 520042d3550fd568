"""An exploration is shown behind its fence, or not at all."""

import re
from dataclasses import replace

import polars as pl
import pytest

from stallpoint.core.effect import Effect
from stallpoint.core.errors import StallpointError
from stallpoint.core.ledger import Look
from stallpoint.report.render import render_report

APART = Effect(
    "exploration_slope_dr_learner_apart", "Largest less smallest third", 0.2, -0.1, 0.5, "points per month", 390, "As asked.",
    "DR-learner", role="exploration",
)  # fmt: skip
LOOK = Look("DR-learner on slope: thirds", "learner", "slope", False, APART.name, None)
SERIES = {
    "exploration_false_calls": pl.DataFrame([{"called": 4, "trials": 100, "share": 0.04, "error": 0.02}]),
    "exploration_contrasts": pl.DataFrame(
        [
            {
                "outcome": "slope",
                "learner": "DR-learner",
                "covariate": "age, per 10 years",
                "difference": -0.5,
                "low": -0.9,
                "high": -0.1,
            }
        ]
    ),
    "exploration_tree": pl.DataFrame(
        [
            {
                "outcome": "slope",
                "group": "age among the lowest 40%",
                "n": 80,
                "effect": 0.3,
                "low": 0.1,
                "high": 0.5,
                "unit": "points",
            },
            {
                "outcome": "slope",
                "group": "sex, female: <b>no</b>",
                "n": 4,
                "effect": None,
                "low": None,
                "high": None,
                "unit": "points",
            },
        ]
    ),
}


@pytest.fixture(scope="module")
def explored(cohort):
    return replace(cohort, effects=(*cohort.effects, APART), looks=(LOOK,), series=SERIES)


def section(html):
    return re.search(r'<section id="exploration">.*?</section>', html, re.DOTALL)[0]


def test_it_stands_with_its_count_of_false_calls_and_points_to_the_ledger(explored):
    said = section(render_report(explored))
    assert "In 4 of 100 shuffled trials" in said
    assert "(4%, Monte Carlo error 2%)" in said
    assert 'href="#ledger"' in said
    assert '<span class="tag exploratory">' in said
    assert "not for use" in said
    assert "looked at" in said
    assert "−0.5" in said


def test_groups_that_hardly_anybody_reads_have_a_dash_and_text_is_inert(explored):
    said = section(render_report(explored))
    assert "&lt;b&gt;no" in said
    assert said.count("–") == 2


@pytest.mark.parametrize("missing", [{"looks": ()}, {"series": {}}, {"looks": (replace(LOOK, kind="modifier"),)}])
def test_without_ledger_or_count_there_is_no_page(explored, missing):
    with pytest.raises(StallpointError, match="without its ledger and its count"):
        render_report(replace(explored, **missing))


def test_nothing_explored_is_no_section(trial):
    assert 'id="exploration"' not in render_report(trial)


def test_it_is_not_among_descriptions_or_effects_of_treatment(explored):
    html = render_report(explored)
    for part in re.findall(r'<section id="(?:effects|for-whom|description)">.*?</section>', html, re.DOTALL):
        assert APART.label not in part
