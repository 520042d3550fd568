"""What neurofilament adds to the prediction of death, beyond ALSFRS-R, in three cohorts: cross-validated and across cohorts.

Run: python studies/witzel_prediction.py --data ../shared/data/als --repeats 4 --seed 20261122 --out studies/results

The data are those of Witzel, Frauhammer et al. (2021), doi:10.1186/s40035-021-00257-y. Time runs from symptom onset, and nobody was
followed before the first visit, so follow-up is left-truncated there. Each person's history of the first 6 months after the first visit
predicts death in the 12 months after that. A visit after the recorded end of follow-up shows that the person was alive, and moves it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rich.progress import track

from stallpoint.core.errors import FitError
from stallpoint.models.joint.dynamic import predict_person_survival
from stallpoint.models.joint.fit import JointFit, fit_joint
from stallpoint.models.prediction_accuracy import fold_indices, measure_accuracy

Array = npt.NDArray[np.float64]

HISTORY_MONTHS = 6.0
AHEAD_MONTHS = 12.0
FOLDS = 5
MODELS = {
    "ALSFRS-R": {"longitudinal": "score ~ time", "event": "Surv(end, died) ~ 1"},
    "ALSFRS-R and NfL": {"longitudinal": "score ~ time + time:log_nfl", "event": "Surv(end, died) ~ log_nfl"},
}


def read_cohorts(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits with score and time since onset, and people with entry, end, death, cohort and log NfL at the first visit."""
    people = pl.read_csv(folder / "witzel2021_patients.csv", null_values=["NA", ""])
    visits = pl.read_csv(folder / "witzel2021_timepoints.csv", null_values=["NA", ""])
    visits = visits.filter(pl.col("ALSFRSR").is_not_null()).select("patient", "time", score=pl.col("ALSFRSR").cast(pl.Float64))
    span = visits.group_by("patient").agg(entry=pl.col("time").min(), last=pl.col("time").max())
    people = people.join(span, on="patient").filter(
        pl.col("months_survived").is_not_null() & pl.col("NfL_baseline").is_not_null()
    )
    people = people.select(
        "patient",
        "cohort",
        "entry",
        end=pl.max_horizontal(pl.col("months_survived").cast(pl.Float64), "last"),
        died=pl.col("deceased").cast(pl.Float64),
        log_nfl=pl.col("NfL_baseline").cast(pl.Float64).log(),
    ).filter(pl.col("entry") < pl.col("end"))
    visits = visits.join(people.select("patient", "log_nfl"), on="patient").sort("patient", "time")
    return visits, people.sort("patient")


def fit_one(visits: pl.DataFrame, people: pl.DataFrame, model: dict[str, str]) -> JointFit:
    """The joint model with delayed entry."""
    course, event = model["longitudinal"], model["event"]
    return fit_joint(visits, people, longitudinal=course, event=event, random="~ time | patient", entry="entry", time="time")


def predict_risks(fit: JointFit, visits: pl.DataFrame, people: pl.DataFrame) -> Array:
    """Risk (n,) of death within the months ahead, each person at a landmark of their own; not-a-number once follow-up has ended."""
    risks = np.full(people.height, np.nan)
    landmark = (people["entry"] + HISTORY_MONTHS).to_numpy()
    free = np.flatnonzero(landmark < people["end"].to_numpy())
    begin = landmark[free]
    found = predict_person_survival(fit, visits, people[free.tolist()], landmark=begin, times=begin[:, None] + AHEAD_MONTHS)
    risks[free] = 1 - found.value[:, 0]
    return risks


def score_risks(people: pl.DataFrame, risks: Array) -> dict[str, Any]:
    """Accuracy in all and by cohort, on the clock of the first visit."""
    found: dict[str, Any] = {}
    for name in ["all", *people["cohort"].unique().sort()]:
        rows = np.arange(people.height) if name == "all" else np.flatnonzero((people["cohort"] == name).to_numpy())
        time = (people["end"] - people["entry"]).to_numpy()[rows]
        try:
            at = measure_accuracy(
                time, people["died"].to_numpy()[rows].astype(int), risks[rows], landmark=HISTORY_MONTHS, horizon=AHEAD_MONTHS
            )
        except FitError as error:
            found[name] = {"not estimable": str(error).splitlines()[0]}
            continue
        found[name] = {
            "at_risk": at.at_risk,
            "deaths": at.cases,
            "auc": at.auc,
            "auc_std_error": at.auc_std_error,
            "brier": at.brier,
            "reference_brier": at.reference_brier,
            "scaled_brier": at.scaled_brier,
        }
    return found


def cross_validate(visits: pl.DataFrame, people: pl.DataFrame, model: dict[str, str], folds: list[Any]) -> Array:
    """Risks of each person from a model that has not seen that person."""
    risks = np.full(people.height, np.nan)
    for held in folds:
        inside = np.setdiff1d(np.arange(people.height), held)
        train, test = people[inside.tolist()], people[held.tolist()]
        fit = fit_one(visits.join(train.select("patient"), on="patient", how="semi"), train, model)
        risks[held] = predict_risks(fit, visits, test)
    return risks


def main() -> None:
    """Run and write witzel_prediction.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/als"))
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    visits, people = read_cohorts(wanted.data)
    labels = (people["cohort"] + people["died"].cast(pl.String)).to_numpy()
    rng = np.random.default_rng(wanted.seed)
    splits = [[*fold_indices(people.height, FOLDS, rng=rng, strata=labels)] for _ in range(wanted.repeats)]
    cohorts = [np.flatnonzero((people["cohort"] == name).to_numpy()) for name in people["cohort"].unique().sort()]
    found: dict[str, Any] = {"people": people.height, "deaths": int(people["died"].sum()), "seed": wanted.seed}
    for name, model in MODELS.items():
        whole = fit_one(visits, people, model)
        repeats = [
            score_risks(people, cross_validate(visits, people, model, folds))
            for folds in track(splits, description=name, disable=not sys.stdout.isatty())
        ]
        found[name] = {
            "fit": whole.coefficients.to_dicts(),
            "log_likelihood": whole.log_likelihood,
            "checks": [f"{check.name}: {check.status}. {check.text}" for check in whole.checks],
            "cross_validated": repeats,
            "across_cohorts": score_risks(people, cross_validate(visits, people, model, cohorts)),
        }
    text = json.dumps(found, indent=2)
    (wanted.out / "witzel_prediction.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
