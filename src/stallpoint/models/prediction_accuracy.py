"""How well predicted risks foretell who has the event: AUC and Brier score at a landmark, with right censoring and late entry.

Everything speaks of the people at risk at the landmark: entered by then and followed beyond it. The status at the horizon is known
for those who had an event by then or were followed to it. Each of them is weighted by the inverse of the chance of being followed
so long; the others weigh nothing. That chance is the Kaplan-Meier curve of censoring among the people at risk at the landmark. So
censoring may depend on nothing that foretells the event.

Two conventions. An event comes before a censoring at the same time, so that the weights sum to the number at risk, and the
weighted share of cases is the Kaplan-Meier risk (Aalen-Johansen with other events). A person whose follow-up ends without an event
exactly at the horizon is known to be free of it, so that a trial that ends there has controls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CENSORED, THE_EVENT, OTHER_EVENT = 0, 1, 2
FEWEST_FOR_STD_ERROR = 2
"""Of one case, or one control, the sample does not show how much they differ among themselves."""


@dataclass(frozen=True)
class BrierScore:
    """Weighted mean square of event minus risk (0 is best), and that of a reference that gives everyone the risk of the whole group."""

    score: float
    reference: float

    @property
    def scaled(self) -> float:
        """Share of the reference's score that the prediction saves: 1 is perfect, 0 no better than the reference, below 0 worse."""
        return 1 - self.score / self.reference


@dataclass(frozen=True)
class PredictionAccuracy:
    """AUC, Brier score and the people they rest on: at risk at the landmark; of those cases, controls, and censored too early to tell.

    The last three add up to the first. `auc_std_error` is None where the sample does not show it; see `auc_at`.
    """

    auc: float
    auc_std_error: float | None
    brier: float
    reference_brier: float
    scaled_brier: float
    at_risk: int
    cases: int
    controls: int
    censored_before_horizon: int


@dataclass(frozen=True)
class _CensoringCurve:
    """Steps (m,) of the Kaplan-Meier curve of censoring: when, how many were censored, and how many could have been."""

    time: Array
    censored: Array
    at_risk: Array

    def chance_before(self, time: Array) -> Array:
        """Chance of not being censored before each time, shape as `time`."""
        curve = np.append(1.0, np.cumprod(1 - self.censored / self.at_risk))
        return np.asarray(curve[np.searchsorted(self.time, time)], dtype=np.float64)


@dataclass(frozen=True)
class _PeopleAtRisk:
    """Those followed beyond the landmark, shape (n,) each. Each is a case, a control, or censored before the horizon.

    known_until is the end of follow-up or the horizon, whichever is first. weight is 0 for the censored.
    """

    risk: Array
    known_until: Array
    case: Flags
    control: Flags
    censored: Flags
    weight: Array
    censoring: _CensoringCurve


def measure_accuracy(
    time: Array, event: Array, risk: Array, *, landmark: float, horizon: float, entry: Array | None = None
) -> PredictionAccuracy:
    """AUC and Brier score of predicted risks, with the counts of people behind them; arguments and errors as in `auc_at`."""
    people = _people_at_risk(time, event, risk, landmark, horizon, entry)
    auc, auc_std_error = _auc(people)
    brier = _brier(people)
    return PredictionAccuracy(
        auc=auc,
        auc_std_error=auc_std_error,
        brier=brier.score,
        reference_brier=brier.reference,
        scaled_brier=brier.scaled,
        at_risk=len(people.risk),
        cases=int(people.case.sum()),
        controls=int(people.control.sum()),
        censored_before_horizon=int(people.censored.sum()),
    )


def auc_at(
    time: Array, event: Array, risk: Array, *, landmark: float, horizon: float, entry: Array | None = None
) -> tuple[float, float | None]:
    """Chance that a case has a higher predicted risk than a control, ties counting one half; and its standard error.

    Cases have the event in (landmark, landmark + horizon]. Controls do not: they are free of it at landmark + horizon, or ended by
    another event before. The standard error follows from the influence of each person on the estimate, the curve of censoring
    included, for risks that were not fitted to these people; it is None with fewer than two cases or controls, and where the
    risks part cases from controls without overlap. Make intervals on the logit scale: on the scale of the AUC they are too short
    where cases are few.

    Args:
        time: end of follow-up or time of the event, months, shape (n,).
        event: 1 for the event, 0 for censored, 2 for another event that ends follow-up, shape (n,).
        risk: predicted probability of the event in (landmark, landmark + horizon], shape (n,). Read only for people at risk at the
            landmark; the rest may be nan.
        landmark: time at which the prediction is made, months.
        horizon: length of the window after the landmark, months.
        entry: start of follow-up, months, shape (n,); at risk only if entry <= landmark. None: all from the beginning.

    Raises:
        FitError: lengths differ, a time is not finite, an event is not 0, 1 or 2, a risk is missing or outside 0..1, the horizon is
            not positive, nobody is at risk at the landmark, follow-up does not reach the horizon, there is no case, or no control.

    Source: Uno et al. (2007), doi:10.1198/016214507000000149; Blanche et al. (2013), doi:10.1002/sim.5958, its second definition of
    controls; Blanche et al. (2015), doi:10.1111/biom.12232.
    """
    return _auc(_people_at_risk(time, event, risk, landmark, horizon, entry))


def brier_at(
    time: Array, event: Array, risk: Array, *, landmark: float, horizon: float, entry: Array | None = None
) -> BrierScore:
    """Brier score of predicted risks, and of the Kaplan-Meier risk at the landmark; arguments and errors as in `auc_at`.

    With other events (code 2) the reference gives everyone the Aalen-Johansen risk.

    Source: Graf et al. (1999), doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5; Gerds & Schumacher (2006),
    doi:10.1002/bimj.200610301; for the scaled score Kattan & Gerds (2018), doi:10.1186/s41512-018-0029-2.
    """
    return _brier(_people_at_risk(time, event, risk, landmark, horizon, entry))


def fold_indices(
    n: int, folds: int, *, rng: np.random.Generator, strata: npt.NDArray[np.generic] | None = None
) -> tuple[npt.NDArray[np.int64], ...]:
    """Indices to hold out in each fold of a cross-validation, ascending; every one of 0..n-1 is in one fold.

    Fold sizes differ by at most one. So do the numbers of each label of `strata`, shape (n,), such as the event codes.

    Raises:
        FitError: fewer than two folds, more folds than people, or strata of another length.
    """
    if not 2 <= folds <= n:
        raise FitError(
            f"{n} people cannot be dealt to {folds} folds", where="cross-validation", do="choose 2 folds to one a person"
        )
    order = rng.permutation(n)
    if strata is not None:
        if strata.shape != (n,):
            raise FitError(f"strata have shape {strata.shape}, there are {n} people", where="cross-validation")
        label = np.unique(strata, return_inverse=True)[1]
        order = order[np.argsort(label[order], kind="stable")]
    return tuple(np.sort(order[fold::folds]) for fold in range(folds))


def _people_at_risk(
    time: Array, event: Array, risk: Array, landmark: float, horizon: float, entry: Array | None
) -> _PeopleAtRisk:
    where = f"prediction accuracy from {landmark:g} months over {horizon:g}"
    start = np.full(len(time), -np.inf) if entry is None else entry
    _check_arrays(time, event, risk, start, where)
    if not (np.isfinite(landmark) and np.isfinite(horizon) and horizon > 0):
        raise FitError("the landmark must be a number and the horizon above 0", where=where)
    at_risk = (start <= landmark) & (time > landmark)
    if not at_risk.any():
        raise FitError(
            f"nobody is at risk at the landmark; follow-up ends at {time.max(initial=-np.inf):g} months",
            where=where,
            do="choose a landmark within follow-up",
        )
    time, event, risk = time[at_risk], event[at_risk], risk[at_risk]
    if not ((risk >= 0) & (risk <= 1)).all():
        raise FitError("predicted risks must lie from 0 to 1, for everyone at risk at the landmark", where=where)
    end = landmark + horizon
    case = (event == THE_EVENT) & (time <= end)
    censored = (event == CENSORED) & (time < end)
    control = ~case & ~censored
    if time.max() < end and censored[time == time.max()].any():
        raise FitError(
            f"follow-up from the landmark ends at {time.max():g} months, so risk at {end:g} is not known",
            where=where,
            do="choose a horizon within follow-up",
        )
    if not case.any() or not control.any():
        raise FitError(
            f"{case.sum()} cases and {control.sum()} controls among {len(time)} at risk; one of each is needed",
            where=where,
            do="choose a longer horizon" if not case.any() else "choose a shorter horizon",
        )
    known_until = np.minimum(time, end)
    censoring = _censoring_curve(known_until, censored)
    weight = np.zeros(len(time))
    weight[~censored] = 1 / censoring.chance_before(known_until[~censored])
    return _PeopleAtRisk(risk, known_until, case, control, censored, weight, censoring)


def _censoring_curve(known_until: Array, censored: Flags) -> _CensoringCurve:
    """At a step are at risk those known at least until then, without those who have an event at the same time."""
    time, counts = np.unique(known_until[censored], return_counts=True)
    of_censored, of_known = np.sort(known_until[censored]), np.sort(known_until[~censored])
    at_risk = len(known_until) - np.searchsorted(of_censored, time) - np.searchsorted(of_known, time, side="right")
    return _CensoringCurve(time, counts.astype(np.float64), at_risk.astype(np.float64))


def _check_arrays(time: Array, event: Array, risk: Array, entry: Array, where: str) -> None:
    shapes = {"time": time.shape, "event": event.shape, "risk": risk.shape, "entry": entry.shape}
    if len(set(shapes.values())) > 1 or time.ndim != 1:
        raise FitError("arrays must have one value per person: " + ", ".join(f"{k} {v}" for k, v in shapes.items()), where=where)
    if not np.isfinite(time).all() or np.isnan(entry).any():
        raise FitError("a time or an entry is missing", where=where)
    if not np.isin(event, (CENSORED, THE_EVENT, OTHER_EVENT)).all():
        raise FitError("events must be 0 (censored), 1 (the event) or 2 (another event)", where=where)


def _auc(people: _PeopleAtRisk) -> tuple[float, float | None]:
    of_cases, of_controls = people.risk[people.case], people.risk[people.control]
    if of_cases.min() > of_controls.max():
        return 1.0, None
    if of_cases.max() < of_controls.min():
        return 0.0, None
    n = len(people.risk)
    case_weight = np.where(people.case, people.weight, 0.0)
    control_weight = np.where(people.control, people.weight, 0.0)
    controls_below = _weight_below(people.risk, control_weight)
    cases_above = case_weight.sum() - _weight_below(people.risk, case_weight)
    pairs = case_weight.sum() * control_weight.sum()
    auc = float(case_weight @ controls_below / pairs)
    if min(len(of_cases), len(of_controls)) < FEWEST_FOR_STD_ERROR:
        return auc, None
    gain = case_weight * (controls_below - auc * control_weight.sum()) + control_weight * (cases_above - auc * case_weight.sum())
    influence = _with_censoring_estimated(people, n * gain / pairs)
    return auc, float(influence.std(ddof=1) / np.sqrt(n))


def _weight_below(risk: Array, weight: Array) -> Array:
    """For each risk, the weight of people with a lower risk and half of that of people with the same; shape (n,)."""
    order = np.argsort(risk)
    total = np.append(0.0, np.cumsum(weight[order]))
    lower, through = np.searchsorted(risk[order], risk), np.searchsorted(risk[order], risk, side="right")
    return np.asarray((total[lower] + total[through]) / 2, dtype=np.float64)


def _with_censoring_estimated(people: _PeopleAtRisk, influence: Array) -> Array:
    """Adds to each person's influence (n,), taken with the censoring curve as known, what the person does through that curve.

    A change of the curve at one step scales the weights of all who are known beyond it alike, and so moves the estimate by the sum
    of their influences. How far a person moves the curve at a step is the person's martingale increment there over those left.
    """
    steps = people.censoring
    order = np.argsort(people.known_until)
    total = np.append(0.0, np.cumsum(influence[order]))
    beyond = total[-1] - total[np.searchsorted(people.known_until[order], steps.time, side="right")]
    left = steps.at_risk - steps.censored
    pull = np.divide(beyond, left, out=np.zeros_like(beyond), where=left > 0)
    drift = np.append(0.0, np.cumsum(pull * steps.censored / steps.at_risk))
    first = np.searchsorted(steps.time, people.known_until)
    own = np.append(pull, 0.0)[np.where(people.censored, first, len(pull))]
    return np.asarray(influence + own - drift[first + people.censored], dtype=np.float64)


def _brier(people: _PeopleAtRisk) -> BrierScore:
    n = len(people.risk)
    everyone = float(people.weight[people.case].sum() / n)
    score, reference = (float(people.weight @ (people.case - risk) ** 2 / n) for risk in (people.risk, everyone))
    return BrierScore(score, reference)
