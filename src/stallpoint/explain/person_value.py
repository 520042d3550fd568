"""One number of a person as the profile holds it, with its day; or why there is none. What is missing is never normal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from stallpoint.clinical.progression_rate import UNSTABLE_BELOW_MONTHS, progression_rate
from stallpoint.core.profile import Entry, Profile

POSSIBLE: dict[str, tuple[float, float]] = {
    "age_years": (0, 130),
    "onset_months": (0, 1200),
    "alsfrs_r": (0, 48),
    "alsfrs_r_least_item": (0, 4),
    "decline_per_month": (0, 48),
    "run_in_points": (-48, 48),
    "fvc_percent": (0, 200),
    "svc_percent": (0, 200),
}
"""What each measure can be; a value beyond it is a slip and judges nothing."""

MEASURE_WORDS: dict[str, str] = {
    "age_years": "age in years",
    "onset_months": "months since onset",
    "alsfrs_r": "ALSFRS-R",
    "alsfrs_r_least_item": "the lowest item of ALSFRS-R",
    "decline_per_month": "points lost a month since onset",
    "run_in_points": "points lost in a run-in",
    "fvc_percent": "FVC in percent",
    "svc_percent": "SVC in percent",
    "vital_capacity_percent": "vital capacity in percent",
}
_MONTH = re.compile(r"month (-?\d+(?:\.\d+)?)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class PersonValue:
    """A number, and how the profile says it with its day. Where `value` is None, `why` says why it cannot be told."""

    measure: str
    value: float | None
    said: str = ""
    why: str = ""


def read_value(profile: Profile, measure: str) -> PersonValue:
    """What a profile holds of one measure of `MEASURE_WORDS`.

    Age and months since onset of a study's patient are those of time zero; they are brought to the month of the last visit. Months since
    onset and age of a person's file stand as they were written, whatever their day.
    """
    if measure == "vital_capacity_percent":
        return _either(profile, measure)
    held = _latest(profile, measure)
    if measure == "decline_per_month" and held.value is None and not _entries(profile, measure):
        return _decline(profile)
    return held


def _either(profile: Profile, measure: str) -> PersonValue:
    """A trial that asked for vital capacity did not say which; a person may have either."""
    found = [read_value(profile, name) for name in ("fvc_percent", "svc_percent")]
    return next(
        (each for each in found if each.value is not None), PersonValue(measure, None, why="neither FVC nor SVC is known")
    )


def _decline(profile: Profile) -> PersonValue:
    """Points lost a month since onset, by `clinical.progression_rate`, at the visit where the score was taken."""
    score, onset = _latest(profile, "alsfrs_r"), _latest(profile, "onset_months", at=_month_of(profile, "alsfrs_r"))
    if score.value is None or onset.value is None:
        lacking = [each.why for each in (score, onset) if each.value is None]
        return PersonValue("decline_per_month", None, why="; ".join(lacking))
    if onset.value < UNSTABLE_BELOW_MONTHS:
        return PersonValue("decline_per_month", None, why="onset is too recent for a rate")
    rate = float(progression_rate(score.value, onset.value).points_per_month)
    return PersonValue("decline_per_month", rate, f"{rate:.2f}")


def _entries(profile: Profile, measure: str) -> list[Entry]:
    return [each for each in (*profile.stage, *profile.history) if _plain(each.name) == measure]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def _latest(profile: Profile, measure: str, *, at: float | None = None) -> PersonValue:
    words = MEASURE_WORDS[measure]
    entries = _entries(profile, measure)
    if not entries:
        return PersonValue(measure, None, why=f"{words}: not in the profile")
    entry = _last(entries)
    if entry is None:
        return PersonValue(measure, None, why=f"{words}: said several times without days that tell the last")
    return _number(profile, entry, measure, at=at)


def _last(entries: list[Entry]) -> Entry | None:
    """The entry of the latest day; None where days do not tell it and values differ."""
    if len({each.value for each in entries}) == 1:
        return entries[-1]
    months = [_MONTH.fullmatch(each.date) for each in entries]
    if all(months):
        return max(zip(entries, months, strict=True), key=lambda pair: float(pair[1][1]) if pair[1] else 0.0)[0]
    if all(_DAY.fullmatch(each.date) for each in entries) and len({each.date for each in entries}) == len(entries):
        return max(entries, key=lambda each: each.date)
    return None


def _number(profile: Profile, entry: Entry, measure: str, *, at: float | None) -> PersonValue:
    words, (least, most) = MEASURE_WORDS[measure], POSSIBLE[measure]
    try:
        value = float(entry.value)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not least <= value <= most or (measure == "onset_months" and value == 0):
        return PersonValue(measure, None, why=f"{words}: what the profile says is no number that it can be")
    if entry.source == "patients" and measure in ("onset_months", "age_years"):
        month = at if at is not None else _last_month(profile)
        if month:
            later = value + (month if measure == "onset_months" else month / _MONTHS_A_YEAR)
            return PersonValue(measure, later, f"{later:.4g} (month {month:g})")
    return PersonValue(measure, value, f"{value:g} ({entry.date})" if entry.date else f"{value:g}")


def _last_month(profile: Profile) -> float:
    return max((float(found[1]) for each in profile.stage if (found := _MONTH.fullmatch(each.date))), default=0.0)


def _month_of(profile: Profile, measure: str) -> float | None:
    entry = _last(_entries(profile, measure)) if _entries(profile, measure) else None
    found = _MONTH.fullmatch(entry.date) if entry is not None else None
    return None if found is None else float(found[1])
