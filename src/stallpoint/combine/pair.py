"""One pair of drugs: its surfaces, every measure of interaction with its band, and whether the matrix can tell them apart.

Bands come from refits to wells remade from the fitted surface and its residuals, each residual widened by its leverage (Efron &
Tibshirani 1993, An Introduction to the Bootstrap, chapter 9; Wu 1986 Ann Stat 14:1261 for the leverage).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.combine.braid import braid_levels, fit_braid
from stallpoint.combine.hill import fit_arms, log_dose, refit_arms
from stallpoint.combine.measure import Measure, measure_mean, measure_parameter
from stallpoint.combine.musyc import efficacy_shift, fit_musyc, musyc_levels, refit_musyc
from stallpoint.combine.pair_checks import check_pair
from stallpoint.combine.references import bliss, fitted_arms, highest_single, loewe, within_arms
from stallpoint.combine.well_means import WellMeans, well_means
from stallpoint.combine.zip import zip_excess
from stallpoint.core.check import Check
from stallpoint.core.dose_matrix import DoseMatrix
from stallpoint.core.errors import FitError
from stallpoint.numerics.least_squares import LeastSquares

Array = npt.NDArray[np.float64]

REPEATS = 200
LEAST_WELLS = 12
"""Two more than the surface has parameters."""

LARGEST_LEVERAGE = 0.9
LARGEST_UNEVENNESS = 3.0
WIDEST_SHIFT_DECADES = 2.0
WIDEST_KAPPA = 5.0
WIDEST_BETA = 1.0
REFERENCES = {
    "bliss": "beyond independent action (Bliss)",
    "loewe": "beyond dose additivity (Loewe)",
    "hsa": "beyond the stronger drug alone (HSA)",
    "zip": "beyond unchanged curves (ZIP)",
}


class PairError(FitError):
    """A matrix to which no surface can be fitted."""


@dataclass(frozen=True)
class PairFit:
    """Everything that is computed of one pair.

    Attributes:
        matrix: the wells.
        arms: (7,) parameters of `hill.arm_levels`.
        musyc: (10,) parameters of `musyc.PARAMETERS`.
        musyc_refits: (r, 10) of them.
        braid: (9,) parameters of `braid.PARAMETERS`.
        residual_sd: of the wells about the MuSyC surface.
        means: mean excess over each reference.
        parameters: interaction parameters of the surfaces.
        wells: one row per pair of doses: dose_1, dose_2, left, fitted, low, high, and the excess over each reference.
        checks: what was verified.
    """

    matrix: DoseMatrix
    arms: Array
    musyc: Array
    musyc_refits: Array
    braid: Array
    residual_sd: float
    means: tuple[Measure, ...]
    parameters: tuple[Measure, ...]
    wells: pl.DataFrame
    checks: tuple[Check, ...]

    def mean(self, name: str) -> Measure:
        """The mean excess over one reference."""
        return next(each for each in self.means if each.name == name)


@dataclass(frozen=True)
class ReferenceFit:
    """The surface of a pair with wells remade from it, and the excess over each reference.

    Attributes:
        matrix: the wells.
        wells: their means.
        arms, arm_refits: (1, 7) and (r, 7) single curves.
        surface: the MuSyC fit.
        drawn: (r, n) which residual each remade well got.
        remade: (r, n) wells remade.
        within: (w,) where Loewe's reference can be had.
        excess, refits: (1, w) and (r, w) excess over Bliss, Loewe and HSA.
        means: their means over the wells.
    """

    matrix: DoseMatrix
    wells: WellMeans
    arms: Array
    arm_refits: Array
    surface: LeastSquares
    drawn: npt.NDArray[np.int64]
    remade: Array
    within: npt.NDArray[np.bool_]
    excess: dict[str, Array]
    refits: dict[str, Array]
    means: tuple[Measure, ...]


def fit_references(matrix: DoseMatrix, *, rng: np.random.Generator, repeats: int) -> ReferenceFit:
    """What verdicts rest on: the mean excess over Bliss, Loewe and HSA, with bands.

    Args:
        matrix: wells of two drugs.
        rng: of the refits.
        repeats: refits behind each band.

    Raises:
        PairError: not two drugs, or too few wells.
    """
    _require_pair(matrix)
    doses, left = matrix.doses, matrix.left
    arms = fit_arms(doses, left).theta
    surface = fit_musyc(doses, left, arms[0])
    drawn = rng.integers(0, len(left), (repeats, len(left)))
    remade = _remake(left, *musyc_levels(surface.theta, log_dose(doses.T)), drawn)
    arm_refits = refit_arms(doses, remade, arms[0])
    wells = well_means(doses)
    within = within_arms(arms, doses, wells.doses)
    excess = reference_excess(wells, left[None], arms, within=within)
    refits = reference_excess(wells, remade, arm_refits, within=within)
    means = _means(excess, refits, len(left) - surface.theta.shape[1])
    return ReferenceFit(matrix, wells, arms, arm_refits, surface, drawn, remade, within, excess, refits, means)


def fit_pair(matrix: DoseMatrix, *, rng: np.random.Generator, repeats: int = REPEATS) -> PairFit:
    """Fit all surfaces of a pair, and measure its interaction.

    Args:
        matrix: wells of two drugs.
        rng: of the refits.
        repeats: refits behind each band.

    Raises:
        PairError: not two drugs, or too few wells.
    """
    base = fit_references(matrix, rng=rng, repeats=repeats)
    doses, left, surface = matrix.doses, matrix.left, base.surface
    surface_refits = refit_musyc(doses, base.remade, surface.theta[0]).theta
    braid = fit_braid(doses, left[None], base.arms[0]).theta
    braid_refits = fit_braid(doses, _remake(left, *braid_levels(braid, log_dose(doses.T)), base.drawn), braid[0]).theta
    excess = base.excess | {"zip": _zip_of_pairs(base.wells, doses, left[None], base.arms)}
    refits = base.refits | {"zip": _zip_of_pairs(base.wells, doses, base.remade, base.arm_refits)}
    freedom = len(left) - surface.theta.shape[1]
    means = _means(excess, refits, freedom)
    residual_sd = float(np.sqrt(surface.cost[0] / freedom))
    parameters = _parameters(matrix.drugs, surface.theta, surface_refits, braid, braid_refits)
    return PairFit(
        matrix=matrix,
        arms=base.arms[0],
        musyc=surface.theta[0],
        musyc_refits=surface_refits,
        braid=braid[0],
        residual_sd=residual_sd,
        means=means,
        parameters=parameters,
        wells=_well_table(matrix, base.wells, surface.theta, surface_refits, excess, refits),
        checks=check_pair(matrix, base.wells, base.arms, surface, braid, parameters, base.arm_refits, base.within),
    )


def reference_excess(wells: WellMeans, left: Array, arms: Array, *, within: npt.NDArray[np.bool_]) -> dict[str, Array]:
    """Excess (m, w) over each reference in every pair of doses, over the untreated level; NaN where it is not defined.

    Bliss is taken from the wells themselves where both single wells are there, the others from the fitted single curves.

    Args:
        wells: averaging weights.
        left: (m, n) sets of responses.
        arms: (m, 7) single curves of each.
        within: (w,) where Loewe's reference can be had (`references.within_arms`).
    """
    together, untreated = left @ wells.together.T, (left @ wells.untreated)[:, None]
    first, second = fitted_arms(arms, wells.doses)
    level = arms[:, :1]
    from_wells = bliss(left @ wells.first.T, left @ wells.second.T, untreated) / untreated - together / untreated
    from_curves = (bliss(first, second, level) - together) / level
    return {
        "bliss": np.where(wells.complete, from_wells, from_curves),
        "loewe": np.where(within, (loewe(arms, wells.doses) - together) / level, np.nan),
        "hsa": (highest_single(first, second, level) - together) / level,
    }


def _zip_of_pairs(wells: WellMeans, doses: Array, left: Array, arms: Array) -> Array:
    """ZIP's delta (m, w) in every pair of doses; NaN where it is not defined."""
    delta = zip_excess(doses, left, arms)
    known = np.isfinite(delta) @ wells.together.T
    return np.where(known > 0, np.nan_to_num(delta) @ wells.together.T / np.maximum(known, 1e-9), np.nan)


def _means(excess: dict[str, Array], refits: dict[str, Array], freedom: int) -> tuple[Measure, ...]:
    """Mean excess over each reference that is defined somewhere."""
    return tuple(
        measure_mean(name, label, _mean(excess[name])[0], _mean(refits[name]), freedom=freedom)
        for name, label in REFERENCES.items()
        if name in excess and np.isfinite(_mean(excess[name])[0])
    )


def _require_pair(matrix: DoseMatrix) -> None:
    if len(matrix.drugs) != 2:
        what = f"{len(matrix.drugs)} drugs are no pair"
        raise PairError(what, where=matrix.name, do="give three drugs to the surface of three")
    if len(matrix.left) < LEAST_WELLS:
        what = f"{len(matrix.left)} wells are too few for a surface of ten parameters"
        raise PairError(what, where=matrix.name, do=f"at least {LEAST_WELLS} are needed, and 36 tell more")


def _remake(left: Array, fitted: Array, slope: Array, drawn: npt.NDArray[np.int64]) -> Array:
    """Wells (r, n) of a fitted surface with its residuals drawn again, widened by their leverage and scaled by the level.

    Args:
        left: (n,) what was measured.
        fitted: (1, n) by the surface.
        slope: (1, p, n) its derivatives by the parameters.
        drawn: (r, n) which residual each well gets.
    """
    basis, singular, _ = np.linalg.svd(slope[0].T, full_matrices=False)
    told = singular > 1e-8 * max(singular[0], 1e-300)
    leverage = np.minimum((basis[:, told] ** 2).sum(axis=1), LARGEST_LEVERAGE)
    residual = (left - fitted[0]) / np.sqrt(1 - leverage)
    spread = _spread_by_level(fitted[0], residual)
    scaled = residual / spread
    return np.asarray(fitted + spread * (scaled - scaled.mean())[drawn])


def _spread_by_level(fitted: Array, residual: Array) -> Array:
    """Spread (n,) of the residuals as a straight line over the fitted level, at most threefold off its mean either way.

    Noise is often larger where more is left, and the references lean on those wells: the untreated ones and low doses.
    """
    size = np.abs(residual)
    middle = max(float(size.mean()), 1e-12)
    centred = fitted - fitted.mean()
    slope = float(centred @ size) / max(float(centred @ centred), 1e-12)
    return np.asarray(np.clip(middle + slope * centred, middle / LARGEST_UNEVENNESS, middle * LARGEST_UNEVENNESS))


def _mean(excess: Array) -> Array:
    """Means (m,) over pairs of doses where the reference is defined."""
    known = np.isfinite(excess)
    count = known.sum(axis=1)
    total = np.where(known, excess, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _parameters(
    drugs: tuple[str, ...], surface: Array, surface_refits: Array, braid: Array, braid_refits: Array
) -> tuple[Measure, ...]:
    decades = np.log(10)
    shifts = (
        (8, "log_alpha21", f"shift of {drugs[0]}'s potency by {drugs[1]} (MuSyC)"),
        (9, "log_alpha12", f"shift of {drugs[1]}'s potency by {drugs[0]} (MuSyC)"),
    )
    rows = [
        measure_parameter(
            name,
            label,
            float(surface[0, column] / decades),
            surface_refits[:, column] / decades,
            unit="decades, above 0 more potent",
            widest=WIDEST_SHIFT_DECADES,
        )
        for column, name, label in shifts
    ]
    beta = measure_parameter(
        "beta",
        "gain in largest effect over the stronger drug (MuSyC)",
        float(efficacy_shift(surface)[0]),
        efficacy_shift(surface_refits),
        unit="of the stronger drug's effect",
        widest=WIDEST_BETA,
    )
    kappa = measure_parameter(
        "kappa", "interaction (BRAID)", float(braid[0, 8]), braid_refits[:, 8], unit="above 0 synergy", widest=WIDEST_KAPPA
    )
    return (*rows, beta, kappa)


def _well_table(
    matrix: DoseMatrix, wells: WellMeans, surface: Array, refits: Array, excess: dict[str, Array], excess_refits: dict[str, Array]
) -> pl.DataFrame:
    logs = log_dose(wells.doses.T)
    low, high = np.quantile(musyc_levels(refits, logs)[0], [0.025, 0.975], axis=0)
    columns = {
        "dose_1": wells.doses[:, 0],
        "dose_2": wells.doses[:, 1],
        "left": wells.together @ matrix.left,
        "fitted": musyc_levels(surface, logs)[0][0],
        "low": low,
        "high": high,
    }
    for name, values in excess.items():
        error = excess_refits[name].std(axis=0, ddof=1)
        columns |= {f"{name}_excess": values[0], f"{name}_error": error}
    return pl.DataFrame(columns)
