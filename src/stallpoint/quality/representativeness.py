"""Whether the people of a study look like the people who have ALS: age, sex, site of onset, genotype, and ancestry where it is given.

Each share is held against registers that looked for everybody in a place. Nothing is weighted or mended; a measure that was not recorded,
or of people who were not tested, is not known, which is never the same as alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.wording import listed
from stallpoint.knowledge.population import PopulationShare, load_population_shares
from stallpoint.numerics.proportions import difference_interval, share_interval

Verdict = Literal["fewer", "more", "not told apart", "not known"]
FEWEST_KNOWN = 20
"""With fewer people of whom it is known, a share says nothing."""

ANCESTRY_COLUMNS = {"white": ("ancestry", "race"), "black": ("ancestry", "race"), "hispanic": ("ethnicity", "ancestry")}
"""Columns that may say so, the first of them that is there; race does not say who is Hispanic, nor ethnicity who is white."""

_ANCESTRIES = {
    "white": ("white", "caucasian", "european", "eur"),
    "black": ("black", "african american", "black or african american", "african", "afr"),
    "hispanic": ("hispanic", "latino", "hispanic or latino", "amr"),
    "other": ("asian", "eas", "sas", "other", "mixed", "multiple", "non-hispanic", "not hispanic", "not hispanic or latino"),
}
"""Words of each; any other word is not understood, so what it means is not known."""

_MONTHS_A_YEAR = 12
_SAYS = {"sex": "men", "onset_site": "bulbar onset", "ancestry": "ancestry"}
METHOD_SOURCES = ("newcombe1998", "chio2011_trials")
_SCHEMA = {
    "measure": pl.String,
    "level": pl.String,
    "said": pl.String,
    "place": pl.String,
    "population_share": pl.Float64,
    "population_n": pl.Int64,
    "n_known": pl.Int64,
    "n_with": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "verdict": pl.String,
    "tag": pl.String,
    "source": pl.String,
}


@dataclass(frozen=True, eq=False)
class Representativeness:
    """`rows` hold each share against each register; `text` says it in a sentence or two; `check` is a warning unless all are alike."""

    rows: pl.DataFrame
    text: str
    check: Check
    sources: tuple[str, ...]


def compare_with_population(cohort: Cohort) -> Representativeness:
    """Hold the people of a cohort against those who have ALS. It sees no outcome and no treatment."""
    rows = pl.DataFrame([_compare(cohort, each) for each in load_population_shares()], schema=_SCHEMA)
    apart, unknown, alike = _sort(rows)
    text = _say(apart, unknown, alike)
    check = Check("representativeness", "warning" if apart or unknown else "passed", text)
    return Representativeness(rows, text, check, (*dict.fromkeys(rows["source"].to_list()), *METHOD_SOURCES))


def _compare(cohort: Cohort, population: PopulationShare) -> dict[str, object]:
    known = _who_has_it(cohort, population).drop_nulls()
    n, having = known.len(), int(known.sum())
    row: dict[str, object] = {
        "measure": population.measure,
        "level": population.level,
        "said": _call(population),
        "place": population.place,
        "population_share": population.share,
        "population_n": population.n,
        "n_known": n,
        "tag": population.tag,
        "source": population.source,
    }
    if n < FEWEST_KNOWN:
        return row | {"verdict": "not known"}
    low, high = share_interval(having / n, n)
    return row | {
        "n_with": having,
        "share": having / n,
        "low": low,
        "high": high,
        "verdict": _judge(having / n, n, population),
    }


def _judge(share: float, n: int, population: PopulationShare) -> Verdict:
    low, high = difference_interval(share, n, population.share, population.n)
    return "fewer" if high < 0 else "more" if low > 0 else "not told apart"


def _who_has_it(cohort: Cohort, population: PopulationShare) -> pl.Series:
    """True, false, or null where it is not known, for those of whom the share speaks."""
    people, level = cohort.patients, population.level
    none = pl.Series("known", [], dtype=pl.Boolean)
    match population.measure:
        case "carriers":
            return _carriers(cohort, level)
        case "ancestry":
            return _of_ancestry(people, level)
        case "age_at_onset":
            if not {"sex", "age_years", "onset_months"} <= set(people.columns):
                return none
            sex = "male" if level.startswith("men") else "female"
            age = pl.col("age_years") - pl.col("onset_months") / _MONTHS_A_YEAR
            return people.filter(pl.col("sex") == sex).select((age > population.years).alias("known"))["known"]
        case measure:
            return (people[measure] == level) if measure in people.columns else none


def _carriers(cohort: Cohort, gene: str) -> pl.Series:
    """Present in any variant is a carrier; none only where all that was asked of the gene was tested and absent."""
    calls = cohort.variants.filter(pl.col("gene") == gene)
    present, absent = (pl.col("call") == "present").any(), (pl.col("call") == "absent").all()
    by_person = calls.group_by("patient").agg(pl.when(present).then(True).when(absent).then(False).alias("known"))
    return by_person["known"] if by_person.height else pl.Series("known", [], dtype=pl.Boolean)


def _of_ancestry(people: pl.DataFrame, level: str) -> pl.Series:
    named = {name.casefold(): name for name in people.columns}
    column = next((named[name] for name in ANCESTRY_COLUMNS[level] if name in named), None)
    if column is None:
        return pl.Series("known", [], dtype=pl.Boolean)
    meaning = {word: group for group, words in _ANCESTRIES.items() for word in words}
    said = people[column].cast(pl.String).str.strip_chars().str.to_lowercase()
    return said.replace_strict(meaning, default=None, return_dtype=pl.String) == level


def _call(population: PopulationShare) -> str:
    if population.measure == "age_at_onset":
        return f"{population.level} {population.years:g} years at onset"
    if population.measure == "carriers":
        return f"carriers of {population.level}"
    return f"{population.level} ancestry" if population.measure == "ancestry" else _SAYS[population.measure]


def _sort(rows: pl.DataFrame) -> tuple[list[str], list[str], list[str]]:
    """What is said of each share: unlike every register, not known, or not told apart from one of them at least."""
    apart: list[str] = []
    unknown: list[str] = []
    alike: list[str] = []
    for said, group in _by_share(rows):
        verdicts = {row["verdict"] for row in group}
        if verdicts in ({"fewer"}, {"more"}):
            (verdict,) = verdicts
            apart.append(f"{verdict} {said}")
        else:
            (unknown if verdicts == {"not known"} else alike).append(said)
    return apart, unknown, alike


def _by_share(rows: pl.DataFrame) -> Iterable[tuple[str, list[dict[str, object]]]]:
    return ((said, list(group)) for said, group in groupby(rows.iter_rows(named=True), key=lambda row: row["said"]))


def _say(apart: Sequence[str], unknown: Sequence[str], alike: Sequence[str]) -> str:
    """Differences first; that none was told is never said to be likeness."""
    said = [f"Beside people with ALS in whole populations there are {listed(apart, most=9)} here." if apart else ""]
    said.append(f"Not known of these people: {listed(unknown, most=9)}." if unknown else "")
    said.append(f"Not told apart from some population, which does not make them alike: {listed(alike, most=9)}." if alike else "")
    return " ".join([each for each in said if each] + ["For people unlike those studied the result may not hold."])
