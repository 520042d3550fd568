"""Code a joint model on data: formulas to designs, knots from the event times, names to places in the parameter vector."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.formulas import SurvivalPart, build_design, full_rank_columns, parse_survival
from stallpoint.models.joint.association import AssociationTerm, parse_association
from stallpoint.models.joint.baseline.placed import BaselineHazard
from stallpoint.models.joint.baseline.royston_parmar import RoystonParmar
from stallpoint.models.joint.baseline.splines import DEGREE, LogLinear
from stallpoint.models.joint.baseline.weibull import Weibull
from stallpoint.models.joint.design import AssociationCoefficient, CauseDesign, Columns, JointDesign, ScaleDesign
from stallpoint.models.joint.layout import CauseLayout, Layout
from stallpoint.models.joint.outcomes import OutcomeDesign
from stallpoint.models.joint.specification import JointModel
from stallpoint.models.joint.trajectory import HazardBasis, TimeFunctions, design_at, find_hazard_basis, find_time_functions

Array = npt.NDArray[np.float64]

INNER_KNOTS = {"piecewise": 6, "spline": 5, "royston-parmar": 2}


def code_design(
    model: JointModel, visits: pl.DataFrame, people: pl.DataFrame, outcomes: tuple[OutcomeDesign, ...], time: str
) -> JointDesign:
    """Code all but the data. `people` has one row per person with follow-up and covariates.

    Raises:
        FitError: a column is absent or has missing values, terms are dependent, or a cause has no event.
    """
    survivals = {name: parse_survival(formula) for name, formula in model.event.items()}
    names = tuple(outcome.response for outcome in outcomes)
    links = {name: parse_association(text, names) for name, text in model.association.items()}
    longest = max(
        float(visits[time].cast(pl.Float64).max()),  # type: ignore[arg-type]
        *(float(people[part.time].cast(pl.Float64).max()) for part in survivals.values()),  # type: ignore[arg-type]
    )
    functions = tuple(find_time_functions(outcome.design, time, people, longest) for outcome in outcomes)
    every = tuple(term for terms in links.values() for term in terms)
    random_size = outcomes[-1].random.stop
    basis = find_hazard_basis(functions, every, longest)
    shared = any(term.kind == "random" for term in every)
    strata = tuple(sorted(people[model.strata].cast(pl.String).unique())) if model.strata else ()
    several = len(outcomes) > 1
    random_names = _stacked(outcomes, several, [outcome.design.random.names for outcome in outcomes])
    causes = tuple(
        _code_cause(name, survivals[name], links[name], model, people, basis, outcomes, random_names if shared else ())
        for name in model.event
    )
    scales = _code_scales(model, people, outcomes, functions, random_names, random_size, longest)
    layout = Layout(
        fixed=_stacked(outcomes, several, [outcome.fixed_names for outcome in outcomes]),
        random=random_names,
        residual=_stacked(outcomes, several, [_residual_names(outcome) for outcome in outcomes]),
        scales=tuple(name for scale in scales for name in _scale_names(scale, random_names)),
        thresholds=tuple(name for outcome in outcomes for name in _threshold_names(outcome)),
        causes=tuple(_cause_layout(cause, model.strata, strata) for cause in causes),
    )
    group = outcomes[0].design.random_part.group
    return JointDesign(model, group, time, outcomes, functions, causes, scales, strata, basis, shared, layout)


def code_columns(terms: str, people: pl.DataFrame, *, where: str, intercept: bool) -> Columns:
    """A formula's columns on people, dependent ones refused; without the intercept where it is not wanted."""
    design = build_design(terms, people, where=where)
    full_rank_columns(design.matrix(people), design.names, where=where)
    kept = tuple(index for index, name in enumerate(design.names) if intercept or name != "Intercept")
    return Columns(design, kept)


def _code_cause(
    name: str,
    survival: SurvivalPart,
    links: tuple[AssociationTerm, ...],
    model: JointModel,
    people: pl.DataFrame,
    basis: HazardBasis,
    outcomes: tuple[OutcomeDesign, ...],
    shared_names: tuple[str, ...],
) -> CauseDesign:
    status = people[survival.event].cast(pl.Float64)
    if status.sum() == 0:
        raise FitError("no event at all: the hazard cannot be estimated", where=survival.event, do="fit the mixed model alone")
    weibull = model.baseline == "weibull"
    terms = f"{survival.terms} + {model.strata}" if weibull and model.strata else survival.terms
    covariates = code_columns(terms, people, where="event", intercept=weibull)
    died = people.filter(status == 1)[survival.time].cast(pl.Float64).to_numpy()
    last = float(people[survival.time].cast(pl.Float64).max())  # type: ignore[arg-type]
    association = tuple(part for term in links for part in _code_link(term, people, basis, outcomes, shared_names))
    return CauseDesign(name, survival, covariates, association, _choose_baseline(model, died, last))


def _code_link(
    term: AssociationTerm,
    people: pl.DataFrame,
    basis: HazardBasis,
    outcomes: tuple[OutcomeDesign, ...],
    shared_names: tuple[str, ...],
) -> list[AssociationCoefficient]:
    """The coefficients of one term: one, or one per random effect, and for each as many as its covariate has columns."""
    sizes = [len(functions.picks) for functions in basis.outcomes]
    small = basis.maps[term.kind, term.width, term.outcome]
    blank = np.zeros((len(basis.picks), sum(sizes) + len(shared_names)))
    courses = []
    if term.kind == "random":
        for effect in range(len(shared_names))[outcomes[term.outcome].random]:
            course = blank.copy()
            course[:, sum(sizes) + effect] = small[:, 0]
            courses.append((f"random({shared_names[effect]})", course))
    else:
        begin = sum(sizes[: term.outcome])
        blank[:, begin : begin + sizes[term.outcome]] = small
        courses.append((_link_name(term, outcomes), blank))
    if term.covariate is None:
        return [AssociationCoefficient(name, course, None) for name, course in courses]
    columns = code_columns(term.covariate, people, where="association", intercept=False)
    return [
        AssociationCoefficient(f"{name}:{column}", course, Columns(columns.design, (index,)))
        for name, course in courses
        for index, column in zip(columns.kept, columns.names, strict=True)
    ]


def _link_name(term: AssociationTerm, outcomes: tuple[OutcomeDesign, ...]) -> str:
    inside = [outcomes[term.outcome].response] if len(outcomes) > 1 else []
    inside += [f"{term.width:g}"] if term.kind == "window" else []
    return f"{term.kind}({', '.join(inside)})" if inside else term.kind


def _choose_baseline(model: JointModel, died: Array, last: float) -> BaselineHazard:
    """The family, with knots as given or at quantiles of the event times."""
    if model.baseline == "weibull":
        return Weibull()
    if model.knots is not None:
        inner = np.array(sorted(model.knots))
        if ((inner <= 0) | (inner >= last)).any():
            raise FitError("a knot lies outside follow-up", where="knots", rows=[f"{knot:g}" for knot in inner])
    else:
        shares = np.linspace(0, 1, INNER_KNOTS[model.baseline] + 2)[1:-1]
        inner = np.unique(np.quantile(died, shares))
    if model.baseline == "royston-parmar":
        ends = died.min(), died.max()
        inside = inner[(inner > ends[0]) & (inner < ends[1])]
        if not ends[0] < ends[1]:
            raise FitError("all events fall at one time", where="baseline", do="use baseline 'weibull'")
        return RoystonParmar((float(ends[0]), *map(float, inside), float(ends[1])))
    inside = inner[(inner > 0) & (inner < last)]
    return LogLinear(tuple(map(float, inside)), last, DEGREE if model.baseline == "spline" else 0)


def _code_scales(
    model: JointModel,
    people: pl.DataFrame,
    outcomes: tuple[OutcomeDesign, ...],
    functions: tuple[TimeFunctions, ...],
    random_names: tuple[str, ...],
    random_size: int,
    longest: float,
) -> tuple[ScaleDesign, ...]:
    fixed_size = outcomes[-1].fixed.stop
    scales = []
    for term, formula in model.random_scale.items():
        if term not in random_names:
            raise FitError(f"no random term {term!r}", where="random_scale", do=f"use one of {', '.join(random_names)}")
        columns = code_columns(formula.strip().removeprefix("~"), people, where="random_scale", intercept=False)
        scales.append(ScaleDesign(columns, np.zeros(fixed_size), np.array([float(name == term) for name in random_names]), False))
    if model.rate_ratio:
        columns = code_columns(model.rate_ratio.terms.strip().removeprefix("~"), people, where="rate ratio", intercept=False)
        fixed, random = np.zeros(fixed_size), np.zeros(random_size)
        for outcome, found in zip(outcomes, functions, strict=True):
            changing = _changes_with_time(found, longest)
            q = len(outcome.design.random.names)
            random[outcome.random] = changing[:q]
            fixed[outcome.fixed] = outcome.fixed_columns(changing[q:])
        scales.append(ScaleDesign(columns, fixed, random, model.rate_ratio.hazard))
    return tuple(scales)


def _changes_with_time(functions: TimeFunctions, longest: float) -> Array:
    """1 for the random and fixed columns that change with time, 0 for the others."""
    times = np.broadcast_to(np.linspace(0, longest, 7), (functions.pivots.height, 7))
    columns = design_at(functions.design, functions.time, functions.pivots, times)
    return np.asarray(np.ptp(columns, axis=1).max(axis=0) > 0, dtype=np.float64)


def _stacked(outcomes: tuple[OutcomeDesign, ...], several: bool, names: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Names of all measures' terms, with the measure before them where there are several."""
    return tuple(
        f"{outcome.response}: {name}" if several else name for outcome, own in zip(outcomes, names, strict=True) for name in own
    )


def _residual_names(outcome: OutcomeDesign) -> tuple[str, ...]:
    if outcome.levels:
        return ()
    return outcome.residual.names if outcome.residual else ("sigma",)


def _threshold_names(outcome: OutcomeDesign) -> tuple[str, ...]:
    return tuple(f"{outcome.response} {low:g}|{high:g}" for low, high in zip(outcome.levels, outcome.levels[1:], strict=False))


def _scale_names(scale: ScaleDesign, random_names: tuple[str, ...]) -> tuple[str, ...]:
    if scale.fixed.any() or scale.hazard:
        return tuple(f"log ratio {name}" for name in scale.covariates.names)
    term = random_names[int(np.argmax(scale.random))]
    return tuple(f"log sd ratio {term}:{name}" for name in scale.covariates.names)


def _cause_layout(cause: CauseDesign, strata: str | None, levels: tuple[str, ...]) -> CauseLayout:
    names = cause.baseline.names
    baseline = tuple(f"{name} ({strata} {level})" for level in levels for name in names) if levels else names
    return CauseLayout(cause.name, cause.covariates.names, tuple(link.name for link in cause.association), baseline)
