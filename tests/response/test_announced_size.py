"""What is announced because it came out large: half put too high and half too low, intervals that hold, and how it is said."""

import numpy as np
import pytest

from stallpoint.core.effect import Effect
from stallpoint.response.announced_size import Statistic, correct_announced, say_corrected
from stallpoint.response.score_family import SIGNIFICANT, judge_family

TRIALS = 300
PEOPLE = 150


def contrast(estimate, error):
    reach = 1.96 * error
    return Effect(
        "a", "A", estimate, estimate - reach, estimate + reach, "points per month", 300, "", "", role="modifier", std_error=error
    )


def estimate_first(outcome, treated, columns):
    """Least squares: the product of treatment with the first column, beside the others'."""
    design = np.column_stack([np.ones(PEOPLE), treated, columns, treated[:, None] * columns])
    found, squares, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    error = np.sqrt(squares[0] / (PEOPLE - design.shape[1]) * np.linalg.inv(design.T @ design).diagonal())
    return contrast(float(found[2 + columns.shape[1]]), float(error[2 + columns.shape[1]]))


@pytest.mark.parametrize(("difference", "levels"), [(0.35, 1), (0.7, 1), (0.0, 1), (0.5, 2)])
def test_whatever_is_true_half_of_what_is_announced_is_put_too_high(difference, levels):
    """Of trials that announce the first of three modifiers; of one with two levels it is their sum of squares that is announced."""
    rng = np.random.default_rng([7, levels, int(100 * difference)])
    too_high, held, bias = [], [], []
    for _ in range(TRIALS if difference else 8 * TRIALS):
        treated = rng.permutation(np.arange(PEOPLE) % 2).astype(float)
        columns = [rng.normal(size=(PEOPLE, levels)), rng.normal(size=(PEOPLE, 1)), rng.normal(size=(PEOPLE, 1))]
        outcome = rng.normal(size=PEOPLE) + difference * treated * columns[0][:, 0]
        test = judge_family(outcome, treated, columns, cells=np.zeros(PEOPLE, dtype=int), rng=rng, permutations=199)
        if test.p_adjusted[0] >= SIGNIFICANT:
            continue
        raw = estimate_first(outcome, treated, columns[0])
        corrected = correct_announced(
            raw, Statistic(float(test.z[0]), (float(test.unannounced[0, 0]), float(test.unannounced[0, 1])))
        )
        too_high.append(corrected.estimate > difference)
        held.append(corrected.low <= difference <= corrected.high)
        side = np.sign(raw.estimate)
        bias.append((side * (raw.estimate - difference), side * (corrected.estimate - difference)))
    announced = len(held)
    assert announced > 40
    assert abs(np.mean(too_high) - 0.5) < 4 * 0.5 / np.sqrt(announced)
    assert np.mean(held) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / announced)
    raw_bias, corrected_bias = np.mean(bias, axis=0)
    # Where most trials announce there is little to correct, and what is median-unbiased leans a little low on average.
    assert abs(corrected_bias) < (0.5 * raw_bias if difference <= 0.35 else 0.2 * difference)


def test_it_keeps_the_unit_and_says_what_was_done():
    statistic = Statistic(3.1, (-2.0, 2.0))
    small, large = correct_announced(contrast(0.32, 0.1), statistic), correct_announced(contrast(3.2, 1.0), statistic)
    assert large.estimate == pytest.approx(10 * small.estimate)
    assert 0 < small.estimate < 0.32
    assert (small.name, small.role, small.p_value) == ("a_corrected", "announced", None)
    assert f"it is {small.estimate:.2f} points per month ({small.low:.2f} to {small.high:.2f})" in say_corrected(small)
    assert "Corrected for having been announced" in say_corrected(small)


def test_where_the_statistic_is_too_small_to_divide_by_the_standard_error_is_its_unit():
    """Of several levels, one that has no part in what was announced: nothing was selected, so its interval is the usual one."""
    idle = correct_announced(contrast(0.02, 0.1), Statistic(-0.1, (0.0, 0.0)))
    assert (idle.estimate, idle.low, idle.high) == pytest.approx((-0.01, -0.206, 0.186), abs=1e-3)
