"""Numbers that were rounded to the digits people like, and times that are plans rather than dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check, CheckStatus
from stallpoint.core.cohort import Cohort
from stallpoint.core.wording import counted
from stallpoint.knowledge.quality_limits import load_quality_limits
from stallpoint.quality.topic import Topic

Floats = npt.NDArray[np.float64]

MEASURES = (
    ("visits", "alsfrs_r", "ALSFRS-R at visits"),
    ("visits", "fvc_percent", "FVC at visits, %"),
    ("visits", "weight_kg", "Weight at visits, kg"),
    ("patients", "fvc_percent", "FVC at baseline, %"),
    ("patients", "weight_kg", "Weight at baseline, kg"),
    ("patients", "age_years", "Age, years"),
)
BOUNDS = {"alsfrs_r": (0.0, 48.0)}
"""Ends of a scale gather values for another reason than their digit, and are left out."""

RECORDED_SHARE = 0.9
"""Values were recorded in whole units, or in tenths, where this share of them is a multiple."""

DEGREE = 5
FEWEST_CELLS = 20
PENALTY = np.append(np.full(DEGREE + 1, 1e-8), np.full(9, 0.01))
"""Squares of the coefficients are held back by this; the part for digits keeps one that never occurs finite."""

MOST_STEPS = 60
CHANCE_DRAWS = 2000
CHANCE_SHARE = 0.001

METHOD = (
    "Last digits are compared with those of a smooth distribution: a Poisson regression of the counts of each value on a polynomial of "
    "degree 5, which carries the shape, and on the last digit. The index is the share of values that would have to move to another "
    "digit, as in Myers's index (1940), which takes all digits as equally frequent. Chance is what all but one in a thousand draws from "
    "the large-sample distribution of the curve without digits reach."
)


@dataclass(frozen=True)
class DigitPreference(Topic):
    """Last digits.

    digits: measure, digit, observed, expected (shares of the measure's values).
    summary: measure, n, moved (share to move), chance (what chance alone reaches), at_0_or_5 and expected_at_0_or_5.
    """

    digits: pl.DataFrame
    summary: pl.DataFrame


def measure_digit_preference(cohort: Cohort) -> DigitPreference:
    """How far last digits are from those of a smooth distribution, with the size and what chance alone reaches."""
    rows, notes, digits = [], [METHOD], [_no_digits()]
    for table, column, label in MEASURES:
        frame: pl.DataFrame = getattr(cohort, table)
        if column not in frame.columns or not frame.schema[column].is_numeric():
            continue
        values = frame.select("patient", value=pl.col(column).cast(pl.Float64)).drop_nulls()
        cells, why_not = _cells(values, BOUNDS.get(column))
        if why_not:
            notes.append(f"{label}: {why_not}.")
            continue
        judged, chance = _compare(label, cells)
        digits.append(judged)
        rows.append(_summary(label, judged, chance, int(cells["n"].sum())))
    summary = pl.DataFrame(rows, schema=_summary_types())
    checks = [_check(row) for row in summary.iter_rows(named=True)] + _check_times(cohort.visits)
    return DigitPreference(tuple(checks), tuple(notes), pl.concat(digits), summary)


def _no_digits() -> pl.DataFrame:
    return pl.DataFrame(schema={"measure": pl.String, "digit": pl.Int64, "observed": pl.Float64, "expected": pl.Float64})


def _summary_types() -> dict[str, pl.DataType]:
    shares = dict.fromkeys(("moved", "chance", "at_0_or_5", "expected_at_0_or_5"), pl.Float64())
    return {"measure": pl.String(), "n": pl.Int64(), **shares}


def _cells(values: pl.DataFrame, bounds: tuple[float, float] | None) -> tuple[pl.DataFrame, str]:
    """unit, n, people: how often each value was recorded, in units of its last digit; or why that cannot be judged.

    `people` counts a person's repeats of one value once: they are no further evidence.
    """
    inside = values.filter(pl.col("value").is_between(*bounds, closed="none")) if bounds else values
    if inside.height < load_quality_limits()["fewest_digits"]:
        return values.clear(), f"{counted(inside.height, 'value')}, too few to judge last digits"
    for per_unit in (1, 10):
        scaled = inside.with_columns(unit=(pl.col("value") * per_unit).round(6))
        whole = scaled.filter(pl.col("unit") == pl.col("unit").round())
        if whole.height >= RECORDED_SHARE * inside.height:
            cells = whole.group_by(pl.col("unit").cast(pl.Int64)).agg(
                pl.len().alias("n"), pl.col("patient").n_unique().alias("people")
            )
            spans = int(cells["unit"].max()) - int(cells["unit"].min()) + 1  # type: ignore[arg-type]
            return cells.sort("unit"), "" if spans >= FEWEST_CELLS else "too narrow a range to judge last digits"
    return values.clear(), "not judged, as its values have many decimals and so were computed, not read off"


def _compare(label: str, cells: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """Observed and expected shares of the ten digits, and how far apart chance alone brings them."""
    units = np.arange(int(cells["unit"].min()), int(cells["unit"].max()) + 1)  # type: ignore[arg-type]
    counts = np.zeros(units.size)
    counts[cells["unit"].to_numpy() - units[0]] = cells["n"].to_numpy()
    design = _design(units)
    coefficients = _fit(design, counts)
    observed, expected = _by_digit(units, counts), _by_digit(units, np.exp(_smooth(design, coefficients)))
    digits = pl.DataFrame(
        {
            "measure": [label] * 10,
            "digit": np.arange(10),
            "observed": observed,
            "expected": expected,
        },
        schema_overrides={"digit": pl.Int64},
    )
    return digits, _chance(units, design, coefficients, float(cells["people"].sum()))


def _by_digit(units: npt.NDArray[np.int64], counts: Floats) -> Floats:
    """Shares of the ten digits, in the last dimension; counts have one entry per unit there."""
    shares = counts @ (units[:, None] % 10 == np.arange(10))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True), dtype=np.float64)


def _design(units: npt.NDArray[np.int64]) -> Floats:
    """Columns of the polynomial, then of the digits 1 to 9 against 0; digits sum to zero."""
    shape = np.polynomial.legendre.legvander(np.linspace(-1, 1, units.size), DEGREE)
    digits = (units[:, None] % 10 == np.arange(10)).astype(np.float64)[:, 1:] - (units % 10 == 0)[:, None]
    return np.hstack([shape, digits])


def _smooth(design: Floats, coefficients: Floats) -> Floats:
    """The logarithm of the counts without their digits: the polynomial's part."""
    return np.asarray(np.clip(design[:, : DEGREE + 1] @ coefficients[: DEGREE + 1], -30, 30), dtype=np.float64)


def _fit(design: Floats, counts: Floats) -> Floats:
    """Coefficients of a Poisson regression, by penalised Newton steps."""
    coefficients = np.linalg.lstsq(design, np.log(counts + 0.5), rcond=None)[0]
    for _ in range(MOST_STEPS):
        mean = np.exp(np.clip(design @ coefficients, -30, 30))
        gradient = design.T @ (counts - mean) - PENALTY * coefficients
        step = np.linalg.solve(_information(design, mean), gradient)
        coefficients = coefficients + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(coefficients, dtype=np.float64)


def _information(design: Floats, mean: Floats) -> Floats:
    return np.asarray(design.T @ (mean[:, None] * design) + np.diag(PENALTY), dtype=np.float64)


def _chance(units: npt.NDArray[np.int64], design: Floats, coefficients: Floats, people: float) -> float:
    """What the index reaches without any preference, but for one sample in a thousand.

    Coefficients are drawn from their large-sample distribution around a curve without digits. Where values span few tens, shape and
    digits can hardly be told apart, the draws spread wide, and the index must be large before it says anything.
    """
    smooth = np.exp(_smooth(design, coefficients))
    covariance = np.linalg.inv(_information(design, people * smooth / smooth.sum()))
    draws = np.random.default_rng(0).multivariate_normal(np.zeros(design.shape[1]), covariance, CHANCE_DRAWS, method="cholesky")
    logs = np.log(smooth) + np.clip(draws @ design.T, -30, 30)
    shapes = np.log(smooth) + np.clip(draws[:, : DEGREE + 1] @ design[:, : DEGREE + 1].T, -30, 30)
    moved = np.abs(_by_digit(units, np.exp(logs)) - _by_digit(units, np.exp(shapes))).sum(axis=1) / 2
    return float(np.quantile(moved, 1 - CHANCE_SHARE))


def _summary(label: str, digits: pl.DataFrame, chance: float, n: int) -> dict[str, object]:
    observed, expected = digits["observed"].to_numpy(), digits["expected"].to_numpy()
    return {
        "measure": label,
        "n": n,
        "moved": float(np.abs(observed - expected).sum() / 2),
        "chance": chance,
        "at_0_or_5": float(observed[[0, 5]].sum()),
        "expected_at_0_or_5": float(expected[[0, 5]].sum()),
    }


def _check(row: dict[str, float]) -> Check:
    heaped = row["moved"] > max(load_quality_limits()["digit_share"], row["chance"])
    text = (
        f"{row['measure']}: {row['moved']:.0%} of {counted(int(row['n']), 'value')} would have to move to another last digit "
        f"(chance alone: up to {row['chance']:.0%}); {row['at_0_or_5']:.0%} end in 0 or 5, "
        f"where {row['expected_at_0_or_5']:.0%} are expected."
    )
    return Check("digit_preference", "warning" if heaped else "passed", text, int(row["n"]))


def _check_times(visits: pl.DataFrame) -> list[Check]:
    """Whether visit times are dates or the plan: months computed from dates are hardly ever whole."""
    later = visits.filter(pl.col("time_months") > 0)["time_months"]
    if not len(later):
        return []
    n = int((later == later.round()).sum())
    status: CheckStatus = "warning" if n / len(later) > load_quality_limits()["whole_month_share"] else "passed"
    text = f"{n / len(later):.0%} of visit times after time zero are whole months"
    says = "; times may be those planned, not those at which people were seen" if status == "warning" else ""
    return [Check("whole_months", status, f"{text}{says}.", n)]
