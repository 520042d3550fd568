"""Direct labels: wrapped to a column, moved apart until none overlaps."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

LINE_HEIGHT = 15
CHARACTER_WIDTH = 6.7
LABEL_CHARACTERS = 17


def wrap_label(text: str, *, characters: int = LABEL_CHARACTERS) -> list[str]:
    """Lines of at most so many characters; a longer word is broken."""
    return textwrap.wrap(text, characters) or [""]


def measure_label(lines: Sequence[str]) -> float:
    """Width in pixels that the lines need at the size of chart text, on the generous side."""
    return CHARACTER_WIDTH * max(len(line) for line in lines)


def first_line_offset(lines: Sequence[str]) -> float:
    """Pixels up from the middle of the lines to the middle of the first, which is where a chart anchors text."""
    return LINE_HEIGHT * (len(lines) - 1) / 2


def spread_labels(positions: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Positions at least `gap` apart and within `low` and `high`, in the same order and as near as can be to where they were.

    Least squares under these constraints: with z_i = p_i - i * gap over sorted p, the first says that z must not fall,
    which is isotonic regression; clipping its solution keeps it optimal within bounds. Where room is short, `low` is kept.
    """
    order = sorted(range(len(positions)), key=positions.__getitem__)
    shifted = _pool([positions[index] - rank * gap for rank, index in enumerate(order)])
    ceiling = max(low, high - gap * (len(positions) - 1))
    placed = dict(zip(order, (min(max(low, z), ceiling) + rank * gap for rank, z in enumerate(shifted)), strict=True))
    return [placed[index] for index in range(len(positions))]


def _pool(values: Sequence[float]) -> list[float]:
    """The nearest sequence that does not fall, by pooling adjacent violators (Ayer et al. 1955, doi:10.1214/aoms/1177728423)."""
    pools: list[list[float]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return [_mean(pool) for pool in pools for _ in pool]


def _mean(pool: Sequence[float]) -> float:
    return sum(pool) / len(pool)
