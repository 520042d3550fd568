"""Virtual people beside real ones: three cohorts of Witzel 2021, and survival of PRO-ACT as the package TH.data holds it.

Run: python studies/virtual_people_witzel.py --data ../shared/data/als --out studies/results

Witzel: 128 people, visits on a clock from onset; virtual people enter with at least the lowest score seen there. TH.data: survival from
day 0, Kaplan-Meier at 12 and 18 months; left out where R or the package is not there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.virtual_people import Entry, draw_people

SEED = 20261123
PEOPLE = 8000
RESAMPLES = 2000
R_CODE = """
load(system.file("rda", "ALSsurvdata.rda", package = "TH.data")); library(survival)
fit <- survfit(Surv(survival.time, cens) ~ 1, data = ALSsurvdata)
s <- summary(fit, times = c(365.25, 548), extend = TRUE); cat(s$surv, s$lower, s$upper)
"""


def main() -> None:
    """Both comparisons, as one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/als"))
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    people = pl.read_csv(asked.data / "witzel2021_patients.csv", infer_schema_length=None, null_values=["NA", ""])
    real = people.select(score="ALSFRSR_baseline", rate="DeltaFRS", nfl="NfL_baseline").drop_nulls()
    result = {"witzel": compare(real), "thdata_survival": compare_survival()}
    (asked.out / "virtual_people_witzel.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def compare(real: pl.DataFrame) -> list[dict[str, Any]]:
    """Each margin of the real people with a 95% bootstrap interval, and of virtual ones."""
    rng = np.random.default_rng(SEED)
    virtual = _virtual(rng, least_points=float(real["score"].min()))  # type: ignore[arg-type]
    values = real.to_numpy()
    resampled = np.array([_margins(values[rng.integers(len(values), size=len(values))]) for _ in range(RESAMPLES)])
    names = (
        "score at entry, mean",
        "points lost per month since onset, median",
        "serum NfL, median, pg/mL",
        "NfL with rate, rank correlation",
    )
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    rows = zip(names, _margins(values), low, high, _margins(virtual), strict=True)
    return [
        {"quantity": n, "real": float(r), "low": float(lo), "high": float(hi), "virtual": float(v)} for n, r, lo, hi, v in rows
    ]


def _virtual(rng: np.random.Generator, *, least_points: float) -> Any:
    known = load_mechanism()
    people = draw_people(PEOPLE, rng=rng, entry=Entry(least_points, 0.3, 60.0))
    courses = follow_people(people, weeks=2)
    score = np.clip(np.rint(courses.alsfrs_r[:, 0] + known["residual_sd"].value * rng.standard_normal(PEOPLE)), 0, 47.5)
    nfl = courses.nfl_serum[:, 0] * np.exp(known["nfl_measurement_log_sd"].value * rng.standard_normal(PEOPLE))
    return np.stack([score, (48 - score) / people.onset_months, nfl], axis=1)


def _margins(table: Any) -> Any:
    score, rate, nfl = table.T
    return np.array([score.mean(), np.median(rate), np.median(nfl), spearmanr(nfl, rate).statistic])


def compare_survival() -> dict[str, Any] | None:
    """Alive at 12 and 18 months: real (95% interval) and virtual."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    done = subprocess.run([program, "-e", R_CODE], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        return None
    real = np.array(done.stdout.split(), dtype=float).reshape(3, 2)
    alive = follow_people(draw_people(PEOPLE, rng=np.random.default_rng(SEED)), weeks=80)
    virtual = np.interp([12.0, 18.0], alive.time_months, alive.survival.mean(axis=0))
    return {
        "months": [12, 18],
        "real": real[0].tolist(),
        "low": real[1].tolist(),
        "high": real[2].tolist(),
        "virtual": virtual.tolist(),
    }


if __name__ == "__main__":
    main()
