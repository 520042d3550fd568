"""Virtual people beside real ones: three cohorts of Witzel 2021, and survival of PRO-ACT as the package TH.data holds it.

Run: python studies/virtual_people_witzel.py --data ../shared/data/als --out studies/results

Witzel: 128 people, visits on a clock from onset; virtual people enter with at least the lowest score seen there. TH.data: survival from
day 0, Kaplan-Meier at 12 and 18 months; left out where R or the package is not there. Virtual people enter twice: when those of trials do
by which the model was set, and as long after onset as the people they stand beside. Beside Witzel's they are also matched: each real person
is stood for by the virtual people nearest in score and in points lost per month, so that only what the model says of the rest can differ.
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
from scipy.spatial import cKDTree
from scipy.stats import spearmanr

from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.virtual_people import Entry, draw_people

SEED = 20261123
PEOPLE = 8000
RESAMPLES = 2000
NEAREST = 40
COLUMNS = ("quantity", "real", "low", "high", "virtual", "virtual_as_long_ill", "virtual_matched")
R_CODE = """
load(system.file("rda", "ALSsurvdata.rda", package = "TH.data")); library(survival)
fit <- survfit(Surv(survival.time, cens) ~ 1, data = ALSsurvdata)
s <- summary(fit, times = c(365.25, 548), extend = TRUE); cat(s$surv, s$lower, s$upper)
ill <- ALSsurvdata$time_onset_treatment; cat("", abs(ill[!is.na(ill)]) / 30.4375)
"""


def main() -> None:
    """Both comparisons, as one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/als"))
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    people = pl.read_csv(asked.data / "witzel2021_patients.csv", infer_schema_length=None, null_values=["NA", ""])
    real = people.select(score="ALSFRSR_baseline", rate="DeltaFRS", nfl="NfL_baseline").drop_nulls()
    visits = pl.read_csv(asked.data / "witzel2021_timepoints.csv", infer_schema_length=None, null_values=["NA", ""])
    result = {"witzel": compare(real, visits), "thdata_survival": compare_survival()}
    (asked.out / "virtual_people_witzel.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def compare(real: pl.DataFrame, visits: pl.DataFrame) -> list[dict[str, Any]]:
    """Each margin of the real people with a 95% bootstrap interval, and of virtual ones: as in trials, and as long ill as these."""
    rng = np.random.default_rng(SEED)
    months = tuple(visits.group_by("patient").agg(pl.col("time").min())["time"].to_list())
    least = float(real["score"].min())  # type: ignore[arg-type]
    virtual, as_long = (_virtual(rng, Entry(least, 0.3, 60.0, months=each)) for each in (None, months))
    ours = (virtual, as_long, as_long[_nearest(real, as_long)])
    names = (
        "score at entry, mean",
        "points lost per month since onset, median",
        "serum NfL, median, pg/mL",
        "NfL with rate, rank correlation",
    )
    low, high = _interval(real.to_numpy(), _margins, rng)
    columns = zip(names, _margins(real.to_numpy()), low, high, *(_margins(each) for each in ours), strict=True)
    rows = [dict(zip(COLUMNS, (name, *map(float, numbers)), strict=True)) for name, *numbers in columns]
    later = _a_year_later(visits)
    change = [np.median(later), *_interval(later, np.median, rng), *(np.median(each[:, 3][each[:, 4] > 0]) for each in ours)]
    return [*rows, dict(zip(COLUMNS, ("serum NfL a year later", *map(float, change)), strict=True))]


def _nearest(real: pl.DataFrame, virtual: Any) -> Any:
    """Rows of virtual people nearest to each real one in score and points lost per month, in standard deviations of the real."""
    spread = real.to_numpy()[:, :2].std(axis=0)
    return cKDTree(virtual[:, :2] / spread).query(real.to_numpy()[:, :2] / spread, NEAREST)[1].ravel()


def _a_year_later(visits: pl.DataFrame) -> Any:
    """NfL of each person about a year after the first sample (9 to 15 months), over the first: the sample nearest to a year."""
    samples = visits.drop_nulls("nfl").sort("patient", "time")
    since = pl.col("time") - pl.col("time").min().over("patient")
    over = pl.col("nfl") / pl.col("nfl").first().over("patient")
    after = samples.select("patient", since=since, over=over).filter(pl.col("since").is_between(9, 15))
    return after.sort((pl.col("since") - 12).abs()).group_by("patient", maintain_order=True).first()["over"].to_numpy()


def _interval(values: Any, of: Any, rng: np.random.Generator) -> Any:
    """95% by resampling people, of a function of the table."""
    resampled = np.array([of(values[rng.integers(len(values), size=len(values))]) for _ in range(RESAMPLES)])
    return np.quantile(resampled, [0.025, 0.975], axis=0)


def _virtual(rng: np.random.Generator, entry: Entry) -> Any:
    """Score, rate and neurofilament of each as measured, its change in a year, and whether they live to be asked, shape (n, 5)."""
    known = load_mechanism()
    people = draw_people(PEOPLE, rng=rng, entry=entry)
    courses = follow_people(people, weeks=52)
    score = np.clip(np.rint(courses.alsfrs_r[:, 0] + known["residual_sd"].value * rng.standard_normal(PEOPLE)), 0, 47.5)
    nfl = courses.nfl_serum[:, 0] * np.exp(known["nfl_measurement_log_sd"].value * rng.standard_normal(PEOPLE))
    lives = rng.random(PEOPLE) < courses.survival[:, -1]
    return np.stack(
        [score, (48 - score) / people.onset_months, nfl, courses.nfl_serum[:, -1] / courses.nfl_serum[:, 0], lives], axis=1
    )


def _margins(table: Any) -> Any:
    score, rate, nfl = table.T[:3]
    return np.array([score.mean(), np.median(rate), np.median(nfl), spearmanr(nfl, rate).statistic])


def compare_survival() -> dict[str, Any] | None:
    """Alive at 12 and 18 months: real (95% interval) and virtual."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    done = subprocess.run([program, "-e", R_CODE], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        return None
    told = np.array(done.stdout.split(), dtype=float)
    real, months = told[:6].reshape(3, 2), tuple(told[6:].tolist())
    entries = (Entry(), Entry(most_months=max(months), months=months))
    alive = [follow_people(draw_people(PEOPLE, rng=np.random.default_rng(SEED), entry=entry), weeks=80) for entry in entries]
    virtual, as_long = (np.interp([12.0, 18.0], each.time_months, each.survival.mean(axis=0)) for each in alive)
    return {
        "months": [12, 18],
        "real": real[0].tolist(),
        "low": real[1].tolist(),
        "high": real[2].tolist(),
        "virtual": virtual.tolist(),
        "virtual_as_long_ill": as_long.tolist(),
    }


if __name__ == "__main__":
    main()
