"""From frames and formulas to the arrays that the likelihood reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.core.wording import counted
from stallpoint.models.formulas import Design, SurvivalPart, build_design, full_rank_columns, parse_survival, require_columns
from stallpoint.models.joint.layout import Baseline, Layout
from stallpoint.models.longitudinal import LongitudinalDesign, LongitudinalMoments, code_longitudinal, sum_moments
from stallpoint.numerics.quadrature import gauss_legendre_unit

Array = npt.NDArray[np.float64]

TIME_NODES_WEIBULL = 15
TIME_NODES_PER_INTERVAL = 7
DEFAULT_INTERVALS = 7


@dataclass(frozen=True)
class JointDesign:
    """Both submodels coded, with all that is needed to code new people and new times the same way."""

    longitudinal: LongitudinalDesign
    survival: SurvivalPart
    event: Design
    time: str
    layout: Layout
    knots: tuple[float, ...]


@dataclass(frozen=True)
class JointData:
    """Arrays by name, first axis over people.

    From `LongitudinalMoments`: xx, xz, zz, xy, zy, yy, rows. Further: w (n, r) event covariates; died (n,); log_time (n,);
    x_end (n, p), z_end (n, q) designs at the event time; x_nodes (n, J, p), z_nodes (n, J, q) at the times of the hazard integral.
    For a piecewise hazard: node_weight (n, J), death_interval (n, intervals).
    """

    arrays: dict[str, Array]
    people: tuple[str, ...]
    deaths: int
    checks: tuple[Check, ...]


def code_joint(
    visits: pl.DataFrame,
    events: pl.DataFrame,
    longitudinal: str,
    random: str,
    event: str,
    baseline: Baseline,
    *,
    time: str | None,
    knots: Sequence[float] | None,
) -> tuple[JointDesign, JointData]:
    """Code formulas and data.

    Raises:
        FitError: columns absent, missing values, dependent terms, a person with two event rows, event times not above 0, no event
            at all, or covariates that change within a person.
    """
    survival = parse_survival(event)
    design = code_longitudinal(visits, longitudinal, random)
    time = time or _find_time(design)
    events, visits, checks = _match_people(visits, events, design.random_part.group, survival)
    people = _person_rows(visits, events, design, survival, time)
    event_design = build_design(survival.terms, people, where="event")
    names = event_design.names if baseline == "weibull" else tuple(name for name in event_design.names if name != "Intercept")
    full_rank_columns(event_design.matrix(people), event_design.names, where="event")
    cuts = _choose_knots(people, survival, knots) if baseline == "piecewise" else ()
    layout = Layout(design.fixed.names, design.random.names, names, baseline, len(cuts) + 1)
    joint = JointDesign(design, survival, event_design, time, layout, cuts)
    moments = sum_moments(design, visits)
    arrays = {**_moment_arrays(moments), **event_arrays(joint, people)}
    died = int(people[survival.event].cast(pl.Float64).sum())
    return joint, JointData(arrays, moments.people, died, checks)


def event_arrays(design: JointDesign, people: pl.DataFrame) -> dict[str, Array]:
    """The arrays that depend on follow-up time and covariates only; one row per person."""
    end = people[design.survival.time].cast(pl.Float64).to_numpy()
    died = people[design.survival.event].cast(pl.Float64).to_numpy()
    edges, unit = _intervals(design, end), _unit_nodes(design.layout.baseline)
    widths = np.maximum(np.minimum(edges[:, 1:], end[:, None]) - edges[:, :-1], 0.0)
    times = (edges[:, :-1, None] + widths[..., None] * unit[0]).reshape(len(end), -1)
    x, z = value_matrix(design, people, np.column_stack([end, times]))
    arrays = {
        "w": event_matrix(design, people),
        "died": died,
        "log_time": np.log(end),
        "x_end": x[:, 0],
        "z_end": z[:, 0],
        "x_nodes": x[:, 1:],
        "z_nodes": z[:, 1:],
    }
    if design.layout.baseline == "piecewise":
        arrays["node_weight"] = (widths[..., None] * unit[1]).reshape(len(end), -1)
        arrays["death_interval"] = ((edges[:, :-1] < end[:, None]) & (end[:, None] <= edges[:, 1:])).astype(np.float64)
    return arrays


def event_matrix(design: JointDesign, people: pl.DataFrame) -> Array:
    """Covariates of the hazard, shape (people, terms)."""
    keep = [design.event.names.index(name) for name in design.layout.event]
    return design.event.matrix(people)[:, keep]


def value_matrix(design: JointDesign, people: pl.DataFrame, times: Array) -> tuple[Array, Array]:
    """Fixed and random designs of the current value at each person's times (n, J): shapes (n, J, p) and (n, J, q)."""
    rows = people.select(pl.all().repeat_by(times.shape[1]).explode()).with_columns(pl.Series(design.time, times.ravel()))
    fixed = design.longitudinal.fixed.matrix(rows)
    random = design.longitudinal.random.matrix(rows)
    return fixed.reshape(*times.shape, -1), random.reshape(*times.shape, -1)


def _find_time(design: LongitudinalDesign) -> str:
    if len(design.random.variables) != 1:
        raise FitError("the time variable is not plain from the random part", where="random", do="name it: time='obstime'")
    return next(iter(design.random.variables))


def _match_people(
    visits: pl.DataFrame, events: pl.DataFrame, group: str, survival: SurvivalPart
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Check, ...]]:
    """People with both visits and an event row, in the order of the visits; how many were left out is a check."""
    require_columns(events, (group, survival.time, survival.event), where="event")
    visits, events = visits.with_columns(pl.col(group).cast(pl.String)), events.with_columns(pl.col(group).cast(pl.String))
    _check_event_rows(events, group, survival)
    lonely = visits.join(events, on=group, how="anti")[group].n_unique() + events.join(visits, on=group, how="anti").height
    visits = visits.join(events.select(group), on=group, how="semi", maintain_order="left")
    order = visits.select(pl.col(group).unique(maintain_order=True))
    if not order.height:
        raise FitError(f"no {group} is in both tables", where="event", do="check that identifiers are written the same way")
    text = f"{counted(lonely, 'person')} without both visits and follow-up, left out of the joint model."
    check = Check("people in both tables", "warning" if lonely else "passed", text, lonely)
    return order.join(events, on=group, how="left", maintain_order="left"), visits, (check,)


def _check_event_rows(events: pl.DataFrame, group: str, survival: SurvivalPart) -> None:
    twice = events.filter(events[group].is_duplicated())[group].unique().to_list()
    if twice:
        raise FitError("more than one row for a person", where="event", rows=sorted(map(str, twice)), do="give one row each")
    time = events[survival.time].cast(pl.Float64)
    if (time <= 0).any():
        rows = events.filter(time <= 0)[group].to_list()
        raise FitError("follow-up must end after time 0", where=survival.time, rows=list(map(str, rows)), do="leave them out")
    status = events[survival.event].cast(pl.Float64)
    if not status.is_in([0.0, 1.0]).all():
        raise FitError("the event must be 0 or 1", where=survival.event, do="code it 1 for the event, 0 for censored")
    if status.sum() == 0:
        raise FitError("no event at all: the hazard cannot be estimated", where=survival.event, do="fit the mixed model alone")


def _person_rows(
    visits: pl.DataFrame, events: pl.DataFrame, design: LongitudinalDesign, survival: SurvivalPart, time: str
) -> pl.DataFrame:
    """One row per person: the event row, joined by the visit covariates, which may not change over time."""
    group = design.random_part.group
    covariates = sorted((design.fixed.variables | design.random.variables) - {time})
    changing = [name for name in covariates if visits.group_by(group).agg(pl.col(name).n_unique())[name].max() != 1]
    if changing:
        raise FitError(
            f"{', '.join(changing)} changes within a person, and its value between visits is not known",
            where="longitudinal",
            do="use its value at time 0",
        )
    first = visits.group_by(group, maintain_order=True).agg(pl.col(name).first() for name in covariates)
    return events.drop([name for name in covariates if name in events.columns and name not in _names(survival)]).join(
        first.drop([name for name in covariates if name in events.columns and name in _names(survival)]),
        on=group,
        how="left",
        maintain_order="left",
    )


def _names(survival: SurvivalPart) -> set[str]:
    return {survival.time, survival.event}


def _choose_knots(people: pl.DataFrame, survival: SurvivalPart, knots: Sequence[float] | None) -> tuple[float, ...]:
    """Inner knots: as given, or at quantiles of the event times, as many as the events bear."""
    if knots is not None:
        return tuple(sorted(float(knot) for knot in knots))
    died = people.filter(people[survival.event].cast(pl.Float64) == 1)[survival.time].cast(pl.Float64).to_numpy()
    inner = np.linspace(0, 1, DEFAULT_INTERVALS + 1)[1:-1]
    return tuple(float(knot) for knot in np.unique(np.quantile(died, inner)))


def _intervals(design: JointDesign, end: Array) -> Array:
    """Edges of the intervals of integration, shape (n, intervals + 1); the last one reaches past every follow-up."""
    if design.layout.baseline == "weibull":
        return np.column_stack([np.zeros_like(end), end])
    edges = np.array([0.0, *design.knots, np.inf])
    return np.broadcast_to(edges, (len(end), len(edges)))


def _unit_nodes(baseline: Baseline) -> tuple[Array, Array]:
    return gauss_legendre_unit(TIME_NODES_WEIBULL if baseline == "weibull" else TIME_NODES_PER_INTERVAL)


def _moment_arrays(moments: LongitudinalMoments) -> dict[str, Array]:
    return {name: getattr(moments, name) for name in ("xx", "xz", "zz", "xy", "zy", "yy", "rows")}
