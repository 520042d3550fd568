"""Molecular states move driver weights widely, coherently, and not at all where nothing was measured."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.errors import DrugError
from stallpoint.knowledge.mechanism import PATHWAYS, load_genotypes
from stallpoint.knowledge.molecular_states import load_molecular_states
from stallpoint.mechanism.molecular_states import (
    StateQuestion,
    ask_states,
    give_states,
    move_concentrations,
    move_weights,
)
from stallpoint.mechanism.people import BYPASS_GRID, People
from stallpoint.mechanism.virtual_people import Entry, draw_people

NAMES = tuple(load_molecular_states())
GLIA, CRP, TDP = "ALS-Glia", "raised-crp", "cryptic-peptides"
INFLAMMATION = PATHWAYS.index("neuroinflammation")
SHARES = st.dictionaries(st.sampled_from([name for name in NAMES if not name.startswith("ALS-")]), st.floats(0, 1), max_size=4)


def drawn(seed: int = 1, n: int = 300, **asked: object) -> People:
    return draw_people(n, rng=np.random.default_rng(seed), entry=Entry(**asked))  # type: ignore[arg-type]


def certain(name: str, factor: float, *, share: float = 0.5) -> StateQuestion:
    """A question whose factor and share are known without doubt."""
    state = load_molecular_states()[name]
    factors = tuple(None if each is None else factor for each in state.factors)
    sure = replace(state, factors=factors, spread=0.0, share=(share, share))
    return StateQuestion((sure,), np.array([1.0, 0.0]))


def test_what_was_not_measured_changes_nothing_and_takes_nothing_from_the_stream() -> None:
    first, second = np.random.default_rng(3), np.random.default_rng(3)
    plain, asked = draw_people(50, rng=first), draw_people(50, rng=second, entry=Entry(states={}))
    np.testing.assert_array_equal(plain.weights, asked.weights)
    np.testing.assert_array_equal(plain.group, asked.group)
    assert first.random() == second.random()


def test_people_without_states_are_as_they_were_before_there_were_states() -> None:
    """Frozen from the version before: the same seed gives the same people."""
    people = drawn(seed=1, n=200)
    before = [0.004047830373265207, 0.2848590766555894, 0.1950056007528885]
    assert people.weights[[0, 100, 199], INFLAMMATION] == pytest.approx(before, rel=1e-9)
    assert people.group.sum() == 1239


def test_a_factor_of_one_changes_nothing(people: People) -> None:
    moved = give_states(people, (certain(GLIA, 1.0), certain(TDP, 1.0)), np.random.default_rng(1))
    np.testing.assert_allclose(moved.weights, people.weights, rtol=1e-9)
    np.testing.assert_array_equal(moved.group, people.group)


def test_all_but_weights_and_bypass_stay() -> None:
    """The same people, so that with and without can be compared; the stream after them is the same too."""
    plain, moved = drawn(), drawn(states={CRP: 1.0})
    for name in ("rate_per_day", "clock", "onset_region", "reserve", "genotype", "group", "onset_months"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(moved, name))
    np.testing.assert_array_equal(plain.hazard.at_full_function, moved.hazard.at_full_function)
    assert not np.allclose(plain.weights, moved.weights)


def test_the_same_seed_gives_the_same_people() -> None:
    states = {GLIA: 0.4, "ALS-Ox": 0.6, TDP: 1.0}
    first, second = drawn(states=states), drawn(states=states)
    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.group, second.group)


@settings(max_examples=25, deadline=None)
@given(shares=SHARES, genotype=st.sampled_from([None, *load_genotypes()]), seed=st.integers(0, 10_000))
def test_weights_stay_weights_whatever_is_asked(shares: dict[str, float], genotype: str | None, seed: int) -> None:
    people = drawn(seed=seed, n=60, states=shares, genotype=genotype)
    assert (people.weights >= 0).all()
    assert (people.weights.sum(axis=1) < 1).all()
    assert (np.diff(people.group) >= 0).all()
    assert people.group.min() >= 0
    assert people.group.max() < len(BYPASS_GRID)


@settings(max_examples=50, deadline=None)
@given(normal=st.floats(-3, 3), uniform=st.floats(0, 1))
def test_the_average_over_everybody_stays_what_it_was(normal: float, uniform: float) -> None:
    question = ask_states({CRP: 1.0})[0]
    relative = question.relative(np.full(question.unknowns - 1, normal), np.array([uniform]))
    low, high = question.states[0].share
    share = low + (high - low) * uniform
    np.testing.assert_allclose(np.array([share, 1 - share]) @ relative, 1.0, rtol=1e-12)


def test_subtypes_divide_everybody_and_average_to_everybody() -> None:
    question = ask_states({GLIA: 1.0})[0]
    uniform = np.full(3, 0.5)
    relative = question.relative(np.full(question.unknowns - 3, 0.7), uniform)
    shares = np.array([sum(state.share) / 2 for state in question.states])
    np.testing.assert_allclose(shares / shares.sum() @ relative, 1.0, rtol=1e-12)
    assert question.shares.tolist() == [float(state.name == GLIA) for state in question.states]


@pytest.mark.parametrize(("genotype", "most"), [("sporadic", 0.02), ("SOD1", 0.09)])
def test_shares_of_everybody_stay_nearly_what_they_were(genotype: str, most: float) -> None:
    """On average over draws; concentrations stay exactly, their shares nearly."""
    rng, before = np.random.default_rng(1), np.array(load_genotypes()[genotype].weights)
    for name in NAMES:
        question = ask_states({name: 1.0})[0]
        normal, middle = rng.standard_normal((1000, question.unknowns)), np.array([sum(s.share) / 2 for s in question.states])
        shares = np.append(middle, 1 - middle) if len(middle) == 1 else middle / middle.sum()
        means = []
        for z in normal:
            after = move_concentrations(before, question.relative(z[: -len(middle)], np.full(len(middle), 0.5)))
            means.append(shares @ (after / after.sum(axis=1, keepdims=True)))
        assert np.abs(np.mean(means, axis=0) / (before / before.sum()) - 1).max() < most, name


def test_absent_goes_the_other_way_and_by_less_where_few_have_the_state() -> None:
    few, many = certain(CRP, 3.0, share=0.1), certain(CRP, 3.0, share=0.9)
    (with_few, without_few), (with_many, without_many) = (
        each.relative(np.zeros(1), np.zeros(1))[:, INFLAMMATION] for each in (few, many)
    )
    assert without_few < 1 < with_few
    assert 1 - without_few < 1 - without_many
    assert with_many - 1 < with_few - 1


def test_a_state_that_nearly_everybody_has_says_little() -> None:
    relative = certain(TDP, 5.0, share=0.999).relative(np.zeros(2), np.zeros(1))
    assert relative[0].max() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("genotype", load_genotypes())
def test_moved_weights_have_the_distribution_of_their_concentrations(genotype: str) -> None:
    """Mean and variance of a Dirichlet distribution; concentrations keep their sum."""
    rng, n = np.random.default_rng(7), 40_000
    before = np.array(load_genotypes()[genotype].weights)
    relative = np.array([1.0, 1.0, 2.5, 0.4, 1.0, 1.7, 1.0])
    after = move_concentrations(before, relative)
    assert after.sum() == pytest.approx(before.sum())
    weights = move_weights(rng.dirichlet(before, n), np.tile(before, (n, 1)), np.tile(after, (n, 1)), rng)
    mean = after / after.sum()
    variance = mean * (1 - mean) / (after.sum() + 1)
    np.testing.assert_allclose(weights.mean(axis=0), mean, atol=float(5 * np.sqrt(variance.max() / n)))
    np.testing.assert_allclose(weights.var(axis=0), variance, rtol=0.06)


@settings(max_examples=30, deadline=None)
@given(pair=st.tuples(st.floats(0.2, 5), st.floats(0.2, 5)), seed=st.integers(0, 1000))
def test_a_larger_factor_never_lowers_the_expected_share(pair: tuple[float, float], seed: int) -> None:
    genotype = list(load_genotypes().values())[seed % len(load_genotypes())]
    shares = []
    for factor in sorted(pair):
        relative = certain(GLIA, factor).relative(np.zeros(1), np.zeros(1))[0]
        after = move_concentrations(np.array(genotype.weights), relative)
        shares.append(after[INFLAMMATION] / after.sum())
    assert shares[0] <= shares[1] + 1e-12


def test_a_planted_factor_is_recovered_from_the_people() -> None:
    """From people with and without, odds of the pathway against the rest: the ratio of their mean gives the factor back."""
    people = drawn(n=20_000, genotype="sporadic")
    question = certain(CRP, 3.0)
    halves = [
        give_states(people, (replace(question, shares=np.array(shares)),), np.random.default_rng(5))
        .weights[:, INFLAMMATION]
        .mean()
        for shares in ([1.0, 0.0], [0.0, 1.0])
    ]
    odds = [share / (1 - share) for share in halves]
    assert odds[0] / odds[1] == pytest.approx(3.0, rel=0.06)


def test_what_a_state_means_differs_between_trials_and_not_between_people_of_one() -> None:
    """Averaging over people does not make a state better known: the spread of trials' means stays wide however many people there are."""
    spreads = []
    for n in (200, 2000):
        means = [drawn(seed=seed, n=n, states={GLIA: 1.0}).weights[:, INFLAMMATION].mean() for seed in range(40)]
        spreads.append(np.std(means))
    assert spreads[1] > 0.04
    assert spreads[1] > 0.7 * spreads[0]


def test_with_wide_priors_a_state_differs_from_everybody_by_less_than_its_own_interval() -> None:
    for name in NAMES:
        question = ask_states({name: 1.0})[0]
        concentrations = np.array(load_genotypes()["sporadic"].weights)
        rng, answer = np.random.default_rng(1), question.shares.argmax()
        shares = []
        for _ in range(2000):
            after = move_concentrations(concentrations, question.draw_relative(rng)[answer])
            shares.append(after / after.sum() - concentrations / concentrations.sum())
        low, high = np.quantile(shares, [0.025, 0.975], axis=0)
        shifted = np.flatnonzero([each is not None for each in load_molecular_states()[name].factors[:-1]])
        assert (low[shifted] < 0).all(), name
        assert (high[shifted] > 0).all(), name


def test_probabilities_weigh_states_and_several_states_combine() -> None:
    sure, half = (
        np.mean([drawn(seed=seed, states={CRP: share}).weights[:, INFLAMMATION].mean() for seed in range(30)])
        for share in (1.0, 0.5)
    )
    plain = np.mean([drawn(seed=seed).weights[:, INFLAMMATION].mean() for seed in range(30)])
    assert plain < sure
    assert abs(half - plain) < abs(sure - plain)
    both = np.mean([drawn(seed=seed, states={CRP: 1.0, GLIA: 1.0}).weights[:, INFLAMMATION].mean() for seed in range(30)])
    assert both > sure


def test_what_nobody_named_is_divided_as_in_everybody() -> None:
    question = ask_states({GLIA: 0.0})[0]
    shares = dict(zip([state.name for state in question.states], question.shares, strict=True))
    assert shares[GLIA] == 0
    middle = [sum(load_molecular_states()[name].share) for name in ("ALS-Ox", "ALS-TE/TD")]
    assert shares["ALS-Ox"] / shares["ALS-TE/TD"] == pytest.approx(middle[0] / middle[1])


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"als-glia": 1.0}, "did you mean ALS-Glia"),
        ({"ALS-Glia; rm -rf": 1.0}, "no molecular state"),
        ({"": 1.0}, "no molecular state"),
        ({GLIA: 1.2}, "cannot be"),
        ({GLIA: -0.1}, "cannot be"),
        ({GLIA: float("nan")}, "cannot be"),
        ({GLIA: 0.7, "ALS-Ox": 0.7}, "sum to 1"),
        ({GLIA: 0.2, "ALS-Ox": 0.2, "ALS-TE/TD": 0.2}, "sum to 1"),
    ],
)
def test_what_cannot_be_is_refused(shares: dict[str, float], said: str) -> None:
    with pytest.raises(DrugError, match=said):
        ask_states(shares)
    with pytest.raises(DrugError):
        drawn(states=shares)
