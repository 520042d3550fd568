"""How often a combination without interaction is announced as synergy, what is seen of a true one, and how well surfaces come back.

Run: python studies/combination_surfaces.py --families 40 --matrices 40 --fits 300 --seed 20261123 --out studies/results

Families of five pairs on 6 x 6 grids. Sham truths: a drug with itself (additive by Loewe), and independent drugs (additive by Bliss).
Noise: even; heavy tails (Student's t with 3 degrees of freedom); uneven (stronger where more is left); a plate gradient (the response
drifts by up to 10% from one corner of the plate to the other, wells placed in order of dose). True synergy: potency shifted tenfold
both ways, less left under both. Some single curves end before their plateau. Recovery: MuSyC on 10 x 10 grids with noise of 0.03,
against the truth and against the optimum that a search from the truth finds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.combine.family import judge_family
from stallpoint.combine.hill import fit_arms, hill_levels, log_dose
from stallpoint.combine.musyc import efficacy_shift, fit_musyc, musyc_bounds, musyc_levels, refit_musyc
from stallpoint.combine.pair import fit_references, reference_excess
from stallpoint.combine.references import within_arms
from stallpoint.combine.well_means import well_means
from stallpoint.core.dose_matrix import DoseMatrix
from stallpoint.numerics.least_squares import fit_least_squares

Array = npt.NDArray[np.float64]

PAIRS = 5
REFITS = 100
NOISE = 0.05
GRADIENT = 0.10
RECOVERY_NOISE = 0.03
ONE_DECADE = float(np.log(10))
TOLD_WITHIN = 2.0
"""Decades: the data identify a shift where 95% of refits lie within."""


def grid(steps: int, span: float) -> Array:
    """All pairs of `steps` doses, the first 0, the others over `span` decades either side of 1."""
    doses = np.concatenate([[0.0], np.geomspace(10**-span, 10**span, steps - 1)])
    return np.array([(first, second) for first in doses for second in doses])


def draw_surface(kind: str, doses: Array, rng: np.random.Generator) -> Array:
    """What is left (n,) in truth."""
    logs = log_dose(doses.T)
    slope = rng.uniform(0.7, 2.5, 2)
    top = rng.uniform(0.05, 0.7, 2)
    half = rng.uniform(-1.5, 3.0, 2)
    if kind == "itself":
        theta = np.array([[1.0, top[0], half[0], np.log(slope[0])]])
        return np.asarray(hill_levels(theta, log_dose(doses.sum(axis=1)))[0][0])
    shift, both = (0.0, top[0] * top[1]) if kind == "independent" else (ONE_DECADE, 0.7 * min(top) * max(top))
    return np.asarray(musyc_levels(np.array([[1, *top, both, *half, *np.log(slope), shift, shift]]), logs)[0][0])


def add_noise(kind: str, surface: Array, rng: np.random.Generator) -> Array:
    """Measured responses."""
    count = len(surface)
    if kind == "heavy":
        return np.asarray(surface + NOISE * rng.standard_t(3, count) / np.sqrt(3))
    if kind == "uneven":
        return np.asarray(surface + NOISE * (0.3 + surface) * rng.normal(size=count))
    if kind == "gradient":
        side = int(np.sqrt(count))
        row, column = np.divmod(np.arange(count), side)
        drift = 1 + GRADIENT * (rng.uniform(-1, 1) * (row / side - 0.5) + rng.uniform(-1, 1) * (column / side - 0.5))
        return np.asarray(surface * drift + NOISE * rng.normal(size=count))
    return np.asarray(surface + NOISE * rng.normal(size=count))


def announce(truth: str, noise: str, families: int, seed: int) -> dict[str, Any]:
    """Shares of families in which anything is announced, and of pairs."""
    rng = np.random.default_rng([seed, *f"{truth} {noise}".encode()])
    doses = grid(6, 1.5)
    any_more = any_less = pairs_more = either = 0
    for _ in range(families):
        fits = []
        for _ in range(PAIRS):
            left = add_noise(noise, draw_surface(truth, doses, rng), rng)
            left = left / left[0]
            fits.append(fit_references(DoseMatrix(("A", "B"), ("", ""), doses, left, "viability"), rng=rng, repeats=REFITS))
        verdicts = [each.verdict for each in judge_family(fits)]
        more, less = verdicts.count("synergy in these wells"), verdicts.count("antagonism in these wells")
        any_more, any_less, pairs_more = any_more + (more > 0), any_less + (less > 0), pairs_more + more
        either += (more + less) > 0
    share = any_more / families
    return {
        "truth": truth,
        "noise": noise,
        "families": families,
        "families_with_synergy": share,
        "monte_carlo_error": float(np.sqrt(max(share * (1 - share), 0.25 / families) / families)),
        "families_with_antagonism": any_less / families,
        "families_with_either": either / families,
        "pairs_with_synergy": pairs_more / families / PAIRS,
    }


def recover(matrices: int, seed: int) -> dict[str, Any]:
    """Coverage of the bands of MuSyC's parameters."""
    rng = np.random.default_rng([seed, 2])
    doses = grid(10, 2.0)
    covered: dict[str, list[bool]] = {name: [] for name in ("log_alpha21", "log_alpha12", "beta", "bliss", "loewe")}
    off: list[float] = []
    for _ in range(matrices):
        theta = draw_theta(rng)
        surface = musyc_levels(theta, log_dose(doses.T))[0][0]
        left = surface + RECOVERY_NOISE * rng.normal(size=len(surface))
        fit = fit_references(DoseMatrix(("A", "B"), ("", ""), doses, left, "viability"), rng=rng, repeats=200)
        found, refits = fit.surface.theta, refit_musyc(doses, fit.remade, fit.surface.theta[0]).theta
        for name, column in (("log_alpha21", 8), ("log_alpha12", 9)):
            low, high = np.quantile(refits[:, column], [0.025, 0.975])
            covered[name].append(bool(low <= theta[0, column] <= high))
            if high - low <= TOLD_WITHIN * ONE_DECADE:
                off.append(float(found[0, column] - theta[0, column]) / ONE_DECADE)
        low, high = np.quantile(efficacy_shift(refits), [0.025, 0.975])
        covered["beta"].append(bool(low <= efficacy_shift(theta)[0] <= high))
        for measure, truth in zip(fit.means, true_means(theta, doses), strict=False):
            covered[measure.name].append(measure.low <= truth <= measure.high)
    return {
        "matrices": matrices,
        "coverage_of_95": {name: float(np.mean(each)) for name, each in covered.items()},
        "monte_carlo_error": float(np.sqrt(0.95 * 0.05 / matrices)),
        "log10_alpha_where_told": {
            "bias": float(np.mean(off)),
            "rmse": float(np.sqrt(np.mean(np.square(off)))),
            "count": len(off),
        },
    }


def true_means(theta: Array, doses: Array) -> tuple[float, float]:
    """Mean excess over Bliss and Loewe in truth."""
    surface = musyc_levels(theta, log_dose(doses.T))[0]
    arms = np.concatenate([theta[:, :3], theta[:, 4:8]], axis=1)
    wells = well_means(doses)
    excess = reference_excess(wells, surface, arms, within=within_arms(arms, doses, wells.doses))
    return float(np.nanmean(excess["bliss"])), float(np.nanmean(excess["loewe"]))


def draw_theta(rng: np.random.Generator) -> Array:
    """A surface within the ranges of the peers' timings: shifts up to tenfold, the stronger effect under both."""
    top = rng.uniform(0.2, 0.7, 2)
    both = min(top) - rng.uniform(0.05, 0.2)
    return np.array(
        [[1, *top, both, *rng.uniform(-1, 1, 2), *np.log(rng.uniform(0.7, 2, 2)), *rng.uniform(-ONE_DECADE, ONE_DECADE, 2)]]
    )


def count_wrong_optima(fits: int, seed: int) -> dict[str, Any]:
    """Fits whose shift is off by more than tenfold where the data identify it, and fits above the optimum found from the truth."""
    rng = np.random.default_rng([seed, 3])
    doses = grid(10, 2.0)
    logs = log_dose(doses.T)
    low, high = musyc_bounds(doses, np.array([0.0, 1.0]))
    identified = off = above = wrong = 0
    for _ in range(fits):
        theta = draw_theta(rng)
        left = musyc_levels(theta, logs)[0][0] + RECOVERY_NOISE * rng.normal(size=len(doses))
        found = fit_musyc(doses, left, fit_arms(doses, left).theta[0])
        near = fit_least_squares(
            lambda each, _: musyc_levels(each, logs), left[None], theta, weight=np.ones((1, len(left))), low=low, high=high
        )
        remade = musyc_levels(found.theta, logs)[0] + RECOVERY_NOISE * rng.normal(size=(REFITS, len(left)))
        refits = refit_musyc(doses, remade, found.theta[0]).theta[:, 8:] / ONE_DECADE
        told = np.ptp(np.quantile(refits, [0.025, 0.975], axis=0), axis=0) <= TOLD_WITHIN
        identified += int(told.any())
        far = bool((told & (np.abs(found.theta[0, 8:] - theta[0, 8:]) > ONE_DECADE)).any())
        worse = bool(found.cost[0] > near.cost[0] * 1.001)
        off, above, wrong = off + far, above + worse, wrong + (far and worse)
    return {
        "fits": fits,
        "with_identified_shift": identified,
        "identified_shift_off_tenfold": off,
        "worse_than_search_from_truth": above,
        "both_a_wrong_optimum": wrong,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", type=int, default=40)
    parser.add_argument("--matrices", type=int, default=40)
    parser.add_argument("--fits", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, required=True)
    said = parser.parse_args()
    settings = [(truth, noise) for truth in ("itself", "independent") for noise in ("even", "heavy", "uneven", "gradient")]
    result: dict[str, Any] = {}

    def keep(**part: Any) -> None:
        result.update(part)
        (said.out / "combination_surfaces.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    keep(true_synergy=announce("synergy", "even", max(said.families // 4, 1), said.seed))
    for truth, noise in settings:
        keep(sham=[*result.get("sham", []), announce(truth, noise, said.families, said.seed)])
    keep(recovery=recover(said.matrices, said.seed))
    keep(optima=count_wrong_optima(said.fits, said.seed))


if __name__ == "__main__":
    main()
