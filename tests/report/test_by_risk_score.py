from dataclasses import replace

import pytest

from stallpoint.core.effect import Effect
from stallpoint.core.ledger import Look
from stallpoint.report.by_risk_score import say_by_risk_scores
from stallpoint.report.render import render_report


def contrast(name, numbers, **more):
    return Effect(name, name, *numbers, n=100, estimand="", method="", role="modifier", **more)


ABSOLUTE = contrast("modifier_tricals_1", (0.04, -0.11, 0.19), unit="points per month")
RELATIVE = contrast("modifier_ratio_tricals_1", (1.02, 0.9, 1.15), unit="", scale="ratio")
LOOK = Look("By TRICALS?", "modifier", "ALSFRS-R", True, "modifier_tricals_1", 0.6, 0.73)


def test_one_sentence_on_both_scales_with_the_corrected_p():
    (said,) = say_by_risk_scores([RELATIVE, ABSOLUTE], [LOOK])
    assert said.count(". ") == 0
    assert "made in other people" in said
    assert "0.04 points per month (\u22120.11 to 0.19, p corrected for the family 0.73) on the absolute scale" in said
    assert "factor of 1.02 in the ratio of slopes (0.90 to 1.15) on the relative scale" in said


def test_without_a_ratio_or_a_test_it_says_so():
    (said,) = say_by_risk_scores([ABSOLUTE], [])
    assert "not tested" in said
    assert "cannot be said on the relative scale" in said


@pytest.mark.parametrize("score", ["tricals", "encals"])
def test_each_score_has_its_own(score):
    effects = [ABSOLUTE, contrast(f"modifier_{score}_1", (0.1, 0.0, 0.2), unit="points per month")]
    assert len(say_by_risk_scores(effects, [])) == len({"tricals", score})


def test_other_modifiers_have_none(trial):
    assert say_by_risk_scores(trial.effects, trial.looks) == []
    assert "PATH" not in render_report(trial)


def test_the_page_says_it_before_any_forest(trial):
    page = render_report(
        replace(
            trial, effects=(*trial.effects, ABSOLUTE, RELATIVE), looks=(*trial.looks, LOOK, replace(LOOK, effect=RELATIVE.name))
        )
    )
    section = page[page.index('<section id="for-whom">') :]
    assert section.index("PATH") < section.index("<figure")
