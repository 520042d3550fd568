"""A trial's chain: what passes each link, measured from its own tables as far as they go, assumed beyond, judged together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.link import Array, Chain, Transmission, build_chain, build_transmission
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.plan import Plan
from stallpoint.explain.cells import CellEffects, cut_cells, estimate_cells
from stallpoint.explain.draw_chain import (
    BATCH,
    FEWEST_EFFECTIVE,
    KEPT,
    MOST_BATCHES,
    Seen,
    Worlds,
    count_effective,
    draw_worlds,
    look_up,
    mean_cells,
    resample,
    weigh_worlds,
)
from stallpoint.explain.grounds import Ground, describe_grounds
from stallpoint.explain.marker_contrast import contrast_marker
from stallpoint.explain.passage import Curves, Passages, all_passages, build_curves, draw_weights, mean_passages, read_passages
from stallpoint.explain.readings import read_people
from stallpoint.explain.shares import LossShare, Passing, share_loss, summarise_loss
from stallpoint.explain.stall import Stall, find_stall
from stallpoint.explain.visible import SeenEffects, see_effects
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.models.joint.fit import JointFit
from stallpoint.models.mixed import MixedFit, fit_mixed
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.joint_trial import Covariates, fit_trial
from stallpoint.response.strata import code_strata

NFL = "NfL"


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that was read of a trial before any chain is judged.

    `people` (all followed) and `treated` (those in the treated arm) are tables of `readings.read_people`; `followed` has their visits;
    `decline` is that of controls, points per month.
    """

    plan: Plan
    followed: FollowUp
    people: pl.DataFrame
    seen: Seen
    mixed: MixedFit
    decline: float

    @property
    def treated(self) -> pl.DataFrame:
        """The people in the treated arm."""
        return self.people.filter(pl.col("treated") == 1)

    @property
    def carrier_share(self) -> float:
        """Share of carriers among treated people who were tested; 0 where nobody was."""
        return _share(self.treated)


@dataclass(frozen=True, eq=False)
class Judged:
    """The worlds that remain, with what the trial could see and the mean passages they rest on.

    `effective` is the number of independent draws that the weighted ones are worth; `misfit` the smallest squared distance of any world
    from the effects seen, in standard errors summed over cells.
    """

    worlds: Worlds
    curves: Curves
    passages: Passages
    weights: Array
    visible: SeenEffects
    effective: float
    misfit: float


@dataclass(frozen=True, eq=False)
class ChainFinding:
    """One subject's chain, where it stalls, and each link's part of the loss."""

    chain: Chain
    stall: Stall
    loss: tuple[LossShare, ...]
    n: int


@dataclass(frozen=True, eq=False)
class Fits:
    """The models of a trial that its chain rests on; `joint` is None where nobody died or it could not be fitted."""

    followed: FollowUp
    joint: JointFit | None
    mixed: MixedFit


def fit_models(trial: Trial) -> Fits:
    """Follow the trial under its estimand and fit what the chain needs.

    Raises:
        FitError: not even a mixed model can be fitted.
    """
    followed = code_strata(follow_trial(trial), trial.strata)
    mixed = fit_mixed(followed.visits, "alsfrs_r ~ time_months + treated:time_months", "~ time_months | patient")
    strata = tuple(name for name in followed.people.columns if name.startswith("stratum_"))
    joint = None
    if followed.people["died"].sum():
        with suppress(FitError):
            joint = fit_trial(followed, Covariates(adjust=strata))
    return Fits(followed, joint, mixed)


def read_evidence(trial: Trial, plan: Plan, fits: Fits) -> Evidence:
    """What the trial's tables say, and its effect in cells of people.

    Raises:
        EstimandError: controls do not decline, so there is nothing to slow.
    """
    people = read_people(trial, fits.followed, plan)
    decline = -_coefficient(fits.mixed, "time_months")[0]
    if decline <= 0:
        raise EstimandError("people on control do not decline", where="chain", do="follow them for longer")
    cells = _effects(fits, people)
    carriers = _carriers_by_cell(people, cells)
    marker = contrast_marker(trial, plan.engagement_marker) if plan.engagement_marker else None
    nfl = None if plan.engagement_marker.lower() == NFL.lower() else contrast_marker(trial, NFL)
    return Evidence(plan, fits.followed, people, Seen(cells, carriers, marker, nfl), fits.mixed, decline)


def see_trial(evidence: Evidence, *, rng: np.random.Generator) -> SeenEffects:
    """What effects, up to the largest potential, this trial could have seen."""
    return see_group(evidence, _everybody(evidence), rng=rng)


def see_group(evidence: Evidence, members: pl.Series, *, rng: np.random.Generator) -> SeenEffects:
    """What effects this trial could have seen among these people (n,) alone."""
    known = load_chain_assumptions()
    most = (evidence.plan.potential_slowing or (known["potential_low"], known["potential_high"]))[1]
    names = evidence.people.filter(members)["patient"]
    visits = evidence.followed.visits.filter(pl.col("patient").is_in(names.implode()))
    return see_effects(visits, evidence.mixed, largest=most * evidence.decline, rng=rng)


def judge_evidence(evidence: Evidence, visible: SeenEffects, *, rng: np.random.Generator, kept: int = KEPT) -> Judged:
    """Draw worlds, until enough of them foretell what was seen, and keep those that do."""
    treated, plan, seen = evidence.treated, evidence.plan, evidence.seen
    curves = build_curves(treated, plan)
    passages = read_passages(treated, plan, curves)
    weights = draw_weights(treated.height, rng)
    on = (evidence.people["treated"] == 1).to_numpy()
    cell_means = mean_cells(passages, weights, seen.cells.cells[on], len(seen.cells.estimate))
    absorbed = mean_passages(passages, weights, ("absorbed",))
    share = evidence.carrier_share
    worlds, log_weight = None, np.empty(0)
    for _ in range(MOST_BATCHES):
        more = draw_worlds(BATCH, treated=treated, plan=plan, curves=curves, slope=evidence.decline, read=passages.read, rng=rng)
        reached = look_up(absorbed, more) * more.absorbed * more.delivered
        log_weight = np.append(log_weight, weigh_worlds(more, seen, cell_means, reached, _relevant(more, share)))
        worlds = more if worlds is None else worlds.join(more)
        if count_effective(log_weight) >= FEWEST_EFFECTIVE:
            break
    assert worlds is not None  # noqa: S101 - there is at least one batch
    kept_worlds = worlds.take(resample(log_weight, kept, rng))
    return Judged(kept_worlds, curves, passages, weights, visible, count_effective(log_weight), -2 * float(log_weight.max()))


def judge_group(subject: str, evidence: Evidence, judged: Judged, members: pl.Series, visible: SeenEffects) -> ChainFinding:
    """The chain of the treated among these people (n,), from the worlds that the whole trial left."""
    treated = members.filter(evidence.people["treated"] == 1).to_numpy()
    means = all_passages(judged.passages, judged.weights * treated)
    worlds = judged.worlds
    by_person = {links: look_up(mean, worlds) for links, mean in means.items()}
    scalars: dict[Link, Array] = {
        "taken": worlds.taken,
        "absorbed": worlds.absorbed,
        "timely": worlds.timely,
        "delivered": worlds.delivered,
        "engaged": worlds.engaged,
        "relevant": _relevant(worlds, _share(evidence.treated.filter(pl.Series(treated)))),
        "visible": visible.chance(worlds.potential),
    }
    people = evidence.people.filter(members)
    grounds = describe_grounds(people, evidence.plan, evidence.seen, read=judged.passages.read, trials=visible.trials)
    return _find(subject, by_person, scalars, grounds, judged.passages.read, int(treated.sum()))


def judge_at(subject: str, evidence: Evidence, judged: Judged, weight: Array) -> ChainFinding:
    """The chain of the treated as people count by these weights (n,), with what the whole trial could see."""
    on = (evidence.people["treated"] == 1).to_numpy()
    treated = weight[on]
    means = all_passages(judged.passages, judged.weights * treated)
    worlds = judged.worlds
    carrier = evidence.treated["carrier"].cast(pl.Float64).fill_null(_share(evidence.treated)).to_numpy()
    scalars: dict[Link, Array] = {
        "taken": worlds.taken,
        "absorbed": worlds.absorbed,
        "timely": worlds.timely,
        "delivered": worlds.delivered,
        "engaged": worlds.engaged,
        "relevant": _relevant(worlds, float(np.average(carrier, weights=treated))),
        "visible": judged.visible.chance(worlds.potential),
    }
    grounds = describe_grounds(
        evidence.people, evidence.plan, evidence.seen, read=judged.passages.read, trials=judged.visible.trials
    )
    near = round(float(treated.sum() ** 2 / (treated**2).sum()))
    by_person = {links: look_up(mean, worlds) for links, mean in means.items()}
    return _find(subject, by_person, scalars, grounds, judged.passages.read, near)


def judge_trial(subject: str, evidence: Evidence, judged: Judged) -> ChainFinding:
    """The chain of everybody treated."""
    return judge_group(subject, evidence, judged, _everybody(evidence), judged.visible)


def _everybody(evidence: Evidence) -> pl.Series:
    return pl.repeat(value=True, n=evidence.people.height, eager=True)


def _find(
    subject: str,
    by_person: Mapping[frozenset[Link], Array],
    scalars: Mapping[Link, Array],
    grounds: Mapping[Link, Ground],
    read: tuple[Link, ...],
    n: int,
) -> ChainFinding:
    draws = scalars["visible"].shape

    def passing(impeding: frozenset[Link]) -> Array:
        product = by_person[impeding & frozenset(read)]
        for link in impeding - frozenset(read):
            product = product * scalars[link]
        return np.asarray(np.broadcast_to(product, draws), dtype=np.float64)

    chain = build_chain(subject, [_transmission(link, passing, grounds[link]) for link in LINKS])
    return ChainFinding(chain, find_stall(chain), summarise_loss(share_loss(passing)), n)


def _transmission(link: Link, passing: Passing, ground: Ground) -> Transmission:
    before = passing(frozenset(LINKS[: LINKS.index(link)]))
    after = passing(frozenset(LINKS[: LINKS.index(link) + 1]))
    share = np.divide(after, before, out=np.zeros_like(after), where=before > 0).clip(0, 1)
    return build_transmission(
        link, share, evidence=ground.evidence, tag=ground.tag, ground=ground.text, sources=ground.sources, missing=ground.missing
    )


def _effects(fits: Fits, people: pl.DataFrame) -> CellEffects:
    """By cells from the joint model; without it, of everybody together from the mixed model."""
    if fits.joint is None:
        estimate, error = _coefficient(fits.mixed, "time_months:treated")
        return CellEffects(np.zeros(people.height, dtype=np.int64), np.array([estimate]), np.array([error]))
    return estimate_cells(fits.joint, people, cut_cells(people, fits.followed.people))


def _coefficient(mixed: MixedFit, term: str) -> tuple[float, float]:
    wanted = set(term.split(":"))
    rows = mixed.coefficients.iter_rows(named=True)
    row = next(each for each in rows if set(each["term"].split(":")) == wanted)
    return float(row["estimate"]), float(row["std_error"])


def _carriers_by_cell(people: pl.DataFrame, cells: CellEffects) -> Array:
    """Share of carriers in each cell (g,); people not tested carry as often as those tested."""
    overall = _share(people)
    carrier = people["carrier"].cast(pl.Float64).fill_null(overall).to_numpy()
    count = len(cells.estimate)
    return np.bincount(cells.cells, carrier, count) / np.bincount(cells.cells, minlength=count)


def _share(people: pl.DataFrame) -> float:
    tested = people["carrier"].drop_nulls().cast(pl.Float64).to_numpy()
    return float(tested.mean()) if tested.size else 0.0


def _relevant(worlds: Worlds, carriers: float) -> Array:
    return carriers * worlds.relevant_carriers + (1 - carriers) * worlds.relevant_others
