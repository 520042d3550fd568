"""Checks of the score table: how many rows could not be scored, and what the scores rest on."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from stallpoint.clinical import ft9
from stallpoint.clinical.progression_rate import UNSTABLE_BELOW_MONTHS
from stallpoint.core.check import Check

OFF_LABEL = (
    "The predictors of the ENCALS model were defined at diagnosis; a linear predictor at time zero is off-label, and survival "
    "from it must be conditional on being alive at time zero."
)


def check_rows(name: str, found: pl.Series, text: str) -> Check:
    """A warning when any row is found; `text` says what such a row is and what was done with it."""
    count = int(found.sum())
    return Check(name, "warning" if count else "passed", f"{count} of {len(found)} visits {text}", count, (len(found),))


def check_ft9(stages: pl.Series) -> Check:
    """A warning wherever an FT9 stage is given, because its rule is unverified."""
    count = stages.len() - stages.null_count()
    return Check("ft9", "warning" if count else "passed", ft9.UNVERIFIED, count)


def check_progression_rate(rate: pl.Series, unstable: pl.Series) -> Check:
    """How many visits have no rate, and how many an unstable one; both are warnings."""
    unknown, brief = rate.null_count(), int(unstable.sum())
    text = (
        f"{unknown} of {len(rate)} visits have no progression rate (onset or total unknown); "
        f"{brief} have an unstable one (under {UNSTABLE_BELOW_MONTHS:g} month since onset)"
    )
    return Check(
        "progression_rate",
        "warning" if unknown or brief else "passed",
        text,
        unknown + brief,
        (unknown, brief, len(rate), UNSTABLE_BELOW_MONTHS),
    )


def check_risk(name: str, scores: pl.Series, inputs: Mapping[str, pl.Series], caution: str = "") -> Check:
    """How many visits at time zero have no linear predictor, and which inputs they lack; `caution` makes it a warning."""
    empty = scores.null_count()
    missing = {each: series.null_count() for each, series in inputs.items() if series.null_count()}
    lacking = ", ".join(f"{each} ({count})" for each, count in missing.items())
    reason = f"; inputs missing or outside the model: {lacking}" if lacking else ""
    said = f"{empty} of {len(scores)} visits at time zero have no {name}{reason}."
    cautious = caution if empty < len(scores) else ""
    return Check(
        name, "warning" if empty or cautious else "passed", f"{said} {cautious}".strip(), empty, (len(scores), *missing.values())
    )
