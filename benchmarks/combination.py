"""CPU seconds per 10 x 10 matrix beside the package `synergy`, matrix by matrix in one run, as JSON.

Run: python benchmarks/combination.py --matrices 15 --peer PYTHON-WITH-SYNERGY --out benchmarks/results

MuSyC with 100 refits against MuSyC with 100 bootstraps, and ZIP against ZIP, on the same simulated matrices with noise of 0.03. Single
curves are part of either time on both sides. The whole of `fit_pair` (all references, MuSyC and BRAID, each with 100 refits, and checks)
is timed too.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.combine.hill import fit_arms, log_dose
from stallpoint.combine.musyc import fit_musyc, musyc_levels, refit_musyc
from stallpoint.combine.pair import fit_pair
from stallpoint.combine.zip import zip_excess
from stallpoint.core.dose_matrix import DoseMatrix

SEED = 3
NOISE = 0.03
REFITS = 100
PEER = Path(__file__).parent / "peers" / "synergy_surfaces.py"


def draw_matrices(count: int) -> tuple[Any, Any]:
    """Doses (100, 2) and responses (count, 100)."""
    rng = np.random.default_rng(SEED)
    axis = np.concatenate([[0.0], np.geomspace(0.01, 100, 9)])
    doses = np.array([(first, second) for first in axis for second in axis])
    top = rng.uniform(0.2, 0.7, (count, 2))
    both = top.min(axis=1, keepdims=True) - rng.uniform(0.05, 0.2, (count, 1))
    logs = np.column_stack(
        [rng.uniform(-1, 1, (count, 2)), np.log(rng.uniform(0.7, 2, (count, 2))), rng.uniform(-2.3, 2.3, (count, 2))]
    )
    theta = np.column_stack([np.ones(count), top, both, logs])
    return doses, musyc_levels(theta, log_dose(doses.T))[0] + NOISE * rng.normal(size=(count, len(doses)))


def timed(job: Callable[[], object]) -> float:
    begun = time.process_time()
    job()
    return time.process_time() - begun


def with_refits(doses: Any, left: Any, rng: np.random.Generator) -> None:
    """MuSyC with 100 refits, from the single curves on."""
    surface = fit_musyc(doses, left, fit_arms(doses, left).theta[0])
    fitted = musyc_levels(surface.theta, log_dose(doses.T))[0]
    residual = left - fitted[0]
    refit_musyc(doses, fitted + residual[rng.integers(0, len(left), (REFITS, len(left)))], surface.theta[0])


def zip_alone(doses: Any, left: Any) -> None:
    """ZIP, from the single curves on."""
    zip_excess(doses, left[None], fit_arms(doses, left).theta)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matrices", type=int, default=15)
    parser.add_argument("--peer", required=True, help="a Python in whose environment synergy 1.0.0 is installed")
    parser.add_argument("--out", type=Path, required=True)
    said = parser.parse_args()
    doses, left = draw_matrices(said.matrices)
    rng = np.random.default_rng(SEED)
    with_refits(doses, left[0], rng)
    ours: dict[str, list[float]] = {"musyc": [], "zip": [], "everything": []}
    peer: dict[str, list[float]] = {"musyc": [], "zip": []}
    for row in left:
        matrix = DoseMatrix(("A", "B"), ("", ""), doses, row, "viability")
        ours["musyc"].append(timed(lambda row=row: with_refits(doses, row, rng)))  # type: ignore[misc]
        ours["zip"].append(timed(lambda row=row: zip_alone(doses, row)))  # type: ignore[misc]
        ours["everything"].append(timed(lambda matrix=matrix: fit_pair(matrix, rng=rng, repeats=REFITS)))  # type: ignore[misc]
        text = json.dumps({"doses": doses.tolist(), "left": [row.tolist()]})
        done = subprocess.run([said.peer, str(PEER)], input=text, capture_output=True, text=True, check=True)  # noqa: S603
        for name, seconds in json.loads(done.stdout).items():
            peer[name] += seconds
    middle = {
        who: {name: float(np.median(each)) for name, each in times.items()} for who, times in (("ours", ours), ("synergy", peer))
    }
    result = {
        "matrices": said.matrices,
        "refits": REFITS,
        "median_cpu_seconds": middle,
        "times_faster": {name: middle["synergy"][name] / middle["ours"][name] for name in ("musyc", "zip")},
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    (said.out / "combination.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
