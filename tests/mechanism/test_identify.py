"""The likelihood that is profiled is that of the calibration; it tells what was planted and is flat where nothing is told."""

from dataclasses import replace

import numpy as np
import polars as pl

from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.knowledge.trial_record import TrialResult, load_trial_record
from stallpoint.mechanism.calibrate import calibrate
from stallpoint.mechanism.identify import RecordLikelihood, identify

KNOWN = load_mechanism()
ANTIGLUTAMATE = ("riluzole", "ceftriaxone", "memantine", "talampanel")


def planted(log_ratio: float, std_error: float) -> tuple[TrialResult, ...]:
    first = load_trial_record()[1]
    same = {"dose": "", "weeks": 48, "kind": "function", "log_ratio": log_ratio, "std_error": std_error, "tag": "derived"}
    return tuple(replace(first, trial=drug, drug=drug, **same) for drug in ANTIGLUTAMATE)  # type: ignore[arg-type]


def test_it_is_the_likelihood_of_the_calibration() -> None:
    record = load_trial_record()
    fitted = calibrate(record, known=KNOWN, rng=np.random.default_rng(1), draws=60, per_drug=400)
    whole = sum(fit.log_likelihood for fit in fitted.drugs.values())
    found = RecordLikelihood(record, known=KNOWN, rng=np.random.default_rng(2), per_drug=400)(fitted.shared)
    assert np.corrcoef(whole, found)[0, 1] > 0.95
    assert abs((whole - found).mean()) < 0.5


def test_what_is_told_has_an_interval_and_what_is_not_is_flat() -> None:
    strong, silent = (
        identify(
            calibrate(record, known=KNOWN, rng=np.random.default_rng(1), draws=200, per_drug=40),
            RecordLikelihood(record, known=KNOWN, rng=np.random.default_rng(2), per_drug=60),
            points=3,
        )
        for record in (planted(-0.35, 0.04), planted(-0.35, 50.0))
    )
    table, curves = strong
    weight = table.row(by_predicate=pl.col("parameter") == "weight of excitotoxicity", named=True)
    assert not weight["flat"]
    assert weight["low"] is not None
    assert silent[0]["flat"].all()
    assert silent[0]["low"].null_count() == silent[0].height
    assert curves.group_by("parameter").len()["len"].unique().to_list() == [3]
    assert curves["drop"].max() == 0
