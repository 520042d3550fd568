"""From frames to the people, follow-up and arrays of a joint model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.core.wording import counted
from stallpoint.models.formulas import SurvivalPart, parse_survival, require_columns
from stallpoint.models.joint.arrays import CauseArrays, JointArrays, Scales
from stallpoint.models.joint.coding import code_design
from stallpoint.models.joint.design import CauseDesign, Columns, JointDesign
from stallpoint.models.joint.outcomes import OutcomeDesign, code_outcome, gaussian_rows, interval_rows
from stallpoint.models.joint.specification import JointModel
from stallpoint.models.joint.trajectory import person_coefficients

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class JointData:
    """The people of a fit in order, with their follow-up and covariates, their arrays, and what was noticed on the way."""

    people: tuple[str, ...]
    frame: pl.DataFrame
    arrays: JointArrays
    checks: tuple[Check, ...]

    @property
    def events(self) -> tuple[int, ...]:
        """Number of events of each cause."""
        return tuple(int(cause.died.sum()) for cause in self.arrays.causes)


def code_joint(model: JointModel, visits: pl.DataFrame, events: pl.DataFrame) -> tuple[JointDesign, JointData]:
    """Code formulas and data.

    Raises:
        FitError: columns absent, missing values, dependent terms, a person with two event rows, event times not above 0, no event
            at all, or covariates that change within a person.
    """
    outcomes: tuple[OutcomeDesign, ...] = ()
    for index in range(len(model.longitudinal)):
        several = len(model.longitudinal) > 1
        outcomes = (*outcomes, code_outcome(visits, model, index, beside=outcomes, several=several))
    group, time = _find_group(outcomes), model.time or _find_time(outcomes)
    follow_up = {name: parse_survival(formula) for name, formula in model.event.items()}
    covariates = _covariates_of(outcomes, time)
    visits, events, checks = match_people(visits, events, group, follow_up, model, covariates)
    people = _person_rows(visits, events, group, covariates, follow_up)
    design = code_design(model, visits, people, outcomes, time)
    return design, JointData(tuple(people[group]), people, build_arrays(design, visits, people), checks)


def build_arrays(
    design: JointDesign, visits: pl.DataFrame, people: pl.DataFrame, *, follow_up: tuple[tuple[Array, Array], ...] | None = None
) -> JointArrays:
    """The arrays of people, one row each in `people`, with their visits.

    follow_up gives for each cause the end (n,) and the event indicator (n,); by default they are columns of `people`.
    """
    names = tuple(people[design.group].cast(pl.String))
    from_fixed, from_random = course_arrays(design, people)
    follow_up = follow_up or tuple(
        (_numbers(people, cause.survival.time), _numbers(people, cause.survival.event)) for cause in design.causes
    )
    weight = design.model.weights
    return JointArrays(
        gaussian=tuple(rows for outcome in design.outcomes for rows in gaussian_rows(outcome, visits, names)),
        interval=tuple(rows for outcome in design.outcomes for rows in interval_rows(outcome, visits, names)),
        from_fixed=from_fixed,
        from_random=from_random,
        causes=tuple(cause_arrays(design, cause, people, *until) for cause, until in zip(design.causes, follow_up, strict=True)),
        entry=_entry_arrays(design, people),
        scales=scale_arrays(design, people),
        weight=_numbers(people, weight) if weight and weight in people.columns else np.ones(people.height),
    )


def _entry_arrays(design: JointDesign, people: pl.DataFrame) -> tuple[CauseArrays, ...]:
    """All causes until each person's entry; none where nobody entered late."""
    entry = design.model.entry
    entered = _numbers(people, entry) if entry and entry in people.columns else np.zeros(people.height)
    if not entered.any():
        return ()
    return tuple(cause_arrays(design, cause, people, entered, np.zeros(people.height)) for cause in design.causes)


def cause_arrays(design: JointDesign, cause: CauseDesign, people: pl.DataFrame, end: Array, died: Array) -> CauseArrays:
    """One cause's arrays for people followed until `end` (n,), with the event there where `died` (n,) is 1."""
    placed = cause.baseline.place(end)
    levels = np.array(design.strata)
    strata = design.model.strata
    stratum = np.searchsorted(levels, people[strata].cast(pl.String).to_numpy()) if strata else np.zeros(people.height, int)
    ones = np.ones((people.height, 1))
    links = [columns_of(link.covariate, people) if link.covariate else ones for link in cause.association]
    return CauseArrays(
        covariates=columns_of(cause.covariates, people),
        interactions=np.concatenate(links, axis=1) if links else ones[:, :0],
        died=died,
        stratum=stratum.astype(np.int64),
        placed=placed,
        basis_nodes=design.basis.at(placed.nodes),
        basis_end=design.basis.at(end),
    )


def columns_of(columns: Columns, people: pl.DataFrame) -> Array:
    """The columns of a formula on people, shape (n, columns)."""
    return columns.design.matrix(people)[:, list(columns.kept)]


def course_arrays(design: JointDesign, people: pl.DataFrame) -> tuple[Array, Array]:
    """What fixed (n, m, p) and random effects (n, m, q) add to the coefficients of each person's courses."""
    q, p = len(design.layout.random), len(design.layout.fixed)
    sizes = [len(functions.picks) for functions in design.functions]
    m = sum(sizes) + (q if design.shared_effects else 0)
    from_fixed, from_random = np.zeros((people.height, m, p)), np.zeros((people.height, m, q))
    begin = 0
    for outcome, functions, size in zip(design.outcomes, design.functions, sizes, strict=True):
        fixed, random = person_coefficients(functions, people)
        from_fixed[:, begin : begin + size, outcome.fixed] = outcome.fixed_columns(fixed)
        from_random[:, begin : begin + size, outcome.random] = random
        begin += size
    if design.shared_effects:
        from_random[:, begin:, :] = np.eye(q)
    return from_fixed, from_random


def scale_arrays(design: JointDesign, people: pl.DataFrame) -> Scales:
    """Multipliers of the designs' columns, one for each coefficient."""
    parts = [(scale, columns_of(scale.covariates, people)) for scale in design.scales]
    repeat = [(scale, columns.shape[1]) for scale, columns in parts]
    return Scales(
        covariates=np.concatenate([np.zeros((people.height, 0)), *(columns for _, columns in parts)], axis=1),
        fixed=np.array([scale.fixed for scale, k in repeat for _ in range(k)]).reshape(-1, len(design.layout.fixed)),
        random=np.array([scale.random for scale, k in repeat for _ in range(k)]).reshape(-1, len(design.layout.random)),
        hazard=np.array([float(scale.hazard) for scale, k in repeat for _ in range(k)]),
    )


def match_people(
    visits: pl.DataFrame,
    events: pl.DataFrame,
    group: str,
    follow_up: dict[str, SurvivalPart],
    model: JointModel,
    covariates: list[str],
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Check, ...]]:
    """The people whom a fit can use, in the order of the visits; how many were left out is a check.

    Who has visits but no event row is left out. Who has an event row but no visit informs the hazard: to leave those people out would
    leave out the deaths before a first visit, and with delayed entry those are many. They stay where their event row tells the covariates
    of the measure; otherwise they are left out too, and the check says how many.
    """
    needed = {name for part in follow_up.values() for name in (part.time, part.event)}
    further = {name for name in (model.entry, model.strata, model.weights) if name}
    require_columns(events, (group, *sorted(needed | further)), where="event")
    visits, events = visits.with_columns(pl.col(group).cast(pl.String)), events.with_columns(pl.col(group).cast(pl.String))
    _check_event_rows(events, group, follow_up)
    if model.entry:
        _check_entry(events, group, model.entry, follow_up)
    if model.weights and not (events[model.weights].cast(pl.Float64) >= 0).all():
        raise FitError("a weight is below 0", where=model.weights, do="give weights of 0 or more")
    without_events = visits.join(events, on=group, how="anti")[group].n_unique()
    visits = visits.join(events.select(group), on=group, how="semi", maintain_order="left")
    if not visits.height:
        raise FitError(f"no {group} is in both tables", where="event", do="check that identifiers are written the same way")
    unseen = events.join(visits, on=group, how="anti", maintain_order="left")
    known = set(covariates) <= set(events.columns)
    kept = unseen.drop_nulls(covariates) if known else unseen.clear()
    order = pl.concat([visits.select(pl.col(group).unique(maintain_order=True)), kept.select(group)])
    check = _people_check(without_events + unseen.height - kept.height, kept.height)
    return visits, order.join(events, on=group, how="left", maintain_order="left"), (check,)


def _people_check(left_out: int, unseen: int) -> Check:
    text = f"{counted(left_out, 'person')} without both visits and follow-up, left out of the joint model."
    if unseen:
        text += f" {counted(unseen, 'person')} without a visit, kept for what their follow-up tells of the hazard."
    return Check("people in both tables", "warning" if left_out else "passed", text, left_out)


def _check_event_rows(events: pl.DataFrame, group: str, follow_up: dict[str, SurvivalPart]) -> None:
    twice = events.filter(events[group].is_duplicated())[group].unique().to_list()
    if twice:
        raise FitError("more than one row for a person", where="event", rows=sorted(map(str, twice)), do="give one row each")
    for part in follow_up.values():
        time = events[part.time].cast(pl.Float64)
        if not (time.is_finite() & (time > 0)).all():
            rows = events.filter(~(time.is_finite() & (time > 0)))[group].to_list()
            raise FitError("follow-up must end after time 0", where=part.time, rows=list(map(str, rows)), do="leave them out")
        if not events[part.event].cast(pl.Float64).is_in([0.0, 1.0]).all():
            raise FitError("the event must be 0 or 1", where=part.event, do="code it 1 for the event, 0 for censored")


def _check_entry(events: pl.DataFrame, group: str, entry: str, follow_up: dict[str, SurvivalPart]) -> None:
    entered = events[entry].cast(pl.Float64)
    for part in follow_up.values():
        wrong = (entered < 0) | (entered >= events[part.time].cast(pl.Float64))
        if wrong.any():
            rows = events.filter(wrong)[group].to_list()
            raise FitError("follow-up ends before it begins", where=entry, rows=list(map(str, rows)), do="leave them out")


def _find_group(outcomes: tuple[OutcomeDesign, ...]) -> str:
    groups = sorted({outcome.design.random_part.group for outcome in outcomes})
    if len(groups) > 1:
        raise FitError(f"the measures are grouped by {' and '.join(groups)}", where="random", do="use the same column in each")
    return groups[0]


def _find_time(outcomes: tuple[OutcomeDesign, ...]) -> str:
    named = frozenset().union(*(outcome.design.random.variables for outcome in outcomes))
    if len(named) != 1:
        raise FitError("the time variable is not plain from the random part", where="random", do="name it: time='obstime'")
    return next(iter(named))


def _covariates_of(outcomes: tuple[OutcomeDesign, ...], time: str) -> list[str]:
    named = frozenset().union(*(outcome.design.fixed.variables | outcome.design.random.variables for outcome in outcomes))
    return sorted(named - {time})


def _person_rows(
    visits: pl.DataFrame, events: pl.DataFrame, group: str, covariates: list[str], follow_up: dict[str, SurvivalPart]
) -> pl.DataFrame:
    """One row per person: the event row, joined by the visit covariates, which may not change over time."""
    changing = [name for name in covariates if visits.group_by(group).agg(pl.col(name).n_unique())[name].max() != 1]
    if changing:
        raise FitError(
            f"{', '.join(changing)} changes within a person, and its value between visits is not known",
            where="longitudinal",
            do="use its value at time 0",
        )
    first = visits.group_by(group, maintain_order=True).agg(pl.col(name).first() for name in covariates)
    unseen = events.join(visits, on=group, how="anti", maintain_order="left")
    if unseen.height:
        first = pl.concat([first, unseen.select(group, *covariates).cast(first.schema)])
    own = {name for part in follow_up.values() for name in (part.time, part.event)}
    return events.drop([name for name in covariates if name in events.columns and name not in own]).join(
        first.drop([name for name in covariates if name in events.columns and name in own]),
        on=group,
        how="left",
        maintain_order="left",
    )


def _numbers(people: pl.DataFrame, name: str) -> Array:
    return people[name].cast(pl.Float64).to_numpy()
