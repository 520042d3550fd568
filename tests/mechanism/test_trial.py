"""Virtual trials: the analysis recovers what is there, and the probabilities are not typed in."""

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.counterfactual import MEASURES, compare_with_untreated
from stallpoint.mechanism.loss import lose_by_link, tabulate
from stallpoint.mechanism.predict import predict_trials
from stallpoint.mechanism.slopes import contrast_slopes
from stallpoint.mechanism.treatment import Supposed, Treatment, prepare_treatment
from stallpoint.mechanism.trial import TrialPlan, run_trial
from stallpoint.mechanism.virtual_people import Entry

KNOWN = load_mechanism()


def prepared(name: str, *, dose: str | None = None) -> Treatment:
    return prepare_treatment(load_drug(name), known=KNOWN, rng=np.random.default_rng(1), dose=dose, draws=256)


def test_the_contrast_of_slopes_is_unbiased_and_its_error_is_right() -> None:
    rng, months = np.random.default_rng(5), np.arange(0, 13, 3.0)
    treated = np.arange(200) < 100
    found = []
    for _ in range(300):
        slopes = rng.normal(-1.0, 0.6, 200) + 0.3 * treated
        scores = 38 + slopes[:, None] * months + 2 * rng.standard_normal((200, len(months)))
        seen = months[None, :] <= rng.uniform(3, 14, 200)[:, None]
        found.append(contrast_slopes(scores, months, seen, treated, residual_sd=2.0))
    estimates, errors = (np.array([getattr(each, name) for each in found]) for name in ("estimate", "std_error"))
    assert estimates.mean() == pytest.approx(0.3, abs=4 * estimates.std() / np.sqrt(300))
    assert errors.mean() == pytest.approx(estimates.std(), rel=0.15)


def test_a_drug_that_does_nothing_is_seldom_found_to_do_something() -> None:
    treatment, plan, rng = prepared("edaravone", dose="oral"), TrialPlan(25, 25, 16, 4), np.random.default_rng(6)
    nothing = Supposed(share=0.5, moves=False, largest=np.array([0.5]), harm=0.0)
    outcomes = [run_trial(plan, treatment, nothing, known=KNOWN, rng=stream) for stream in rng.spawn(40)]
    assert all(outcome.true_slowing == pytest.approx(0, abs=1e-9) for outcome in outcomes)
    assert np.mean([outcome.benefit or outcome.harm for outcome in outcomes]) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 40)


def test_a_strong_drug_is_found_and_lowers_neurofilament() -> None:
    strong = Supposed(share=0.97, moves=True, largest=np.array([0.95]), harm=0.0)
    plan = TrialPlan(80, 80, 48, 8, Entry(genotype="SOD1"))
    outcome = run_trial(plan, prepared("tofersen"), strong, known=KNOWN, rng=np.random.default_rng(7))
    assert outcome.true_slowing > 0.2
    assert outcome.nfl_ratio < 0.9
    assert outcome.slope.estimate > 0


def test_harm_at_the_limit_of_tolerance_is_a_matter_of_the_dose() -> None:
    high, low = prepared("perampanel", dose="trial, high"), prepared("perampanel", dose="trial, low")
    plan = TrialPlan(20, 20, 16, 4)
    found = [predict_trials(plan, each, repeats=10, rng=np.random.default_rng(8)).trials for each in (high, low)]
    assert (found[0]["harm"] > 0).all()
    assert (found[1]["harm"] == 0).all()
    assert found[0]["true_slowing"].mean() < found[1]["true_slowing"].mean()  # type: ignore[operator]


def test_tofersen_is_often_missed_at_28_weeks_and_still_lowers_neurofilament() -> None:
    """How often is told by studies/trial_record.py; here that both outcomes occur, and that neurofilament answers."""
    plan = TrialPlan(39, 21, 28, 4, Entry(genotype="SOD1", least_lost_per_month=0.4))
    prediction = predict_trials(plan, prepared("tofersen"), repeats=30, rng=np.random.default_rng(9))
    missed = prediction.probability(~pl.col("benefit_found")).value
    assert missed is not None
    assert 0.2 < missed < 1
    moved = prediction.trials.filter("moves")
    assert moved["nfl_ratio"].drop_nans().median() < 0.97  # type: ignore[operator]


def test_links_multiply_to_what_is_left() -> None:
    possible, lost = lose_by_link(
        prepared("edaravone", dose="oral"), known=KNOWN, weeks=30, rng=np.random.default_rng(10), draws=10, people=10
    )
    table = tabulate(possible, lost)
    assert table["link"].to_list() == ["all it could", "engaged", "relevant", "timely"]
    passed = np.prod(table["transmission"].drop_nulls().to_numpy())
    assert possible.mean() * passed == pytest.approx(lost[-1].spared.mean(), rel=1e-9)
    assert (lost[0].spared <= possible + 1e-12).all()


def test_an_earlier_start_spares_more() -> None:
    def at_the_end(delay_weeks: int) -> float:
        course = compare_with_untreated(
            prepared("tofersen"),
            known=KNOWN,
            weeks=52,
            rng=np.random.default_rng(11),
            delay_weeks=delay_weeks,
            draws=6,
            people=10,
            entry=Entry(genotype="SOD1"),
        )
        return float(course.filter(pl.col("measure") == MEASURES[0])["high"][-1])

    assert at_the_end(0) > at_the_end(28)


def test_a_plan_that_gives_no_slope_is_refused() -> None:
    with pytest.raises(StallpointError, match="no slope"):
        TrialPlan(20, 20, 4, 4)
    with pytest.raises(StallpointError, match="two people"):
        TrialPlan(1, 20, 24)


def test_the_same_seed_gives_the_same_trials() -> None:
    plan = TrialPlan(10, 10, 12, 4)
    first, second = (predict_trials(plan, prepared("riluzole"), repeats=3, rng=np.random.default_rng(3)).trials for _ in range(2))
    assert first.equals(second)
