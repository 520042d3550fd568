"""Indices of Ishigami's function, whose values are known in closed form, alone and by groups."""

import numpy as np
import pytest

from stallpoint.numerics.sobol import sobol_by_group

A, B = 7.0, 0.1


def ishigami(unit):
    x = np.pi * (2 * unit - 1)
    return (np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, None]


def exact() -> tuple[list[float], list[float]]:
    one = 0.5 * (1 + B * np.pi**4 / 5) ** 2
    two, both = A**2 / 8, B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return [one / whole, two / whole, 0.0], [(one + both) / whole, two / whole, both / whole]


def test_ishigami_is_within_its_own_errors() -> None:
    groups = {"first": [0], "second": [1], "third": [2], "first and third": [0, 2], "all": [0, 1, 2], "none": [3]}
    found = sobol_by_group(ishigami, groups, 4, count=2048, rng=np.random.default_rng(1))
    for name, first, total in zip(("first", "second", "third"), *exact(), strict=True):
        share = found[name]
        assert abs(share.first[0] - first) < 4 * share.first_error[0] + 0.005
        assert abs(share.total[0] - total) < 4 * share.total_error[0] + 0.005
    second = exact()[0][1]
    assert found["first and third"].first[0] == pytest.approx(1 - second, abs=0.03)
    assert found["all"].total[0] == pytest.approx(1, abs=0.05)
    assert found["none"].total[0] == 0


def test_the_stated_error_is_that_of_repeats() -> None:
    runs = [
        sobol_by_group(lambda unit: unit[:, :1] * unit[:, 1:], {"a": [0]}, 2, count=64, rng=np.random.default_rng(seed))["a"]
        for seed in range(40)
    ]
    spread = np.std([run.total[0] for run in runs])
    assert spread < 2 * np.mean([run.total_error[0] for run in runs])
    assert np.mean([run.total[0] for run in runs]) == pytest.approx(4 / 7, abs=0.06)


def test_several_results_at_once_and_one_that_never_moves() -> None:
    def model(unit):
        return np.stack([unit[:, 0], np.ones(len(unit))], axis=1)

    share = sobol_by_group(model, {"x": [0]}, 2, count=256, rng=np.random.default_rng(2))["x"]
    assert share.first[0] == pytest.approx(1, abs=0.05)
    assert share.first[1] == share.total[1] == 0
