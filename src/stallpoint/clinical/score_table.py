"""All scores of a study's visits at once, with checks that count what could not be scored and why."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.clinical.alsfrs_r import (
    DOMAINS,
    MAX_ITEM,
    SCORED_ITEMS,
    SPELLINGS_OF_ITEM_5,
    alsfrs_r_domains,
    alsfrs_r_total,
    item_5_conflicts,
    item_5_repeats,
    older_scale,
    scored_items,
)
from stallpoint.clinical.arguments import Numbers
from stallpoint.clinical.encals import encals_linear_predictor
from stallpoint.clinical.ft9 import ft9_stage
from stallpoint.clinical.kings import kings_stage
from stallpoint.clinical.mitos import mitos_stage
from stallpoint.clinical.progression_rate import progression_rate, require_totals
from stallpoint.clinical.score_checks import OFF_LABEL, check_ft9, check_progression_rate, check_risk, check_rows
from stallpoint.clinical.tricals import tricals_linear_predictor
from stallpoint.core.check import Check
from stallpoint.core.errors import TableError
from stallpoint.core.tables import ITEMS

ADDED = (*DOMAINS, "kings", "mitos", "ft9", "progression_rate", "progression_rate_unstable", "encals_lp", "tricals_lp")
MEASURES = ("age_years", "onset_months", "diagnosis_months", "fvc_percent")
FLAGS = ("definite_el_escorial", "ftd", "c9orf72")


@dataclass(frozen=True)
class ScoredTable:
    """The visits in their order with the scores beside them, and what was found on the way."""

    frame: pl.DataFrame
    checks: tuple[Check, ...]


def score_table(visits: pl.DataFrame, patients: pl.DataFrame | None = None) -> ScoredTable:
    """Add every score that the recorded values allow; null otherwise, never assumed.

    `visits` has the columns of the study table (`patient`, `time_months`, items and/or `alsfrs_r`; `scale`, and the booleans
    `died` and `gastrostomy` where known). `patients` may have `age_years`, `onset_months`, `diagnosis_months`, `fvc_percent`,
    `onset_site`, and the booleans `definite_el_escorial`, `ftd`, `c9orf72`. Added to each row:

    - `alsfrs_r`: the sum of the items where all are answered, else the recorded total (kept as `alsfrs_r_recorded`) unless
      the answered items contradict it; null on rows of the 40-point scale and where q5a and q5b differ;
    - `bulbar`, `fine_motor`, `gross_motor`, `respiratory`, `kings`, `mitos`, `ft9`, from the items;
    - `progression_rate` (points lost per month since onset) and `progression_rate_unstable`, where onset is known;
    - `encals_lp`, `tricals_lp` on rows at time zero, where every input is known. FVC is that of the visit, else the patient's.

    Raises:
        TableError: an impossible item, a column that a score would overwrite, or a person in two rows of `patients`.
        StallpointError: a total outside 0 to 48, or a visit at or before symptom onset.
    """
    _refuse_overwriting(visits)
    itemised, item_checks = _add_item_scores(visits)
    known = _join_patients(itemised, patients)
    rates, rate_check = _score_rates(known)
    risks, risk_checks = _score_risks(known.with_columns(rates))
    return ScoredTable(itemised.with_columns(*rates, *risks), (*item_checks, rate_check, *risk_checks))


def _refuse_overwriting(visits: pl.DataFrame) -> None:
    taken = [name for name in (*ADDED, "alsfrs_r_recorded") if name in visits.columns]
    if taken:
        raise TableError(
            f"columns bear the names of scores: {', '.join(taken)}", where="visits", do="rename or drop these columns"
        )


def _add_item_scores(visits: pl.DataFrame) -> tuple[pl.DataFrame, list[Check]]:
    conflict, older = item_5_conflicts(visits), older_scale(visits)
    scorable = _scorable(visits, conflict)
    items = scored_items(scorable).select(SCORED_ITEMS)
    missing = items.select(pl.any_horizontal(pl.all().is_null())).to_series() & ~older
    recorded = _recorded_totals(visits)
    contradicted = _contradicted(recorded.set(older, None), items)
    ft9 = ft9_stage(scorable).stages
    scores = [
        _totals(alsfrs_r_total(scorable), recorded.set(contradicted | conflict | older, None)),
        *alsfrs_r_domains(scorable),
        kings_stage(scorable),
        mitos_stage(scorable),
        ft9,
    ]
    kept = [recorded.alias("alsfrs_r_recorded")] if "alsfrs_r" in visits.columns else []
    checks = [
        check_rows("missing_items", missing, "lack an item (item 5 in conflict counts as one): no item sum and no pro-rating"),
        check_rows("item_5_conflict", conflict, "answer q5a and q5b differently: no total"),
        check_rows(
            "item_5_repeat", item_5_repeats(visits), "answer both q5a and q5b, alike: counted once, as with a gastrostomy"
        ),
        check_rows(
            "recorded_total", contradicted, "have a recorded total contradicted by the answered items: a full item sum stands"
        ),
        check_rows("older_scale", older, "use the 40-point ALSFRS: kept apart, never converted"),
        check_ft9(ft9),
    ]
    return visits.with_columns(*kept, *scores), checks


def _scorable(visits: pl.DataFrame, conflict: pl.Series) -> pl.DataFrame:
    """Every item column present, absent ones empty, and item 5 emptied where its two answers differ."""
    absent = [pl.lit(None, dtype=pl.Float64).alias(item) for item in ITEMS if item not in visits.columns]
    whole = visits.with_columns(absent)
    return whole.with_columns(whole[name].cast(pl.Float64).set(conflict, None) for name in SPELLINGS_OF_ITEM_5)


def _recorded_totals(visits: pl.DataFrame) -> pl.Series:
    """Totals as recorded, null where none is; one outside 0 to 48 is refused, never replaced."""
    if "alsfrs_r" not in visits.columns:
        return pl.Series("alsfrs_r", [None] * visits.height, dtype=pl.Float64)
    recorded = visits["alsfrs_r"].cast(pl.Float64).fill_nan(None)
    require_totals(recorded.to_numpy())
    return recorded


def _contradicted(recorded: pl.Series, items: pl.DataFrame) -> pl.Series:
    """True where a recorded total lies below the answered items or above what the missing ones could add."""
    least = items.sum_horizontal()
    most = least + MAX_ITEM * items.select(pl.sum_horizontal(pl.all().is_null().cast(pl.Float64))).to_series()
    return ((recorded < least) | (recorded > most)).fill_null(value=False)


def _totals(summed: pl.Series, recorded: pl.Series) -> pl.Series:
    return (
        pl.DataFrame([summed.alias("summed"), recorded.alias("recorded")])
        .select(pl.coalesce(pl.all()).alias("alsfrs_r"))
        .to_series()
    )


def _join_patients(visits: pl.DataFrame, patients: pl.DataFrame | None) -> pl.DataFrame:
    """One row per visit with what the rate and the risk scores read, null where it is not recorded."""
    people = visits.select("patient").clear() if patients is None else patients
    twice = people.filter(pl.col("patient").is_duplicated())["patient"].unique(maintain_order=True)
    if len(twice):
        raise TableError(
            "people stand in more than one row", where="patients", rows=twice.to_list(), do="keep one row per person"
        )
    recorded = people.select("patient", *(_column(people, name) for name in (*MEASURES, *FLAGS)), _bulbar_onset(people))
    fvc = _column(visits, "fvc_percent").alias("fvc_at_visit")
    joined = visits.select("patient", "time_months", "alsfrs_r", fvc).join(
        recorded, on="patient", how="left", maintain_order="left"
    )
    return joined.with_columns(fvc_percent=pl.coalesce("fvc_at_visit", "fvc_percent"))


def _column(table: pl.DataFrame, name: str) -> pl.Expr:
    if name not in table.columns:
        return pl.lit(None, dtype=pl.Float64).alias(name)
    return pl.col(name).cast(pl.Float64).fill_nan(None)


def _bulbar_onset(people: pl.DataFrame) -> pl.Expr:
    if "onset_site" not in people.columns:
        return pl.lit(None, dtype=pl.Float64).alias("bulbar_onset")
    return (pl.col("onset_site") == "bulbar").cast(pl.Float64).alias("bulbar_onset")


def _score_rates(known: pl.DataFrame) -> tuple[list[pl.Series], Check]:
    since_onset = known["onset_months"] + known["time_months"]
    rate = progression_rate(known["alsfrs_r"].to_numpy(), since_onset.to_numpy())
    points = _known("progression_rate", rate.points_per_month)
    unstable = pl.Series("progression_rate_unstable", rate.unstable).set(points.is_null(), None)
    return [points, unstable], check_progression_rate(points, unstable)


def _score_risks(known: pl.DataFrame) -> tuple[list[pl.Series], list[Check]]:
    """Linear predictors on rows at time zero; delays, ages and capacities of 0 or less lie outside the model."""
    at_zero = known["time_months"] == 0
    inputs = known.select(
        rate="progression_rate",
        diagnosis_months=_positive("diagnosis_months"),
        age_at_onset_years=_positive(pl.col("age_years") - pl.col("onset_months") / 12),
        fvc_percent=_positive("fvc_percent"),
        bulbar_onset="bulbar_onset",
        definite_el_escorial="definite_el_escorial",
        ftd="ftd",
        c9orf72="c9orf72",
    )
    without_c9orf72 = inputs.drop("c9orf72")
    encals = _known("encals_lp", encals_linear_predictor(**_arrays(inputs))).set(~at_zero, None)
    tricals = _known("tricals_lp", tricals_linear_predictor(**_arrays(without_c9orf72))).set(~at_zero, None)
    checks = [
        check_risk("encals_lp", encals.filter(at_zero), inputs.filter(at_zero).to_dict(), OFF_LABEL),
        check_risk("tricals_lp", tricals.filter(at_zero), without_c9orf72.filter(at_zero).to_dict()),
    ]
    return [encals, tricals], checks


def _positive(column: str | pl.Expr) -> pl.Expr:
    value = pl.col(column) if isinstance(column, str) else column
    return pl.when(value > 0).then(value)


def _arrays(inputs: pl.DataFrame) -> dict[str, Numbers]:
    return {name: series.to_numpy() for name, series in inputs.to_dict().items()}


def _known(name: str, values: Numbers) -> pl.Series:
    return pl.Series(name, values).fill_nan(None)
