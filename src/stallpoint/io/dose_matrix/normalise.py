"""From what a file's numbers are said to be to the response left over the untreated wells: sign and scale are checked, never guessed in
silence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.dose_matrix import ResponseKind
from stallpoint.core.errors import TableError
from stallpoint.io.dose_matrix.columns import Scale

Array = npt.NDArray[np.float64]

PERCENT = 100.0
UNTREATED_VIABILITY = (0.4, 2.5)
LARGEST_UNTREATED_INHIBITION = 0.4
LARGEST_FRACTION = 1.6
"""An inhibition beyond this is no fraction, even with noise."""

SMALLEST_PERCENT = 5.0
STRONG, WEAK = 20.0, 1.2
"""A viability above 20% in a well with higher doses than one that reads 1.2 or less: the latter is a fraction among percents."""

LEAST_MIXED = 2
ALIKE = 1e-9


def find_scale(values: Array, untreated: Array, kind: ResponseKind, *, where: str) -> Scale:
    """Fractions or percents, from the untreated wells and the largest value.

    Args:
        values: all responses of a file.
        untreated: those of untreated wells.
        kind: what they are said to be.
        where: for messages.

    Raises:
        TableError: where neither fits, or it cannot be told.
    """
    middle, largest = float(np.median(untreated)), float(np.abs(values).max())
    if kind == "viability":
        for scale, unit in (("fraction", 1.0), ("percent", PERCENT)):
            if UNTREATED_VIABILITY[0] <= middle / unit <= UNTREATED_VIABILITY[1]:
                return "fraction" if scale == "fraction" else "percent"
        low = abs(middle) < UNTREATED_VIABILITY[0]
        what = f"untreated wells read {middle:.3g}, where viability must be near 1 or 100"
        do = "if these numbers are inhibition, call the column inhibition; if they are raw, call it signal and mark the controls"
        raise TableError(what + (": this looks like inhibition" if low else ""), where=where, do=do)
    if largest <= LARGEST_FRACTION:
        return "fraction"
    if largest >= SMALLEST_PERCENT:
        return "percent"
    what = f"the largest inhibition is {largest:.3g}: a fraction or a percentage cannot be told"
    raise TableError(what, where=where, do="call the column inhibition_fraction or inhibition_percent")


def check_sign(untreated: Array, values: Array, kind: ResponseKind, *, where: str) -> None:
    """Whether the untreated wells stand where the sign wants them; values and `untreated` are fractions.

    Raises:
        TableError: viability given as inhibition, inhibition given as viability, or wells that were never normalised.
    """
    middle = float(np.median(untreated))
    if kind == "inhibition" and abs(middle) > LARGEST_UNTREATED_INHIBITION:
        near = "viability" if 1 - LARGEST_UNTREATED_INHIBITION <= middle <= 1 + LARGEST_UNTREATED_INHIBITION else "neither"
        looks = ": this looks like viability" if near == "viability" else ""
        what = f"untreated wells read {middle:.3g}, where inhibition must be near 0{looks}"
        raise TableError(what, where=where, do="call the column viability if it is, or normalise it to its controls")
    low, high = UNTREATED_VIABILITY
    if kind == "viability" and not low <= middle <= high:
        looks = ": this looks like inhibition" if abs(middle) < low else ""
        what = f"untreated wells read {middle:.3g} of what they should{looks}"
        do = "call the column inhibition if it is; the file's other blocks decided its scale"
        raise TableError(what, where=where, do=do)
    if float(np.ptp(values)) <= ALIKE * max(float(np.abs(values).max()), ALIKE):
        raise TableError(
            "the response is the same in every well", where=where, do="look for a column that was copied or never filled"
        )


def refuse_mixed_scale(frame: pl.DataFrame, doses: list[str], kind: ResponseKind, *, where: str) -> None:
    """Fractions among percents of one column; `frame` holds percents.

    Raises:
        TableError: names the wells.
    """
    values, given = frame["value"].to_numpy(), frame.select(doses).to_numpy()
    strong, weak = np.abs(values) > STRONG, np.abs(values) <= WEAK
    if not (strong.any() and weak.any()):
        return
    above = (given[None, strong] >= given[weak][:, None]).all(axis=2)
    below = (given[None, strong] <= given[weak][:, None]).all(axis=2)
    against = (above if kind == "viability" else below) & (given[None, strong] != given[weak][:, None]).any(axis=2)
    lines = frame["line"].to_numpy()[weak][against.any(axis=1)]
    if len(lines) >= LEAST_MIXED:
        rows = [f"line {line}: {value:g}" for line, value in zip(lines, values[weak][against.any(axis=1)], strict=True)]
        what = "fractions stand among percents in one column"
        raise TableError(what, where=where, rows=rows, do="write all responses on one scale")


def left_over_untreated(value: Array, untreated: Array, kind: ResponseKind) -> Array:
    """What is left (n,) as a share of the untreated wells of the same plate; `value` and `untreated` are fractions."""
    left = value if kind == "viability" else 1 - value
    level = untreated if kind == "viability" else 1 - untreated
    return np.asarray(left / level.mean())
