import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.cohort import Modifiers
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import Covariates, find_beta, fit_trial
from stallpoint.response.modifier_values import modifier_values
from stallpoint.response.score_family import judge_family, slope_scores
from stallpoint.simulate.planted import only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


def draw(rng, n=100, modifiers=8, shared=0.0):
    """Scores with a main effect of the first modifier, allocation in two strata, and correlated modifiers."""
    cells = rng.integers(0, 2, n)
    treated = np.zeros(n)
    for cell in (0, 1):
        at = np.flatnonzero(cells == cell)
        treated[rng.permutation(at)[: len(at) // 2]] = 1.0
    common = rng.normal(size=(n, 1))
    x = np.sqrt(shared) * common + np.sqrt(1 - shared) * rng.normal(size=(n, modifiers))
    scores = rng.normal(size=n) + 0.8 * x[:, 0] + 0.5 * cells + 0.3 * treated
    return scores, treated, [x[:, [k]] for k in range(modifiers)], cells


@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_without_differences_of_effect_something_is_called_in_one_trial_of_twenty(shared):
    """400 trials of eight modifiers: 5% (Monte Carlo error 1.1%), whether or not modifiers go together."""
    rng = np.random.default_rng(1)
    called = 0
    for _ in range(400):
        scores, treated, modifiers, cells = draw(rng, shared=shared)
        found = judge_family(scores, treated, modifiers, cells=cells, rng=rng, permutations=199)
        called += found.p_adjusted.min() <= 0.05
    assert 0.025 <= called / 400 <= 0.08


def test_arms_that_vary_differently_do_not_raise_the_error():
    """Twice the spread in the treated arm of a 2:1 trial: 5% of 400 (Monte Carlo error 1.1%)."""
    rng = np.random.default_rng(2)
    called = 0
    for _ in range(400):
        treated = (rng.permutation(120) < 80).astype(float)
        scores = rng.normal(size=120) * (1 + treated)
        found = judge_family(
            scores, treated, [rng.normal(size=(120, 1))], cells=np.zeros(120, dtype=int), rng=rng, permutations=199
        )
        called += found.p_value[0] <= 0.05
    assert 0.025 <= called / 400 <= 0.085


def test_a_planted_difference_is_found_and_pointed_the_right_way():
    rng = np.random.default_rng(3)
    scores, treated, modifiers, cells = draw(rng, n=400)
    found = judge_family(scores + 0.5 * treated * modifiers[3][:, 0], treated, modifiers, cells=cells, rng=rng)
    assert found.z[3] > 2
    assert found.p_adjusted[3] < 0.05
    assert np.argmin(found.p_adjusted) == 3


def test_correcting_never_lowers_a_p_value_and_one_modifier_needs_none():
    rng = np.random.default_rng(4)
    scores, treated, modifiers, cells = draw(rng)
    found = judge_family(scores, treated, modifiers, cells=cells, rng=rng, permutations=999)
    assert (found.p_adjusted >= found.p_value - 1e-12).all()
    single = judge_family(scores, treated, modifiers[:1], cells=cells, rng=rng, permutations=999)
    assert single.p_adjusted == pytest.approx(single.p_value)


def test_a_copy_of_a_modifier_costs_nothing():
    """Fifty copies are one look: unlike Bonferroni's, the correction knows."""
    rng = np.random.default_rng(5)
    scores, treated, modifiers, cells = draw(rng)
    copies = judge_family(scores, treated, [modifiers[0]] * 50, cells=cells, rng=rng, permutations=999)
    assert copies.p_adjusted == pytest.approx(copies.p_value)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50), st.floats(0.01, 100))
def test_units_of_scores_and_modifiers_change_nothing(seed, scale, shift, unit):
    scores, treated, modifiers, cells = draw(np.random.default_rng(seed), n=40, modifiers=2)
    one = judge_family(scores, treated, modifiers, cells=cells, rng=np.random.default_rng(6), permutations=99)
    changed = [scale * column + shift for column in modifiers]
    other = judge_family(unit * scores, treated, changed, cells=cells, rng=np.random.default_rng(6), permutations=99)
    assert one.z == pytest.approx(other.z, abs=1e-6)
    assert one.p_adjusted == pytest.approx(other.p_adjusted)


def test_people_whose_modifier_is_not_known_count_for_the_others_only():
    rng = np.random.default_rng(7)
    scores, treated, modifiers, cells = draw(rng)
    some = modifiers[1].copy()
    some[:30] = np.nan
    found = judge_family(scores, treated, [modifiers[0], some], cells=cells, rng=np.random.default_rng(8), permutations=99)
    without = judge_family(
        scores[30:], treated[30:], [modifiers[1][30:]], cells=cells[30:], rng=np.random.default_rng(8), permutations=99
    )
    full = judge_family(scores, treated, modifiers[:1], cells=cells, rng=np.random.default_rng(8), permutations=99)
    assert found.z[0] == pytest.approx(full.z[0])
    assert found.z[1] == pytest.approx(without.z[0], abs=0.15)


def test_scores_of_one_fit_agree_with_a_fit_of_each_modifier():
    """z against Wald's z of the interaction, in a trial with deaths and dropout."""
    simulated = simulate_trial(
        TrialDesign(n=300), only_in_subgroup(0.6, column="sex", equals="female"), rng=np.random.default_rng(9)
    )
    followed = follow_trial(simulated.trial)
    people = slope_scores(fit_trial(followed, Covariates())).join(
        followed.people, on="patient", how="left", maintain_order="left"
    )
    names = Modifiers(("sex", "age_years")).prespecified
    values = [modifier_values(simulated.trial.cohort, name).values for name in names]
    columns = [people.select("patient").join(one, on="patient", how="left").drop("patient").to_numpy() for one in values]
    found = judge_family(
        people["score"].to_numpy(),
        people["treated"].to_numpy(),
        columns,
        cells=np.zeros(people.height, dtype=int),
        rng=np.random.default_rng(10),
        permutations=99,
    )
    for z, name, one in zip(found.z, names, values, strict=True):
        with_modifier = follow_trial(simulated.trial)
        joined = with_modifier.people.join(one, on="patient")
        fit = fit_trial(
            type(with_modifier)(with_modifier.visits, joined, with_modifier.checks), Covariates(modify=("modifier_1",))
        )
        at = find_beta(fit, "time_months:treated:modifier_1")
        wald = fit.theta[at] / np.sqrt(fit.covariance[at, at])
        assert z == pytest.approx(wald, abs=0.35), name


def test_scores_that_do_not_vary_show_nothing():
    """What rounding leaves of them is no difference of effects."""
    rng = np.random.default_rng(8)
    _, treated, modifiers, cells = draw(rng)
    for constant in (np.zeros(100), np.full(100, 0.1), 0.1 + 0.3 * treated):
        found = judge_family(constant, treated, modifiers, cells=cells, rng=rng, permutations=199)
        assert found.p_adjusted == pytest.approx(1.0)
