"""Which cells of a printed table must be hidden so that no count of few people can be read, nor be had by subtraction.

A small cell is hidden; then, as long as what stays printed proves that a hidden cell is small, the smallest printed cell that shares a
sum with it is hidden too. What is proved is found by linear programming: the largest value that a hidden cell may have given all sums.

Source: Fischetti & Salazar (2001), doi:10.1287/mnsc.47.7.1008.9805, for the attacker's problem; cells are chosen greedily here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def hide_small_cells(counts: Ints, sums: Ints, *, smallest: int) -> Bools:
    """Cells (n,) to hide.

    Args:
        counts: people in each cell (n,), totals among them.
        sums: what a reader knows to add up (m, n): each row times the counts is 0, so 1 for parts and -1 for their total.
        smallest: the smallest count that may be read; 0 may be read too.
    """
    hidden = (counts > 0) & (counts < smallest)
    small = [int(cell) for cell in np.flatnonzero(hidden)]
    while True:
        exposed = [cell for cell in small if largest_possible(counts, sums, hidden, cell) < smallest]
        if not exposed:
            return hidden
        near = _binding(sums, hidden, exposed) & ~hidden
        candidates = np.flatnonzero(near & (counts > 0) if (near & (counts > 0)).any() else near)
        hidden[candidates[counts[candidates].argmin()]] = True


def _binding(sums: Ints, hidden: Bools, exposed: list[int]) -> Bools:
    """Cells (n,) of the sums that bind exposed cells, directly or through other hidden cells."""
    reached = np.zeros_like(hidden)
    reached[exposed] = True
    while True:
        of_sums = np.any(sums[:, reached & hidden] != 0, axis=1)
        further = reached | np.any(sums[of_sums] != 0, axis=0)
        if (further == reached).all():
            return reached
        reached = further


def largest_possible(counts: Ints, sums: Ints, hidden: Bools, cell: int) -> float:
    """The most people that a hidden cell may hold, for a reader of all others; infinite where nothing binds it."""
    unknown = np.flatnonzero(hidden)
    left = sums[:, hidden]
    binding = np.any(left != 0, axis=1)
    if not binding.any():
        return float("inf")
    known = -(sums[:, ~hidden] @ counts[~hidden])
    aim = np.where(unknown == cell, -1.0, 0.0)
    found = linprog(aim, A_eq=left[binding], b_eq=known[binding], bounds=(0, None), method="highs")
    return float("inf") if found.status == UNBOUNDED or found.fun is None else -float(found.fun)


UNBOUNDED = 3
"""What linprog calls a problem without an end."""
