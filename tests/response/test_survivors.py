"""What is told of those who would live under either arm: bounds, hedged words, and a check where nothing can be said."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.response.final_outcome import final_outcomes
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.strata import code_strata
from stallpoint.response.survivor_effect import bound_survivor_effect
from stallpoint.response.survivors import NEVER_SHORTENS, NONE, REPEATS, bound_survivors
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def trial():
    return simulate_trial(TrialDesign(n=300), constant_benefit(0.3), rng=np.random.default_rng(3)).trial


def outcomes_of(trial):
    return final_outcomes(code_strata(follow_trial(trial), trial.strata), trial.estimand.horizon_months)


def ask(trial, people=None):
    outcomes = outcomes_of(trial)
    outcomes = outcomes if people is None else replace(outcomes, people=people(outcomes.people))
    return bound_survivors(trial, outcomes, rng=np.random.default_rng(1))


def rows(analysis):
    return {row["assumption"]: row for row in analysis.series["survivor_bounds"].iter_rows(named=True)}


def test_bounds_are_those_of_the_estimator_and_of_the_whole_trial(trial):
    people = outcomes_of(trial).people
    direct = bound_survivor_effect(
        people["change"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        *(people[name].to_numpy() for name in ("time_months", "died", "treated")),
        horizon=12.0,
        rng=np.random.default_rng(1),
        repeats=REPEATS,
    )
    found = rows(ask(trial))
    assert (found[NONE]["least"], found[NONE]["low"]) == (direct.least, direct.low)
    assert found[NONE]["n"] == 300
    narrow, wide = (found[name]["most"] - found[name]["least"] for name in (NEVER_SHORTENS, NONE))
    assert narrow < wide


def test_it_is_never_confirmatory_and_every_look_is_counted(trial):
    analysis = ask(trial)
    (finding,) = analysis.findings
    assert finding.status in ("cannot tell", "exploratory")
    assert len(analysis.looks) == analysis.series["survivor_bounds"].height == 2
    assert not any(look.prespecified for look in analysis.looks)
    assert "no data can prove" in finding.text
    assert "Nobody can be said to be one of them" in finding.text
    assert any(check.name == "outcomes at the horizon" for check in finding.checks)


def test_a_large_effect_is_seen_through_the_bounds(trial):
    """Nobody dies and the treated gain 6 points: bounds meet at the difference of means, and the finding says so."""

    def gain(people):
        change = pl.when(pl.col("died") == 0).then(pl.lit(-8.0) + 6 * pl.col("treated") + pl.int_range(pl.len()) % 3)
        return people.with_columns(died=pl.lit(0.0), time_months=pl.lit(12.0)).with_columns(change=change)

    analysis = ask(trial, gain)
    assert rows(analysis)[NONE]["least"] == pytest.approx(rows(analysis)[NONE]["most"])
    assert analysis.findings[0].status == "exploratory"
    assert "is 6." in analysis.findings[0].text or "is 5.9" in analysis.findings[0].text


def test_fewer_living_treated_make_the_assumption_doubtful(trial):
    """The same people with the arms' names exchanged: treatment now kills."""

    def exchange(people):
        dead = (pl.col("treated") == 1) & (pl.int_range(pl.len()) % 3 == 0)
        return people.with_columns(
            died=pl.when(dead).then(1.0).otherwise(0.0),
            time_months=pl.when(dead).then(6.0).otherwise(12.0),
            change=pl.when(~dead).then(pl.col("change").fill_null(-9)),
        )

    analysis = ask(trial, exchange)
    assert "doubtful" in analysis.findings[0].text
    assert any("assumption" in check.name for check in analysis.checks)


@pytest.mark.parametrize(
    ("died", "time", "why"),
    [
        (pl.lit(1.0), pl.lit(6.0), "seen alive"),
        (pl.col("treated"), pl.lit(6.0), "seen alive"),
        (pl.lit(0.0), pl.lit(6.0), "seen alive"),
    ],
    ids=["everyone dies", "everyone treated dies", "no visit at the horizon"],
)
def test_where_nothing_can_be_said_a_check_says_why(trial, died, time, why):
    analysis = ask(trial, lambda people: people.with_columns(died=died, time_months=time, change=pl.lit(None, dtype=pl.Float64)))
    assert not analysis.findings
    assert not analysis.looks
    assert all(why in check.text for check in analysis.checks)
    assert len(analysis.checks) == 2


def test_where_few_need_live_under_both_only_the_assumption_gives_bounds(trial):
    def kill(people):
        dead = pl.int_range(pl.len()) % 5 < 3
        return people.with_columns(
            died=pl.when(dead).then(1.0).otherwise(0.0),
            time_months=pl.when(dead).then(6.0).otherwise(12.0),
            change=pl.when(~dead).then(-5.0 + pl.int_range(pl.len()) % 4),
        )

    analysis = ask(trial, kill)
    assert set(rows(analysis)) == {NEVER_SHORTENS}
    assert analysis.findings[0].status == "cannot tell"
    assert any("nobody need live under both" in check.text for check in analysis.checks)


def test_cells_of_randomisation_narrow_only_where_they_have_survivors(trial):
    cells = replace(trial, strata=("onset_site",))
    assert rows(ask(cells))[NONE] == rows(ask(trial))[NONE]
    tiny = replace(trial, strata=("age_years",))  # many values: no cell of a randomisation
    assert set(rows(ask(tiny))) == {NONE, NEVER_SHORTENS}
