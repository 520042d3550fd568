"""How well do three hazard ratios tell the dose of half the effect of riluzole?

Run: python studies/riluzole_dose_response.py --repeats 4000 --seed 1 --out studies/results

Ratios of 50, 100 and 200 mg a day against placebo: Lacomblez 1996, doi:10.1016/S0140-6736(96)91680-3; the ratios were seen, their
intervals are recalled. The three share their controls: a correlation of one half between the logarithms is assumed. Each repeat draws
three ratios and fits log HR = L D / (D50 + D) by generalised least squares over a grid of D50.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

DOSES = np.array([50.0, 100.0, 200.0])
RATIOS = np.array([[0.76, 0.59, 0.99], [0.65, 0.50, 0.85], [0.61, 0.47, 0.80]])
SHARED = 0.5
GRID = np.geomspace(0.5, 5000.0, 600)


def fit_half_dose(log_ratios: Array, weight: Array) -> Array:
    """D50 on the grid for each row of log ratios (n, 3); the effect is not allowed to be a harm."""
    shares = DOSES / (DOSES + GRID[:, None])
    information = np.einsum("gi,ij,gj->g", shares, weight, shares)
    score = log_ratios @ weight @ shares.T
    gained = np.where(score < 0, score**2 / information, -1.0)
    return np.asarray(GRID[gained.argmax(axis=1)])


def main() -> None:
    """Run and write riluzole_dose_response.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    middle, low, high = np.log(RATIOS).T
    error = (high - low) / (2 * 1.959964)
    covariance = np.outer(error, error) * (SHARED + (1 - SHARED) * np.eye(len(DOSES)))
    weight = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    rng = np.random.default_rng(wanted.seed)
    drawn = rng.multivariate_normal(middle, covariance, size=wanted.repeats)
    refits = fit_half_dose(drawn, weight)
    shares = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    found = {
        "repeats": wanted.repeats,
        "seed": wanted.seed,
        "half_dose_mg_day": float(fit_half_dose(middle[None, :], weight)[0]),
        "refits": {f"{share:g}": float(value) for share, value in zip(shares, np.quantile(refits, shares), strict=True)},
        "at_the_ends_of_the_grid": float(np.mean((refits == GRID[0]) | (refits == GRID[-1]))),
    }
    text = json.dumps(found, indent=2)
    (wanted.out / "riluzole_dose_response.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
