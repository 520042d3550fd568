"""Covariates of people for clearance: numbers around their median, categories against the most frequent level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.formulas import require_columns
from stallpoint.models.nonlinear_mixed.fit import NonlinearMixedFit

WHERE = "covariates of clearance"


@dataclass(frozen=True)
class CodedCovariates:
    """people: patient and one numeric column per term. terms: for each column its covariate, level, and what it stands against."""

    people: pl.DataFrame
    terms: dict[str, tuple[str, str, str]]
    checks: tuple[Check, ...]

    @property
    def formula(self) -> str:
        """The terms as a formula; empty without covariates."""
        return " + ".join(f"`{name}`" for name in self.terms)


def code_covariates(patients: Any, covariates: Sequence[str], needed: list[str]) -> CodedCovariates:
    """Code covariates of the `needed` people. Missing is never normal: people with a missing value are left out, and counted.

    Raises:
        FitError: no table, columns absent, or a covariate that does not vary.
    """
    if not covariates:
        return CodedCovariates(pl.DataFrame({"patient": sorted(needed)}), {}, ())
    if patients is None:
        raise FitError("covariates need the table of patients", where=WHERE, do="give `patients`")
    frame: pl.DataFrame = nw.from_native(patients, eager_only=True).to_polars()
    absent = [name for name in ("patient", *covariates) if name not in frame.columns]
    if absent:
        require_columns(frame, tuple(absent), where=WHERE)
    own = frame.with_columns(pl.col("patient").cast(pl.String)).filter(pl.col("patient").is_in(needed)).sort("patient")
    known = own.drop_nulls(list(covariates))
    lost = len(needed) - known.height
    text = f"People without {', '.join(covariates)}: {f'{lost:,} left out' if lost else 'none'}."
    people, terms = known.select("patient"), {}
    for name in covariates:
        for label, (column, told) in _coded(known[name]).items():
            people = people.with_columns(column.alias(label))
            terms[label] = told
    return CodedCovariates(people, terms, (Check("people without covariates", "warning" if lost else "passed", text, lost),))


def _coded(values: pl.Series) -> dict[str, tuple[pl.Series, tuple[str, str, str]]]:
    name = values.name
    if values.n_unique() < 2:
        raise FitError(f"{name} does not vary", where=WHERE, do="leave it out")
    if values.dtype.is_numeric():
        middle = float(np.median(values.to_numpy()))
        return {name: (values.cast(pl.Float64) - middle, (name, "per unit", f"{middle:g}"))}
    text = values.cast(pl.String)
    counts = {level: int((text == level).sum()) for level in sorted(set(text))}
    usual = max(counts, key=lambda level: counts[level])
    return {f"{name} {level}": ((text == level).cast(pl.Float64), (name, level, usual)) for level in counts if level != usual}


def ratio_rows(coded: CodedCovariates, fit: NonlinearMixedFit) -> pl.DataFrame:
    """covariate, level, against, ratio, low, high of clearance."""
    rows = []
    for name, (covariate, level, against) in coded.terms.items():
        found = fit.coefficient("covariate", f"clearance_l_h: {name}")
        ratio, low, high = (float(np.exp(found[key])) for key in ("estimate", "low", "high"))
        rows.append({"covariate": covariate, "level": level, "against": against, "ratio": ratio, "low": low, "high": high})
    schema = {
        "covariate": pl.String,
        "level": pl.String,
        "against": pl.String,
        "ratio": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)
