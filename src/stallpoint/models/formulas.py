"""Model formulas in the notation of R: `y ~ x`, `~ time | patient`, `Surv(time, died) ~ arm`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

_SURVIVAL = re.compile(r"^\s*Surv\(\s*([^,()]+?)\s*,\s*([^,()]+?)\s*\)\s*~(.*)$", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class RandomPart:
    """`~ terms | group`: the terms that vary between groups, and the column that names the group."""

    terms: str
    group: str


@dataclass(frozen=True)
class SurvivalPart:
    """`Surv(time, event) ~ terms`: the column of times, the column of events, the terms of the hazard."""

    time: str
    event: str
    terms: str


@dataclass(frozen=True)
class Design:
    """The columns that a formula makes, remembered so that new rows are coded the same way."""

    spec: Any
    names: tuple[str, ...]
    variables: frozenset[str]

    def matrix(self, frame: pl.DataFrame) -> Array:
        """Design matrix of shape (rows, terms) for new rows that hold the formula's variables."""
        rows = self.spec.get_model_matrix(_pandas(frame, self.variables))
        return np.asarray(rows, dtype=np.float64)


def split_response(formula: str) -> tuple[str, str]:
    """`y ~ terms` to (y, terms)."""
    response, tilde, terms = formula.partition("~")
    if not tilde or not response.strip() or not terms.strip():
        raise FitError(f"{formula!r} has no response", where="longitudinal", do="write it as `y ~ time + time:arm`")
    return response.strip(), terms.strip()


def parse_random(formula: str) -> RandomPart:
    """`~ time | patient` to its parts."""
    terms, bar, group = formula.strip().removeprefix("~").partition("|")
    if not bar or not group.strip() or not terms.strip():
        raise FitError(f"{formula!r} names no group", where="random", do="write it as `~ time | patient`")
    return RandomPart(terms.strip(), group.strip())


def parse_survival(formula: str) -> SurvivalPart:
    """`Surv(time, event) ~ arm` to its parts."""
    match = _SURVIVAL.match(formula)
    if not match:
        raise FitError(f"{formula!r} is not a survival formula", where="event", do="write it as `Surv(time, died) ~ arm`")
    time, event, terms = (part.strip() for part in match.groups())
    return SurvivalPart(time, event, terms or "1")


def build_design(terms: str, frame: pl.DataFrame, *, where: str) -> Design:
    """Code the right-hand side of a formula on the rows of a frame.

    Raises:
        FitError: a variable is no column of the frame, has missing values, or a term has no variation to code.
    """
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        variables = frozenset(str(name) for name in Formula(terms).required_variables) | _named_inside(terms, frame)
    except FormulaicError as error:
        raise FitError(f"{terms!r} is not a formula: {error}", where=where, do="use the notation `a + b + a:b`") from error
    require_columns(frame, variables, where=where)
    try:
        spec = Formula(terms).get_model_matrix(_pandas(frame, variables)).model_spec
    except FormulaicError as error:
        raise FitError(f"{terms!r} cannot be coded: {error}", where=where, do="check the columns it names") from error
    return Design(spec, tuple(str(name) for name in spec.column_names), variables)


def require_columns(frame: pl.DataFrame, names: frozenset[str] | tuple[str, ...], *, where: str) -> None:
    """Raise FitError where a column is absent or has missing values."""
    absent = sorted(set(names) - set(frame.columns))
    if absent:
        raise FitError(
            f"no column {', '.join(map(repr, absent))}", where=where, do=f"columns there are: {', '.join(frame.columns)}"
        )
    empty = sorted(name for name in names if frame[name].null_count())
    if empty:
        counts = [f"{name}: {frame[name].null_count()} of {frame.height} rows" for name in empty]
        raise FitError("missing values in a model's variables", where=where, rows=counts, do="leave those rows out first")


def full_rank_columns(matrix: Array, names: tuple[str, ...], *, where: str) -> None:
    """Raise FitError where the columns of a design are linearly dependent, naming the ones to look at."""
    scaled = matrix / np.maximum(np.abs(matrix).max(axis=0, initial=0.0), 1e-300)
    if np.linalg.matrix_rank(scaled) < matrix.shape[1]:
        raise FitError(
            "the terms are linearly dependent (a constant covariate, or one that repeats another)",
            where=where,
            rows=names,
            do="leave one of them out",
        )


def _named_inside(terms: str, frame: pl.DataFrame) -> frozenset[str]:
    """Columns named within calls such as `bs(month, df=4)`, which formulaic does not report."""
    return frozenset(_IDENTIFIER.findall(terms)) & frozenset(frame.columns)


def _pandas(frame: pl.DataFrame, variables: frozenset[str]) -> pd.DataFrame:
    """The few columns that a formula needs, as formulaic wants them. A frame without variables keeps its row count."""
    import pandas as pd

    columns = {name: _plain(frame[name]) for name in sorted(variables)}
    return pd.DataFrame(columns, index=range(frame.height))


def _plain(column: pl.Series) -> Any:
    """Numbers as float64, booleans as 0 and 1, all else as text."""
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return column.cast(pl.Float64).to_numpy()
    return column.cast(pl.String).to_list()
