"""Virtual people: drawn as they would enter a trial, from the parameters of one world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from stallpoint.core.errors import StallpointError
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.mechanism import PATHWAYS, Genotype, MechanismParameter, load_genotypes, load_mechanism
from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.mechanism.function import POINTS, Hazard, domain_function
from stallpoint.mechanism.molecular_states import ask_states, give_states
from stallpoint.mechanism.neurons import REGIONS, neurons_at, spread_modes
from stallpoint.mechanism.pathways import build_network
from stallpoint.mechanism.people import BYPASS_GRID, Neurofilament, People

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
World = Mapping[str, MechanismParameter]

ONSET_GRID = np.linspace(0.0, 8.0, 161)
"""Clocks between which onset is looked for."""


@dataclass(frozen=True)
class Entry:
    """Who may enter: latent score and breathing at the start, time since onset, and a genotype where only its carriers are asked for.

    `months` are times from onset to entry seen in a cohort, where virtual people are to be as long ill as its people; who declines
    fast still enters sooner, by the same correlation. `states` are shares of the people who have a molecular state, by its name: 1 where
    only people with it are asked for, 0 where only people without; a state that is not named was not measured (see `molecular_states`).
    """

    least_points: float = 24.0
    least_breathing: float = 0.5
    most_months: float = 36.0
    genotype: str | None = None
    least_lost_per_month: float = 0.0
    months: tuple[float, ...] | None = None
    states: Mapping[str, float] = field(default_factory=dict)


def draw_people(n: int, *, rng: np.random.Generator, world: World | None = None, entry: Entry | None = None) -> People:
    """Draw n people who may enter, in the order of their shares of bypass.

    Args:
        n: how many.
        rng: source of randomness.
        world: parameters; those that come with the software where None.
        entry: the trial's criteria; the defaults of `Entry` where None.

    Raises:
        StallpointError: criteria that almost nobody meets, or an unknown genotype or molecular state.
    """
    entry = entry or Entry()
    questions = ask_states(entry.states)
    if entry.genotype is not None and entry.genotype not in load_genotypes():
        raise StallpointError(f"no genotype {entry.genotype!r}", do=ask_nearest(entry.genotype, load_genotypes()))
    known = load_mechanism() if world is None else world
    kept: list[People] = []
    missing, drawn = n, 0
    while missing > 0:
        if drawn > 50 * n + 5000:
            raise StallpointError("almost nobody meets these criteria of entry", do="widen them")
        asked = max(2 * missing, 200)
        some = draw_everybody(asked, rng=rng, world=known, entry=entry)
        may = some.take(np.flatnonzero(may_enter(some, entry))[:missing])
        kept.append(may)
        missing, drawn = missing - may.n, drawn + asked
    people = _join(kept)
    return give_states(people, questions, rng.spawn(1)[0]) if questions else people


def draw_everybody(n: int, *, rng: np.random.Generator, world: World, entry: Entry) -> People:
    """Draw n people before any is left out for function or time since onset; of `entry` genotype and times since onset count."""
    groups = tuple(load_genotypes().values())
    group = np.sort(_draw_genotypes(n, groups, entry.genotype, rng))
    rate_z = rng.standard_normal(n)

    def of_group(values: list[Any]) -> npt.NDArray[Any]:
        return np.array(values)[group]

    rate = world["disease_rate"].in_unit("1/day") * of_group([g.rate_ratio for g in groups])
    rate = rate * np.exp((world["disease_rate"].between or 0.0) * of_group([g.rate_between for g in groups]) * rate_z)
    region = _draw_regions(of_group([g.bulbar_share for g in groups]), rng)
    months = _entry_months(rate_z, world, entry, rng)
    spread, reserve, breathing = (_between(world[key], n, rng) for key in ("spread_per_clock", "reserve", "respiratory_reserve"))
    onset = clock_at_onset(region, spread, reserve, breathing, points_lost=world["onset_points"].value)
    bypass = _draw_bypass(of_group([g.bypass for g in groups]), rng)
    return People(
        networks=tuple(build_network(bypass=float(each), relaxation_days=_relaxation(world)) for each in BYPASS_GRID),
        group=bypass,
        genotype=of_group([g.name for g in groups]),
        onset_region=region,
        rate_per_day=rate,
        clock=onset + rate * months * DAYS_PER_MONTH,
        weights=np.concatenate([rng.dirichlet(g.weights, int((group == i).sum()))[:, :-1] for i, g in enumerate(groups)]),
        spread=spread,
        reserve=reserve,
        breathing_reserve=breathing,
        onset_years=rng.normal(of_group([g.onset_years for g in groups]), of_group([g.onset_years_sd for g in groups])),
        onset_months=months,
        hazard=Hazard(
            _between(world["hazard_at_full_function"], n, rng) * world["hazard_at_full_function"].factor("1/day"),
            np.asarray(world["hazard_log_per_breathing_lost"].value),
            np.asarray(world["hazard_log_per_bulbar_lost"].value),
        ),
        neurofilament=Neurofilament(
            healthy=_between(world["nfl_healthy_serum"], n, rng),
            per_loss=_between(world["nfl_per_loss"], n, rng),
            release_per_day=np.log(2) / world["release_half_life"].in_unit("day"),
            blood_per_day=np.log(2) / world["blood_half_life"].in_unit("day"),
            csf_ratio=world["csf_blood_ratio"].value,
        ),
    )


def clock_at_onset(region: Indices, spread: Floats, reserve: Floats, breathing: Floats, *, points_lost: float) -> Floats:
    """Where the clock stands when the first points are lost, shape (n,): by interpolation on a grid of clocks."""
    left = neurons_at(spread_modes(region, spread), np.tile(ONSET_GRID, (len(region), 1))).left
    lost = POINTS * (1 - domain_function(left, reserve, breathing)).sum(axis=1)
    after = np.argmax(lost >= points_lost, axis=1)
    rows = np.arange(len(region))
    below, above = lost[rows, after - 1], lost[rows, after]
    return np.asarray(ONSET_GRID[after - 1] + (points_lost - below) / (above - below) * (ONSET_GRID[1] - ONSET_GRID[0]))


def _draw_genotypes(n: int, groups: tuple[Genotype, ...], only: str | None, rng: np.random.Generator) -> Indices:
    names = [group.name for group in groups]
    if only is not None:
        return np.full(n, names.index(only))
    facts = load_natural_history()
    shares = np.array([facts[f"{name.lower()}_share"].value if name != "sporadic" else 0.0 for name in names])
    shares[names.index("sporadic")] = 1 - shares.sum()
    return rng.choice(len(names), n, p=shares)


def _draw_bypass(ends: Floats, rng: np.random.Generator) -> Indices:
    """The nearest of `BYPASS_GRID` to a share drawn evenly between the ends that a genotype leaves open, shape (n, 2)."""
    low, high = ends.T
    return np.asarray(np.rint(rng.uniform(low, high) * (len(BYPASS_GRID) - 1)), dtype=np.int64)


def _draw_regions(bulbar_share: Floats, rng: np.random.Generator) -> Indices:
    """Region of onset: bulbar by genotype, thoracic rarely, the limbs alike."""
    thoracic = load_natural_history()["respiratory_share"].value
    limb = (1 - bulbar_share - thoracic) / 2
    ends = np.cumsum(np.stack([bulbar_share, limb, np.full_like(limb, thoracic)]), axis=0)
    return np.asarray((rng.random(len(bulbar_share)) > ends).sum(axis=0))


def _entry_months(rate_z: Floats, known: World, entry: Entry, rng: np.random.Generator) -> Floats:
    """Months from onset to entry; who declines fast enters sooner. The published mean is an arithmetic one."""
    parameter, tied = known["entry_months"], known["entry_rate_correlation"].value
    between = parameter.between or 0.0
    z = tied * rate_z + np.sqrt(1 - tied**2) * rng.standard_normal(len(rate_z))
    if entry.months is not None:
        return np.asarray(np.quantile(entry.months, ndtr(z)))
    return np.asarray(parameter.value * np.exp(between * z - between**2 / 2))


def _between(parameter: MechanismParameter, n: int, rng: np.random.Generator) -> Floats:
    """Log-normal values of n people about the typical one."""
    return np.asarray(parameter.value * np.exp((parameter.between or 0.0) * rng.standard_normal(n)))


def _relaxation(known: World) -> Floats:
    return np.array([known[f"relaxation_{name.replace(' ', '_')}"].in_unit("day") for name in PATHWAYS])


def may_enter(people: People, entry: Entry) -> npt.NDArray[np.bool_]:
    """Whether people (n,) meet the criteria on function, breathing, decline and time since onset."""
    left = neurons_at(spread_modes(people.onset_region, people.spread), people.clock[:, None]).left
    function = domain_function(left, people.reserve, people.breathing_reserve)[:, :, 0]
    points = POINTS * function.sum(axis=1)
    enough = (points >= entry.least_points) & (function[:, 3] >= entry.least_breathing)
    fast = (POINTS * len(REGIONS) - points) / people.onset_months >= entry.least_lost_per_month
    return np.asarray(enough & fast & (people.onset_months <= entry.most_months))


def _join(parts: list[People]) -> People:
    """All parts as one, groups together."""
    first = parts[0]
    names = [name for name, value in vars(first).items() if isinstance(value, np.ndarray)]
    arrays: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    hazard = Hazard(np.concatenate([p.hazard.at_full_function for p in parts]), first.hazard.breathing, first.hazard.bulbar)
    nfl = replace(
        first.neurofilament,
        healthy=np.concatenate([p.neurofilament.healthy for p in parts]),
        per_loss=np.concatenate([p.neurofilament.per_loss for p in parts]),
    )
    joined = replace(first, **arrays, hazard=hazard, neurofilament=nfl)
    return joined.take(np.argsort(joined.group, kind="stable"))
