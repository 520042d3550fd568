"""Invented expression: genes differ, samples are noise around them."""

from __future__ import annotations

import numpy as np

from stallpoint.core.expression import Expression


def invent(rng: np.random.Generator, sets: dict[str, frozenset[str]], n: int, *, others: int = 300) -> Expression:
    genes = [*sorted(set().union(*sets.values())), *(f"OTHER{number}" for number in range(others))]
    values = rng.normal(8, 1, len(genes)) + rng.normal(0, 0.5, (n, len(genes)))
    return Expression(tuple(f"s{number}" for number in range(n)), tuple(genes), values)
