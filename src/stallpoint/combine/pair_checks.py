"""Can this matrix tell what it is asked? What is verified of a pair before its measures are believed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.combine.braid import braid_levels
from stallpoint.combine.hill import log_dose
from stallpoint.combine.measure import Measure
from stallpoint.combine.references import bliss, fitted_arms, loewe
from stallpoint.combine.well_means import WellMeans
from stallpoint.core.check import Check
from stallpoint.core.dose_matrix import DoseMatrix
from stallpoint.numerics.least_squares import LeastSquares

Array = npt.NDArray[np.float64]

LEAST_EXPLAINED = 0.8
TELLING_RATIO = 2.8
"""A difference of 2.8 standard errors is seen with 80% power at the two-sided 5%."""

TELLING_AKAIKE = 4.0
ACTIVE_RATIO = 3.0
MISFIT_SHARE = 2.0


def check_pair(
    matrix: DoseMatrix,
    wells: WellMeans,
    arms: Array,
    surface: LeastSquares,
    braid: Array,
    parameters: tuple[Measure, ...],
    arm_refits: Array,
    within: npt.NDArray[np.bool_],
) -> tuple[Check, ...]:
    """All checks of one pair.

    Args:
        matrix: the wells.
        wells: their means.
        arms: (1, 7) single curves.
        surface: the MuSyC fit.
        braid: (1, 9) BRAID fit.
        parameters: interaction parameters with their bands.
        arm_refits: (r, 7) single curves refitted.
        within: (w,) pairs of doses in which Loewe's reference can be had.
    """
    return (
        _check_fit(matrix, surface),
        *_check_activity(matrix, arms, arm_refits),
        _check_references(wells, arms, arm_refits),
        _check_models(matrix, surface, braid),
        _check_told(parameters),
        _check_reach(within),
    )


def _check_fit(matrix: DoseMatrix, surface: LeastSquares) -> Check:
    """The surface against the scatter of the wells: of replicates where there are some, else of everything."""
    cost, freedom = float(surface.cost[0]), len(matrix.left) - surface.theta.shape[1]
    pure, pure_freedom = _replicate_scatter(matrix)
    if pure_freedom >= freedom / 4:
        ratio = np.sqrt(cost / freedom / max(pure / pure_freedom, 1e-300))
        said = f"wells lie {ratio:.1f} times as far from the surface as replicates from each other"
        return Check("surface", "warning" if ratio > MISFIT_SHARE else "passed", said)
    total = float(((matrix.left - matrix.left.mean()) ** 2).sum())
    explained = 1 - cost / max(total, 1e-300)
    said = f"the surface explains {explained:.0%} of the variation between wells"
    if explained < LEAST_EXPLAINED:
        return Check(
            "surface", "warning", f"{said}: noise is large or the shape is another, so bands are wide and parameters mean little"
        )
    return Check("surface", "passed", said)


def _replicate_scatter(matrix: DoseMatrix) -> tuple[float, int]:
    """Sum of squares of replicates about their means, and its degrees of freedom."""
    _, group = np.unique(matrix.doses, axis=0, return_inverse=True)
    group = group.ravel()
    count = np.bincount(group)
    means = np.bincount(group, matrix.left) / count
    return float(((matrix.left - means[group]) ** 2).sum()), int((count - 1).sum())


def _check_activity(matrix: DoseMatrix, arms: Array, refits: Array) -> list[Check]:
    """Whether each drug alone does something at the doses given; where it does not, its shift and Loewe's reference say little."""
    checks = []
    for drug, name in enumerate(matrix.drugs):
        top = np.zeros((1, 2))
        top[0, drug] = matrix.doses[:, drug].max()
        reached = fitted_arms(arms, top)[drug][0, 0] - arms[0, 0]
        error = float((fitted_arms(refits, top)[drug][:, 0] - refits[:, 0]).std(ddof=1))
        active = abs(reached) > ACTIVE_RATIO * error
        said = f"{name} alone {'lowers' if reached < 0 else 'raises'} what is left by {abs(reached):.0%} of untreated at its top dose"
        why = "" if active else ", no more than noise: it cannot be told apart from an inactive drug"
        checks.append(Check(f"alone_{drug + 1}", "passed" if active else "warning", said + why))
    return checks


def _check_references(wells: WellMeans, arms: Array, refits: Array) -> Check:
    """Whether Bliss and Loewe expect different things here at all."""

    def gap(theta: Array) -> Array:
        first, second = fitted_arms(theta, wells.doses)
        difference = (bliss(first, second, theta[:, :1]) - loewe(theta, wells.doses)) / theta[:, :1]
        known = np.isfinite(difference)
        total = np.where(known, difference, 0.0).sum(axis=1)
        return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)

    apart, drawn = float(gap(arms)[0]), gap(refits)
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(apart) or len(drawn) < 2:
        return Check(
            "references", "warning", "the drugs move the response in opposite directions: Loewe's reference is not defined"
        )
    said = f"Bliss and Loewe expect levels that differ by {abs(apart):.1%} of untreated on average"
    if abs(apart) < TELLING_RATIO * float(drawn.std(ddof=1)):
        return Check(
            "references", "warning", f"{said}, which these wells cannot tell from 0: either could be the right reference"
        )
    return Check("references", "passed", f"{said}, more than the noise: they are different questions here")


def _check_models(matrix: DoseMatrix, surface: LeastSquares, braid: Array) -> Check:
    """MuSyC against BRAID by Akaike's criterion; both have about as many parameters."""
    residual = matrix.left - braid_levels(braid, log_dose(matrix.doses.T))[0][0]
    count = len(matrix.left)
    floor = 1e-12 * count
    difference = count * np.log((float(residual @ residual) + floor) / (float(surface.cost[0]) + floor))
    difference -= 2 * (surface.theta.shape[1] - braid.shape[1])
    if abs(difference) < TELLING_AKAIKE:
        return Check("models", "warning", "MuSyC and BRAID fit equally well: this matrix cannot tell the models apart")
    better = "MuSyC" if difference > 0 else "BRAID"
    return Check("models", "passed", f"{better} fits better, by {abs(difference):.0f} units of Akaike's criterion")


def _check_told(parameters: tuple[Measure, ...]) -> Check:
    vague = [each.label for each in parameters if not each.told]
    if vague:
        return Check("told", "warning", f"these data do not tell: {'; '.join(vague)}", count=len(vague))
    return Check("told", "passed", "every interaction parameter is narrowed down")


def _check_reach(within: npt.NDArray[np.bool_]) -> Check:
    """Whether the single drugs were given high enough for Loewe's reference."""
    out = int((~within).sum())
    if not out:
        return Check("single_doses", "passed", "single drugs were given high enough for dose additivity in every well")
    said = f"in {out} of {len(within)} pairs of doses Loewe's reference would need single doses higher than given; they are left out of it"
    return Check("single_doses", "warning", said, count=out)
