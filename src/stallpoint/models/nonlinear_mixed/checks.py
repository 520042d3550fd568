"""What was verified about a fitted nonlinear mixed model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.wording import counted, listed
from stallpoint.models.nonlinear_mixed.individual import Problem
from stallpoint.models.nonlinear_mixed.likelihood import Marginal
from stallpoint.models.nonlinear_mixed.summary import ABSENT
from stallpoint.numerics.newton import Maximum, flat_directions

Array = npt.NDArray[np.float64]

MOST_SHRINKAGE = 0.3
"""Above this, empirical Bayes estimates say more of the population than of the person, and plots of them mislead.

Source: Savic & Karlsson (2009), doi:10.1208/s12248-009-9133-0 (20 to 30%).
"""

MODE_GRADIENT = 1e-4
"""Largest slope, per standard deviation of a random effect, at which a person's search counts as arrived."""

WIDEST = 1.0
"""Standard error of the logarithm of a typical value at which its 95% interval reaches seven-fold either way."""

STEEPEST = 0.01
"""Largest gradient, in units of the estimates' standard errors, at a maximum."""


def check_convergence(maximum: Maximum) -> Check:
    """Whether a Newton step would still gain anything."""
    text = f"After {maximum.evaluations} evaluations a Newton step would gain {maximum.decrement:.1e} in log-likelihood."
    return Check("convergence", "passed" if maximum.converged else "failed", text, maximum.evaluations)


def check_gradient(gradient: Array, covariance: Array, names: list[str]) -> Check:
    """The gradient at the estimate, in log-likelihood per standard error."""
    steep = np.abs(gradient) * np.sqrt(np.diag(covariance))
    if not np.isfinite(steep).all():
        return Check("gradient", "failed", "Without standard errors the gradient cannot be judged.")
    worst = int(np.argmax(steep))
    text = f"The steepest gradient is {steep[worst]:.1e} per standard error ({names[worst]})."
    return Check("gradient", "passed" if steep[worst] < STEEPEST else "failed", text)


def check_modes(at: Marginal) -> Check:
    """Whether every person's most likely random effects were found, and are a maximum."""
    arrived = np.abs(at.mode.gradient).max(axis=1) < MODE_GRADIENT
    peaked = np.linalg.eigvalsh(at.mode.information)[:, 0] > 0
    lost = int((~(arrived & peaked)).sum())
    text = f"The most likely random effects were found for {'all' if not lost else 'all but ' + str(lost)} people."
    return Check("modes", "failed" if lost else "passed", text, lost)


def check_identification(maximum: Maximum, covariance: Array, names: list[str], *, typical: int) -> Check:
    """Directions in which the likelihood is flat or turns upward, and typical values (the first entries) that are hardly known."""
    flat = [names[index] for index in flat_directions(maximum.hessian)]
    if flat:
        text = f"The data do not tell apart or determine: {listed(flat)}. Hold one at a known value, or leave its variation out."
        return Check("identification", "failed", text, len(flat))
    with np.errstate(invalid="ignore"):
        weak = [names[index] for index in np.flatnonzero(~(np.sqrt(np.diag(covariance))[:typical] < WIDEST))]
    if weak:
        text = f"The data leave a typical value open by a factor of seven either way, or more: {listed(weak)}."
        return Check("identification", "warning", text, len(weak))
    return Check("identification", "passed", "The likelihood is curved in every direction.", 0)


def check_variances(variability: pl.DataFrame) -> Check:
    """Random effects that the data do not need."""
    absent = variability.filter(pl.col("sd") < ABSENT)
    named = [f"{row['parameter']} between {row['level']}" for row in absent.iter_rows(named=True)]
    if not named:
        return Check("variances", "passed", "Every random effect varies.", 0)
    text = (
        f"No variation was found in {listed(named)}: none, or more than these data can show. See the upper end of its interval."
    )
    return Check("variances", "warning", text, len(named))


def check_shrinkage(variability: pl.DataFrame) -> Check:
    """Whether people's own estimates can be read as theirs."""
    known = variability.filter((pl.col("level") == "people") & pl.col("shrinkage").is_not_nan())
    shrunk = known.filter(pl.col("shrinkage") > MOST_SHRINKAGE)
    said = [f"{row['parameter']} {100 * row['shrinkage']:.0f}%" for row in known.iter_rows(named=True)]
    if not shrunk.height:
        return Check("shrinkage", "passed", f"Shrinkage of people's own values: {listed(said) or 'none'}.", 0)
    text = f"People's own values are drawn to the typical one ({listed(said)}); do not plot or regress on them."
    return Check("shrinkage", "warning", text, shrunk.height)


def check_measurements(problem: Problem) -> Check:
    """Whether people have enough measurements to tell their random effects."""
    points, needed = problem.data.points, len(problem.model.random)
    few = int((points < needed).sum())
    start = f"{int(points.sum()):,} measurements of {counted(len(points), 'person')}, {int(np.median(points))} in the median"
    if not few:
        return Check("measurements per person", "passed", f"{start}.", 0)
    text = f"{start}; {few} have fewer than the {needed} parameters that vary, and lean on the others."
    return Check("measurements per person", "warning" if 2 * few > len(points) else "passed", text, few)
