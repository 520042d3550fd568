"""No reader of what stays printed can prove that a hidden cell is small: every table that fits is tried."""

from itertools import product

import numpy as np
import pytest

from stallpoint.numerics.small_cells import hide_small_cells, largest_possible

SMALLEST = 5
ONE_WAY = np.array([[1, 1, 1, -1]])
TWO_WAY = np.array(
    [
        # a b | A    c d | B    a c | L    b d | R    A B | all
        [1, 1, 0, 0, -1, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, -1, 0, 0, 0],
        [1, 0, 1, 0, 0, 0, -1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0, -1, 0],
        [0, 0, 0, 0, 1, 1, 0, 0, -1],
    ]
)


def with_totals(parts: tuple[int, ...]) -> np.ndarray:
    if len(parts) == 3:
        return np.array([*parts, sum(parts)])
    a, b, c, d = parts
    return np.array([a, b, c, d, a + b, c + d, a + c, b + d, a + b + c + d])


def most_by_trying(counts: np.ndarray, hidden: np.ndarray, cell: int, parts: int) -> int:
    """The largest value of a cell among all tables that agree with what is printed."""
    tables = (with_totals(each) for each in product(range(16), repeat=parts))
    return max(int(table[cell]) for table in tables if (table[~hidden] == counts[~hidden]).all())


@pytest.mark.parametrize("parts", [(3, 20, 9), (1, 2, 30), (2, 0, 40), (1, 1, 1), (4, 0, 0), (3, 3, 3), (1, 0, 6), (5, 6, 7)])
def test_of_one_total_none_is_had_by_subtraction(parts):
    counts = with_totals(parts)
    hidden = hide_small_cells(counts, ONE_WAY, smallest=SMALLEST)
    small = (counts > 0) & (counts < SMALLEST)
    assert hidden[small].all()
    for cell in np.flatnonzero(small & (counts.max() < 16)):
        assert most_by_trying(counts, hidden, int(cell), 3) >= SMALLEST
    assert small.any() or not hidden.any()


@pytest.mark.parametrize("seed", range(12))
def test_of_a_table_with_all_its_totals_neither(seed):
    counts = with_totals(tuple(np.random.default_rng(seed).integers(0, 7, 4).tolist()))
    hidden = hide_small_cells(counts, TWO_WAY, smallest=SMALLEST)
    small = np.flatnonzero((counts > 0) & (counts < SMALLEST))
    assert all(most_by_trying(counts, hidden, int(cell), 4) >= SMALLEST for cell in small)


def test_hiding_the_small_cell_alone_would_not_do():
    counts = with_totals((3, 20, 9))
    alone = np.array([True, False, False, False])
    assert largest_possible(counts, ONE_WAY, alone, 0) == 3
    assert hide_small_cells(counts, ONE_WAY, smallest=SMALLEST).tolist() == [True, False, True, False]
