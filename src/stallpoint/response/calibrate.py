"""How often does this very analysis cry wolf? The user's own trial shuffled, with no effect, a constant one, and one that differs.

Every repeat has a generator of its own, so that the number of workers changes no digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.response.announce import Announced, Announcement, announce
from stallpoint.response.imposed import ImposedEffect, impose_effect

CHUNK = 10
"""Repeats that a worker takes at a time: the trial is sent to it once for each."""


@dataclass(frozen=True)
class Repeat:
    """What came of one shuffled trial: which world, which repeat of it."""

    world: int
    repeat: int
    announced: Announced


def read_repeat(said: dict[str, Any]) -> Repeat:
    """A repeat as `dataclasses.asdict` and JSON wrote it."""
    average, groups = said["announced"]["average"], said["announced"]["groups"]
    announced = Announced(None if average is None else tuple(average), tuple(Announcement(**group) for group in groups))
    return Repeat(said["world"], said["repeat"], announced)


@dataclass(frozen=True)
class _Task:
    trial: Trial
    effect: ImposedEffect
    world: int
    repeats: tuple[int, ...]
    seed: int


def run_worlds(
    trial: Trial,
    effects: Sequence[ImposedEffect],
    *,
    repeats: int,
    seed: int,
    executor: Executor | None = None,
    done: Sequence[Repeat] = (),
    keep: Callable[[Sequence[Repeat]], None] = lambda _repeats: None,
) -> list[Repeat]:
    """Analyse `repeats` shuffled trials for each effect; those in `done`, of an earlier run, are not made again.

    `keep` hears of repeats as they come.
    """
    known = {(each.world, each.repeat) for each in done}
    tasks = [
        _Task(trial, effect, world, numbers, seed)
        for world, effect in enumerate(effects)
        for numbers in _chunks([repeat for repeat in range(repeats) if (world, repeat) not in known])
    ]
    made = [each for each in done if each.world < len(effects) and each.repeat < repeats]
    found: Iterable[list[Repeat]] = executor.map(_run, tasks) if executor else map(_run, tasks)
    for chunk in found:
        keep(chunk)
        made += chunk
    return sorted(made, key=lambda each: (each.world, each.repeat))


def _chunks(repeats: list[int]) -> list[tuple[int, ...]]:
    return [tuple(repeats[start : start + CHUNK]) for start in range(0, len(repeats), CHUNK)]


def _run(task: _Task) -> list[Repeat]:
    return [Repeat(task.world, repeat, _announce(task, repeat)) for repeat in task.repeats]


def _announce(task: _Task, repeat: int) -> Announced:
    rng = np.random.default_rng([task.seed, task.world, repeat])
    return announce(impose_effect(task.trial, task.effect, rng=rng), rng=rng)


def summarise_worlds(effects: Sequence[ImposedEffect], made: Sequence[Repeat]) -> pl.DataFrame:
    """One row per world: how often what was announced, the Monte Carlo error of that, and sizes beside the truth.

    Columns: world, trials, false_share (trials that announce a group where effects do not differ, or another group than the one that was
    given an effect, not labelled exploratory), false_error, explored_share, found_share (the given difference announced), found_error,
    truth, raw, corrected and shrunken (means over announcements of the given difference), average_share (average effect announced).
    """
    return pl.DataFrame(
        [_summary(effect, [each.announced for each in made if each.world == world]) for world, effect in enumerate(effects)],
        schema=_SCHEMA,
    )


_SCHEMA = {
    "world": pl.String,
    "trials": pl.Int64,
    **dict.fromkeys(
        (
            "false_share",
            "false_error",
            "explored_share",
            "found_share",
            "found_error",
            "truth",
            "raw",
            "corrected",
            "shrunken",
            "average_share",
        ),
        pl.Float64,
    ),
}


def _summary(effect: ImposedEffect, made: Sequence[Announced]) -> dict[str, object]:
    given = f"modifier_{effect.modifier}_1" if effect.modifier and effect.difference else None
    hits = [group for one in made for group in one.groups if group.contrast == given]
    return {
        "world": effect.name,
        "trials": len(made),
        **_share("false", [any(each.contrast != given and each.status != "exploratory" for each in one.groups) for one in made]),
        "explored_share": _mean([any(each.status == "exploratory" for each in one.groups) for one in made]),
        **(_share("found", [any(each.contrast == given for each in one.groups) for one in made]) if given else {}),
        "truth": effect.difference if given else None,
        "raw": _mean([each.raw for each in hits]),
        "corrected": _mean([each.corrected for each in hits]),
        "shrunken": _mean([each.shrunken for each in hits]),
        "average_share": _mean([one.average is not None and not one.average[1] <= 0 <= one.average[2] for one in made]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _share(name: str, happened: Sequence[bool]) -> dict[str, float | None]:
    """A share and its Monte Carlo standard error, that of one event more and one less (Agresti and Coull 1998, 10.2307/2685469)."""
    if not happened:
        return {f"{name}_share": None, f"{name}_error": None}
    n = len(happened)
    moved = (sum(happened) + 2) / (n + 4)
    return {f"{name}_share": sum(happened) / n, f"{name}_error": float(np.sqrt(moved * (1 - moved) / (n + 4)))}
