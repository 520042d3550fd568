import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.response.benefit_bounds import Ordered, estimate_benefit, share_bounds


def normal_masses(mean, points):
    return np.diff(norm.cdf(points, mean, 1.0), prepend=0.0, append=1.0)[: points.size]


@pytest.mark.parametrize(
    ("d", "benefit", "harm"),
    [(0.2, 0.0797, 0.9203), (0.38, 0.1507, 0.8493), (0.5, 0.1974, 0.8026), (0.8, 0.3108, 0.6892), (1.0, 0.3829, 0.6171)],
)
def test_normal_outcomes_have_their_closed_form(d, benefit, harm):
    """2 Phi(d/2) - 1 benefit at least, 2 Phi(-d/2) are harmed at most."""
    points = np.append(np.linspace(-8, 9, 40_001), np.inf)
    found = share_bounds(normal_masses(d, points), normal_masses(0.0, points))
    assert found[0][0] == pytest.approx(benefit, abs=1e-4)
    assert found[1][1] == pytest.approx(harm, abs=2e-3)
    assert found[0][1] == pytest.approx(1.0, abs=1e-9)
    assert found[1][0] == 0.0


@pytest.mark.parametrize(
    ("p1", "p0", "benefit", "harm"),
    [
        (0.697, 0.401, (0.296, 0.599), (0.0, 0.303)),
        (69 / 110, 61 / 110, (0.0727, 0.4455), (0.0, 0.3727)),
    ],
)
def test_alive_or_dead_has_its_closed_form(p1, p0, benefit, harm):
    found = share_bounds(np.array([1 - p1, p1]), np.array([1 - p0, p0]))
    assert found[0] == pytest.approx(benefit, abs=5e-4)
    assert found[1] == pytest.approx(harm, abs=5e-4)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40))
def test_no_way_of_pairing_people_leaves_the_bounds(pairs):
    """Any joint distribution has its shares within the bounds of its margins."""
    y1, y0 = np.array(pairs).T
    masses = [np.bincount(y, minlength=6) / len(y) for y in (y1, y0)]
    benefit, harm = share_bounds(*masses)
    assert benefit[0] - 1e-9 <= np.mean(y1 > y0) <= benefit[1] + 1e-9
    assert harm[0] - 1e-9 <= np.mean(y1 < y0) <= harm[1] + 1e-9


STEP = 1 / 3


def arms(rng, n, shift):
    return [[Ordered.of(STEP * (rng.normal(mean, 1, n) / STEP).round())] for mean in (shift, 0.0)]


def truth(shift):
    """Bounds of the same normal outcomes, rounded as in `arms`: ties are neither benefit nor harm."""
    edges = np.append(STEP * (np.arange(-30, 30) + 0.5), np.inf)
    return share_bounds(normal_masses(shift, edges), normal_masses(0.0, edges))


def test_large_samples_find_the_bounds():
    rng = np.random.default_rng(1)
    found = estimate_benefit(*arms(rng, 4000, 0.8), np.ones(1), rng=rng)
    benefit, harm = truth(0.8)
    assert (found.benefit.least, found.benefit.most) == pytest.approx(benefit, abs=0.03)
    assert (found.harm.least, found.harm.most) == pytest.approx(harm, abs=0.03)
    assert found.benefit.low < found.benefit.least
    assert found.n == 8000


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_the_interval_holds_both_ends(shift):
    """100 trials of 60 an arm: each end lies outside in 2.5% (Monte Carlo error 1.6%) at most."""
    rng = np.random.default_rng(2)
    found = [estimate_benefit(*arms(rng, 60, shift), np.ones(1), rng=rng) for _ in range(100)]
    for name, (least, most) in zip(("benefit", "harm"), truth(shift), strict=True):
        shares = [getattr(one, name) for one in found]
        assert np.mean([share.low > least + 1e-9 for share in shares]) <= 0.06
        assert np.mean([share.high < most - 1e-9 for share in shares]) <= 0.06


def test_a_covariate_that_foretells_the_outcome_narrows_the_bounds():
    """Groups whose outcomes do not overlap: within a group all is told, over groups little."""
    rng = np.random.default_rng(3)
    treated = [Ordered.of(rng.normal(10 * g + 1.5, 1, 1500)) for g in range(3)]
    control = [Ordered.of(rng.normal(10 * g, 1, 1500)) for g in range(3)]
    within = estimate_benefit(treated, control, np.full(3, 1 / 3), rng=rng)
    together = [[Ordered.of(np.concatenate([one.outcome for one in arm]))] for arm in (treated, control)]
    over = estimate_benefit(*together, np.ones(1), rng=rng)
    assert within.benefit.least > over.benefit.least + 0.2
    assert within.harm.most < over.harm.most - 0.2


def test_weights_count_people_more_often():
    rng = np.random.default_rng(4)
    outcome = rng.integers(0, 4, 60).astype(float)
    twice = Ordered(outcome, np.where(outcome > 1, 2.0, 1.0) / np.where(outcome > 1, 2.0, 1.0).sum())
    copied = Ordered.of(np.concatenate([outcome, outcome[outcome > 1]]))
    control = [Ordered.of(rng.integers(0, 4, 60).astype(float))]
    found = [estimate_benefit([one], control, np.ones(1), rng=np.random.default_rng(5)) for one in (twice, copied)]
    assert found[0].benefit.least == pytest.approx(found[1].benefit.least, abs=0.03)


def test_few_people_are_refused():
    few = [Ordered.of(np.arange(5.0))]
    with pytest.raises(FitError, match="5 people"):
        estimate_benefit(few, few, np.ones(1), rng=np.random.default_rng(6))
