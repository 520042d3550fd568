"""The stage that turns a study's analysis on the study itself, shuffled: what it announces where nothing is to be found.

Repeats are written to the run's folder as they come, under a key of all that they depend on, so that an interrupted run goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.response.analysis import Analysis
from stallpoint.response.calibrate import Repeat, read_repeat, run_worlds, summarise_worlds
from stallpoint.response.imposed import ImposedEffect
from stallpoint.study.json_text import plain
from stallpoint.study.manifest import describe_software
from stallpoint.study.output_folder import STAGES, write_whole
from stallpoint.study.progress import tell_progress
from stallpoint.study.study_file import CalibrateSection, StudyFile

_METHOD = (
    "The analysis was calibrated on the study's own people: treatment was shuffled within strata {trials} times for each world, and where "
    "a world has an effect it was added to the scores of the newly treated; visits, dropout and deaths stayed as they were. Each of these "
    "trials went through the analysis of the average effect and of all modifiers. A false announcement is a finding about a group that "
    "is not labelled exploratory and is not the difference that was given."
)

NOMINAL = 0.05


def calibrate(study: StudyFile, trial: Trial, out: Path, *, settings: Any) -> Analysis:
    """Error rates and power of the study's own analysis; `settings` is all that the repeats depend on besides the software.

    Raises:
        EstimandError: the modifier of the world with a difference is not known.
    """
    section = study.calibrate
    assert section is not None  # noqa: S101 - the stage is chosen only where the section is there
    effects = worlds_of(section, trial)
    kept = _Kept(out / STAGES / "calibrate.jsonl", settings)
    done = kept.read()
    total, count = section.trials * len(effects), len(done)

    def keep(chunk: Sequence[Repeat]) -> None:
        nonlocal count
        kept.add(chunk)
        count += len(chunk)
        tell_progress(count, total)

    with _workers(section.workers) as executor:
        made = run_worlds(trial, effects, repeats=section.trials, seed=study.run.seed, executor=executor, done=done, keep=keep)
    frame = summarise_worlds(effects, made)
    return Analysis(
        checks=(_check(frame),),
        methods=(_METHOD.format(trials=section.trials),),
        sources=("agresti1998",),
        series={"calibration": frame},
    )


def worlds_of(section: CalibrateSection, trial: Trial) -> tuple[ImposedEffect, ...]:
    """No effect, the same for all, and one that differs by a modifier: the one asked for, or the first that the trial names."""
    named = (*trial.modifiers.prespecified, *trial.modifiers.explored)
    modifier = section.modifier or next(iter(named), None)
    even = f"{section.points_per_month:g} points per month for everyone"
    worlds = (ImposedEffect("no effect"), ImposedEffect(even, section.points_per_month))
    if modifier is None:
        return worlds
    differs = f"{section.difference:g} points per month more per unit of {modifier.replace('_', ' ')}"
    return (*worlds, ImposedEffect(differs, 0.0, modifier, section.difference))


def _check(frame: pl.DataFrame) -> Check:
    worst = frame.sort("false_share", descending=True).row(0, named=True)
    share, error = worst["false_share"], worst["false_error"]
    text = (
        f"In the world with {worst['world']} this analysis announced a group falsely in {share:.1%} of {worst['trials']} trials "
        f"(Monte Carlo error {error:.1%}); {NOMINAL:.0%} was promised."
    )
    return Check(
        "false announcements",
        "warning" if share > NOMINAL + 2 * error else "passed",
        text,
        share,
        (worst["trials"], error, NOMINAL),
    )


@contextmanager
def _workers(number: int) -> Iterator[Executor | None]:
    if number == 1:
        yield None
        return
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as executor:
        yield executor


class _Kept:
    """Repeats in a file of their own, a line each, below a first line with the key they were made under."""

    def __init__(self, file: Path, settings: Any) -> None:
        self._file = file
        text = json.dumps([plain(settings), describe_software()], sort_keys=True, default=str)
        self._key = sha256(text.encode()).hexdigest()

    def read(self) -> list[Repeat]:
        """Those of an earlier run under the same key; a line that was cut short is dropped."""
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.is_file() else []
        whole = [line for line in lines[1:] if line.endswith("}")] if lines[:1] == [self._key] else []
        write_whole(self._file, "".join(f"{line}\n" for line in (self._key, *whole)).encode())
        return [read_repeat(json.loads(line)) for line in whole]

    def add(self, chunk: Sequence[Repeat]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(each)) + "\n" for each in chunk)
