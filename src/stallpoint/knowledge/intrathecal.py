"""What is bundled on drugs given into the cerebrospinal fluid: models, schedules, limits of covariates, single facts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.linear_model import CovariateEffect, Flow, Form, LinearModel, Parameter, State
from stallpoint.knowledge.linear_model_build import linear_model
from stallpoint.knowledge.natural_history import Fact, fact_of_row
from stallpoint.knowledge.tsv import read_bundled_rows

FOLDER = "intrathecal"


@dataclass(frozen=True)
class CovariateLimit:
    """Between which values a property of a person can be; outside them a unit is likely wrong."""

    covariate: str
    yes_or_no: bool
    low: float
    high: float
    unit: str
    note: str


@dataclass(frozen=True)
class LabelSchedule:
    """How a drug is given: `dose_mg` on `first_days`, then every `interval_days`; doses of `dose_range_mg` were studied."""

    drug: str
    dose_mg: float
    first_days: tuple[float, ...]
    interval_days: float
    dose_range_mg: tuple[float, float]
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


@cache
def load_linear_models() -> dict[str, LinearModel]:
    """The bundled models of drugs given into the cerebrospinal fluid, by name: tominersen, nusinersen, monkey."""
    return {row["model"]: _bundled(row) for row in _read("models")}


def find_linear_model(name: str) -> LinearModel:
    """One bundled model.

    Raises:
        StallpointError: there is none of that name; the nearest name is given.
    """
    models = load_linear_models()
    if name not in models:
        raise StallpointError(f"no model {name!r} of a drug given intrathecally", do=ask_nearest(name, models))
    return models[name]


def _bundled(row: dict[str, str]) -> LinearModel:
    name = row["model"]
    return linear_model(
        name,
        species=row["species"],
        dose_state=row["dose_state"],
        dose_range_mg=(float(row["dose_low_mg"]), float(row["dose_high_mg"])),
        states=[
            State(one["state"], one["matrix"], one["region"], one["volume"], one["conc_unit"]) for one in _rows("states", name)
        ],
        flows=[
            Flow(one["origin"], one["destination"], one["rate"], one["clearance"], one["volume"]) for one in _rows("flows", name)
        ],
        parameters=[_read_parameter(one) for one in _rows("parameters", name)],
        effects=[_read_effect(one) for one in _rows("covariates", name)],
        source=row["source"],
    )


def _rows(table: str, name: str) -> list[dict[str, str]]:
    return [row for row in _read(table) if row["model"] == name]


def _read_parameter(row: dict[str, str]) -> Parameter:
    return Parameter(
        key=row["key"],
        value=float(row["value"]),
        unit=row["unit"],
        between=float(row["between"] or 0),
        between_scale=cast("Literal['cv', 'log_sd', '']", row["between_scale"]),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )


def _read_effect(row: dict[str, str]) -> CovariateEffect:
    return CovariateEffect(
        parameter=row["parameter"],
        covariate=row["covariate"],
        form=cast("Form", row["form"]),
        coefficient=float(row["coefficient"]),
        reference=float(row["reference"]),
        ignored_above=float(row["ignored_above"] or math.inf),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )


@cache
def load_covariate_limits() -> dict[str, CovariateLimit]:
    """Limits by covariate."""
    return {
        row["covariate"]: CovariateLimit(
            row["covariate"], row["kind"] == "yes or no", float(row["low"]), float(row["high"]), row["unit"], row["note"]
        )
        for row in _read("covariate_limits")
    }


@cache
def load_label_schedules() -> dict[str, LabelSchedule]:
    """Schedules by drug."""
    return {row["drug"]: _schedule(row) for row in _read("schedules")}


@cache
def load_tofersen_facts() -> dict[str, Fact]:
    """Scaling from monkeys, knock-down of SOD1, and what was seen in people, by key."""
    return _facts("tofersen")


@cache
def load_ceftriaxone_facts() -> dict[str, Fact]:
    """Plasma and CSF kinetics of ceftriaxone in ALS, by key."""
    return _facts("ceftriaxone")


@cache
def load_antibody_facts() -> dict[str, Fact]:
    """How much of an antibody in serum is found in CSF, by key."""
    return _facts("antibody")


def range_of(fact: Fact) -> tuple[float, float]:
    """The range of a fact that has one.

    Raises:
        StallpointError: it has none.
    """
    if fact.low is None or fact.high is None:
        raise StallpointError(f"the fact {fact.key} has no range", do="give it low and high")
    return fact.low, fact.high


def _facts(table: str) -> dict[str, Fact]:
    return {row["key"]: fact_of_row(row) for row in _read(table)}


def _read(table: str) -> list[dict[str, str]]:
    return read_bundled_rows(f"{FOLDER}/{table}.tsv")


def _schedule(row: dict[str, str]) -> LabelSchedule:
    return LabelSchedule(
        drug=row["drug"],
        dose_mg=float(row["dose_mg"]),
        first_days=tuple(float(day) for day in row["first_days"].split()),
        interval_days=float(row["interval_days"]),
        dose_range_mg=(float(row["dose_low_mg"]), float(row["dose_high_mg"])),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )
