"""MMRM against R's gls, against the exact small-sample tests that complete data allow, and under changes that must not matter."""

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import ttest_ind

from stallpoint.core.errors import FitError
from stallpoint.models.formulas import build_design
from stallpoint.models.mmrm.fit import fit_mmrm
from stallpoint.models.mmrm.likelihood import element_matrices, restricted_likelihood
from stallpoint.models.mmrm.patterns import group_by_pattern
from stallpoint.numerics.delta import jacobian

HERE = Path(__file__).parent
VISITS = 3


def complete(people=24, seed=3):
    """Two arms, three visits, nobody missing, scores that differ in spread and hang together."""
    rng = np.random.default_rng(seed)
    factor = np.array([[2.0, 0, 0], [1.5, 1.2, 0], [1.0, 0.8, 3.0]])
    arm = np.arange(people) % 2
    scores = 30 - np.arange(VISITS) * (2 - 0.7 * arm[:, None]) + rng.normal(size=(people, VISITS)) @ factor.T
    frame = pl.DataFrame(
        {
            "patient": np.repeat(np.arange(people), VISITS),
            "visit": np.tile(["v1", "v2", "v3"], people),
            "arm": np.repeat(np.where(arm, "active", "placebo"), VISITS),
            "score": scores.ravel(),
        }
    )
    return frame, scores, arm


def incomplete():
    return pl.read_csv(HERE / "reference_gls.csv").with_columns(pl.col("visit").cast(pl.String))


@pytest.fixture(scope="module")
def gls():
    return json.loads((HERE / "reference_gls.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def fitted():
    return fit_mmrm(incomplete(), "score ~ baseline + C(arm) * C(visit)", visit="visit", patient="patient")


def test_incomplete_data_agree_with_gls(fitted, gls):
    """Standard errors of gls are those before Kenward and Roger's widening."""
    assert fitted.converged
    assert fitted.log_likelihood == pytest.approx(gls["log_likelihood"], abs=1e-4)
    terms = [_in_the_notation_of_r(term) for term in fitted.coefficients["term"]]
    order = [gls["terms"].index(term) for term in terms]
    assert fitted.coefficients["estimate"].to_list() == pytest.approx([gls["estimate"][i] for i in order], abs=2e-4)
    assert fitted.visit_covariance.ravel() == pytest.approx(gls["sigma"], rel=2e-3)
    plain = np.sqrt(np.diag(fitted.curvature.covariance))
    assert plain == pytest.approx([gls["std_error"][i] for i in order], rel=1e-3)
    assert (fitted.coefficients["std_error"].to_numpy() >= plain).all()


def _in_the_notation_of_r(term):
    return "(Intercept)" if term == "Intercept" else re.sub(r"C\((\w+)\)\[T\.(\w+)\]", r"\1\2", term)


@pytest.mark.parametrize("freedom", ["kenward-roger", "satterthwaite"])
def test_with_complete_data_a_visit_is_the_two_sample_t_test(freedom):
    frame, scores, arm = complete()
    fit = fit_mmrm(frame, "score ~ 0 + C(visit) + C(visit):C(arm)", visit="visit", patient="patient", freedom=freedom)
    for visit in range(VISITS):
        term = next(t for t in fit.coefficients["term"] if f"v{visit + 1}" in t and ":" in t)
        found = fit.contrast({term: -1.0})
        exact = ttest_ind(scores[arm == 1, visit], scores[arm == 0, visit])
        assert abs(found["t"]) == pytest.approx(abs(exact.statistic), rel=1e-5)
        assert found["df"] == pytest.approx(22, rel=1e-4)
        assert found["p_value"] == pytest.approx(exact.pvalue, rel=1e-3)


def test_with_complete_data_all_visits_together_are_hotellings_test():
    """Kenward and Roger's F is exact there (their section 5)."""
    frame, scores, arm = complete()
    fit = fit_mmrm(frame, "score ~ 0 + C(visit) + C(visit):C(arm)", visit="visit", patient="patient")
    terms = [term for term in fit.coefficients["term"] if ":" in term]
    found = fit.test([{term: 1.0} for term in terms])
    groups = [scores[arm == 1], scores[arm == 0]]
    pooled = sum((len(g) - 1) * np.cov(g.T) for g in groups) / 22
    gap = groups[0].mean(axis=0) - groups[1].mean(axis=0)
    hotelling = 6 * gap @ np.linalg.solve(pooled, gap)
    exact = hotelling * (22 - VISITS + 1) / (VISITS * 22)
    assert found.numerator == VISITS
    assert found.denominator == pytest.approx(20, rel=1e-4)
    assert found.statistic == pytest.approx(exact, rel=1e-4)
    assert found.p_value == pytest.approx(f_distribution.sf(exact, VISITS, 20), rel=1e-3)


@pytest.mark.parametrize("freedom", ["kenward-roger", "satterthwaite"])
def test_with_a_covariance_for_each_arm_a_visit_is_welchs_test(freedom):
    frame, scores, arm = complete()
    scores[arm == 1] *= 3
    frame = frame.with_columns(score=pl.Series(scores.ravel()))
    formula = "score ~ 0 + C(visit) + C(visit):C(arm)"
    fit = fit_mmrm(frame, formula, visit="visit", patient="patient", by="arm", freedom=freedom)
    assert fit.groups == ("active", "placebo")
    for group, own in enumerate((scores[arm == 1], scores[arm == 0])):
        assert fit.visit_covariance[group] == pytest.approx(np.cov(own.T), rel=1e-3)
    for visit in range(VISITS):
        term = next(t for t in fit.coefficients["term"] if f"v{visit + 1}" in t and ":" in t)
        found = fit.contrast({term: -1.0})
        exact = ttest_ind(scores[arm == 1, visit], scores[arm == 0, visit], equal_var=False)
        assert abs(found["t"]) == pytest.approx(abs(exact.statistic), rel=1e-4)
        if freedom == "satterthwaite":
            assert found["df"] == pytest.approx(exact.df, rel=1e-3)
            assert found["p_value"] == pytest.approx(exact.pvalue, rel=1e-2)


def test_a_covariance_can_only_differ_by_what_does_not_change_in_a_person():
    frame = complete()[0].with_columns(site=pl.Series(["A", "B", "B"] * 24))
    with pytest.raises(FitError, match="24 people with more than one level of 'site'"):
        fit_mmrm(frame, "score ~ C(visit)", visit="visit", patient="patient", by="site")


def test_gradient_agrees_with_central_differences():
    rows = incomplete()
    design = build_design("baseline + C(arm)", rows, where="test")
    patterns, *_ = group_by_pattern(rows, "score", design, visit="visit", patient="patient")
    elements, size = element_matrices(4, 1), 4
    at = np.diag([4.0, 6.0, 8.0, 10.0]) + 1.5
    lower = at[np.tril_indices(size)]

    def value(elements_of_sigma):
        return np.array([restricted_likelihood(np.tensordot(elements_of_sigma, elements, axes=1), patterns).value])

    exact = np.tensordot(elements, restricted_likelihood(at, patterns).gradient, axes=2)
    assert jacobian(value, lower)[0] == pytest.approx(exact, rel=1e-6, abs=1e-7)


def test_order_of_rows_and_unit_of_the_score_do_not_matter(fitted):
    shuffled = incomplete().sample(fraction=1.0, shuffle=True, seed=4).with_columns(pl.col("score") * 100 + 7)
    again = fit_mmrm(shuffled, "score ~ baseline + C(arm) * C(visit)", visit="visit", patient="patient")
    assert again.coefficients["t"][1:].to_list() == pytest.approx(fitted.coefficients["t"][1:].to_list(), rel=1e-4)
    assert again.coefficients["df"][1:].to_list() == pytest.approx(fitted.coefficients["df"][1:].to_list(), rel=1e-3)


def test_rows_without_a_response_are_left_out_with_a_count():
    frame, _, _ = complete()
    gaps = frame.with_columns(pl.when(pl.arange(pl.len()) % 7 == 0).then(None).otherwise(pl.col("score")).alias("score"))
    fit = fit_mmrm(gaps, "score ~ C(arm) * C(visit)", visit="visit", patient="patient")
    assert fit.rows == frame.height - fit.checks[1].count == gaps["score"].count()


def test_two_rows_at_one_visit_are_named():
    frame, _, _ = complete()
    with pytest.raises(FitError, match="0 at v1"):
        fit_mmrm(pl.concat([frame, frame.head(1)]), "score ~ C(arm)", visit="visit", patient="patient")


def test_visits_that_nobody_attended_together_are_named():
    frame, _, _ = complete()
    apart = frame.filter((pl.col("visit") != "v3") | (pl.col("patient") > 11)).filter(
        (pl.col("visit") != "v1") | (pl.col("patient") <= 11)
    )
    with pytest.raises(FitError, match="v1 and v3"):
        fit_mmrm(apart, "score ~ C(arm)", visit="visit", patient="patient")


def test_a_visit_carried_forward_is_refused():
    frame, _, _ = complete()
    carried = frame.with_columns(
        pl.when(pl.col("visit") == "v3").then(pl.col("score").shift(1)).otherwise(pl.col("score")).alias("score")
    )
    with pytest.raises(FitError, match="singular"):
        fit_mmrm(carried, "score ~ C(arm) * C(visit)", visit="visit", patient="patient")


def test_few_people_are_refused():
    frame, _, _ = complete(people=6)
    with pytest.raises(FitError, match="6 people cannot carry"):
        fit_mmrm(frame, "score ~ C(arm) * C(visit)", visit="visit", patient="patient")


def test_a_response_without_error_is_refused():
    frame, _, _ = complete()
    with pytest.raises(FitError, match="without error"):
        fit_mmrm(frame.with_columns(copy="score"), "score ~ copy", visit="visit", patient="patient")


@pytest.mark.parametrize(
    ("asked", "message"),
    [({"formula": "nothing ~ C(arm)"}, "nothing"), ({"freedom": "residual"}, "not offered"), ({"visit": "when"}, "when")],
)
def test_what_cannot_be_fitted_says_why(asked, message):
    frame, _, _ = complete()
    with pytest.raises(FitError, match=message):
        fit_mmrm(frame, **{"formula": "score ~ C(arm)", "visit": "visit", "patient": "patient", **asked})


def test_contrasts_need_terms_that_there_are_and_one_number_each(fitted):
    with pytest.raises(FitError, match="no term"):
        fitted.contrast({"dose": 1.0})
    with pytest.raises(FitError, match="2 weights"):
        fitted.contrast([1.0, 0.0])


def test_several_contrasts_need_kenward_roger():
    frame, _, _ = complete()
    fit = fit_mmrm(frame, "score ~ C(arm)", visit="visit", patient="patient", freedom="satterthwaite")
    with pytest.raises(FitError, match="kenward-roger"):
        fit.test([[0.0, 1.0]])
