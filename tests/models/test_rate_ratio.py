"""The disease-rate-ratio model: symmetry, truth, borrowing and shrinkage."""

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import FitError
from stallpoint.models.rate_ratio import fit_rate_ratio

MODEL = {
    "longitudinal": "score ~ month",
    "random": "~ month | patient",
    "event": "Surv(time, died) ~ 1",
    "treatment": "treated",
}


def platform(people=240, ratio=0.7, drift=0.0, seed=3):
    """Function and death drawn without the model's code; one ratio scales decline and hazard, a drift that of the second regimen."""
    rng = np.random.default_rng(seed)
    treated, regimen = np.arange(people) % 2, np.where(np.arange(people) % 4 < 2, "A", "B")
    site = np.where(rng.random(people) < 0.5, "north", "south")
    rate = np.exp(np.log(ratio) * treated + drift * (regimen == "B"))
    start = 38 + 4 * rng.standard_normal(people)
    decline = (-1.0 + 0.4 * rng.standard_normal(people)) * rate
    death = 30 * (rng.exponential(size=people) / rate) ** (1 / 1.3)
    end = np.minimum(death, 18.0)
    rows = [
        (i, float(t), start[i] + decline[i] * t + rng.normal(0, 1.5))
        for i in range(people)
        for t in range(0, 19, 3)
        if t <= end[i]
    ]
    visits = pl.DataFrame(rows, schema=["patient", "month", "score"], orient="row")
    events = pl.DataFrame(
        {
            "patient": np.arange(people),
            "time": end,
            "died": (death < 18).astype(int),
            "treated": treated,
            "regimen": regimen,
            "site": site,
        }
    )
    return visits, events


@pytest.fixture(scope="module")
def fit():
    return fit_rate_ratio(*platform(), **MODEL)


def test_the_truth_is_within_reach(fit):
    row = fit.ratios.row(0, named=True)
    assert abs(row["log_ratio"] - np.log(0.7)) < 3.5 * row["std_error"]
    assert row["low"] < row["ratio"] < row["high"]
    assert row["below_one"] > 0.5
    assert fit.joint.converged


def test_function_and_survival_together_tell_more_than_either(fit):
    visits, events = platform()
    alive = fit_rate_ratio(visits, events.with_columns(died=(pl.int_range(pl.len()) == 0).cast(pl.Int64)), **MODEL)
    assert fit.ratios["std_error"][0] < alive.ratios["std_error"][0]


def test_swapping_the_arms_inverts_the_ratio(fit):
    visits, events = platform()
    swapped = fit_rate_ratio(visits, events.with_columns(treated=1 - pl.col("treated")), **MODEL)
    assert swapped.ratios["log_ratio"][0] == pytest.approx(-fit.ratios["log_ratio"][0], abs=2e-4)
    assert swapped.ratios["std_error"][0] == pytest.approx(fit.ratios["std_error"][0], rel=1e-3)
    assert swapped.joint.log_likelihood == pytest.approx(fit.joint.log_likelihood, abs=1e-4)


def test_subgroups_are_shrunk_between_their_own_ratio_and_the_common_one():
    found = fit_rate_ratio(*platform(), **MODEL, subgroup="site")
    raw, shrunken = found.ratios["log_ratio"].to_numpy(), found.shrunken["log_ratio"].to_numpy()
    assert found.ratios["term"].to_list() == ["treated_in_north", "treated_in_south"]
    assert abs(shrunken[0] - shrunken[1]) < abs(raw[0] - raw[1])
    assert min(raw) - 1e-9 <= min(shrunken) <= max(shrunken) <= max(raw) + 1e-9


def test_controls_are_borrowed_as_far_as_the_drift_allows():
    visits, events = platform(drift=0.3)
    free, held = (fit_rate_ratio(visits, events, **MODEL, regimen="regimen", drift_sd=sd) for sd in (5.0, 0.001))
    drift = free.joint.coefficient("scale", "log ratio regimen[T.B]")
    assert abs(drift["estimate"] - 0.3) < 3.5 * drift["std_error"]
    assert abs(held.joint.coefficient("scale", "log ratio regimen[T.B]")["estimate"]) < 0.01
    assert free.drift_sd == 5.0
    assert free.ratios.height == 1


def test_the_treatment_may_not_stand_in_a_formula():
    with pytest.raises(FitError, match="holds the treatment"):
        fit_rate_ratio(*platform(40), **{**MODEL, "longitudinal": "score ~ month + month:treated"})
