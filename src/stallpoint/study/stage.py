"""A run as stages that talk through files: what is done and unchanged is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

from stallpoint.study.json_text import plain, render_json
from stallpoint.study.output_folder import STAGES, write_whole
from stallpoint.study.study_file import StudyFile

Outputs = Mapping[str, bytes]
"""Path within the run's folder to content."""

_RECORD = ".done.json"


@dataclass(frozen=True)
class Stage:
    """A step of a run.

    `settings` picks what of the study the outcome depends on, `after` names the stages whose files it reads, and `run` returns
    the files to write. A stage runs again when its settings, those files or the software have changed.
    """

    name: str
    says: str
    after: tuple[str, ...]
    settings: Callable[[StudyFile], Any]
    run: Callable[[StudyFile, Path], Outputs]


@dataclass(frozen=True)
class StageRecord:
    """That a stage is done: the key it was done under, how long it took, and its files with their sha256."""

    name: str
    key: str
    seconds: float
    outputs: Mapping[str, str]
    reused: bool = False


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C in the middle of a stage; `kept` are the stages that are done."""

    def __init__(self, stage: Stage, kept: Sequence[str]) -> None:
        self.kept = tuple(kept)
        done = f"Kept: {', '.join(self.kept)}. The same command goes on from there." if kept else "Nothing was written yet."
        self.text = f"Interrupted during {stage.name}. {done}"
        super().__init__(self.text)


def run_stages(
    stages: Sequence[Stage],
    study: StudyFile,
    out: Path,
    *,
    software: str,
    tell: Callable[[Stage, int], None] = lambda _stage, _index: None,
) -> tuple[StageRecord, ...]:
    """Run what is not done yet, in order; `tell` hears of each stage before it starts.

    Files are written when a stage has finished, so that a stage that fails or is interrupted leaves none.

    Raises:
        RunInterrupted: on Ctrl-C.
        StallpointError: whatever a stage raises; earlier stages are kept.
    """
    _forget_others(stages, out)
    records: dict[str, StageRecord] = {}
    for index, stage in enumerate(stages):
        tell(stage, index)
        key = _key(stage, study, records, software)
        try:
            records[stage.name] = _reusable(stage, out, key) or _run(stage, study, out, key)
        except KeyboardInterrupt:
            raise RunInterrupted(stage, list(records)) from None
    return tuple(records.values())


def read_record(name: str, out: Path) -> StageRecord | None:
    """The record of a finished stage; None where there is none or it cannot be read."""
    try:
        return StageRecord(**json.loads(_record_path(name, out).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def hash_file(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def _key(stage: Stage, study: StudyFile, done: Mapping[str, StageRecord], software: str) -> str:
    reads = [dict(done[name].outputs) for name in stage.after]
    return sha256(json.dumps([software, stage.name, plain(stage.settings(study)), reads], sort_keys=True).encode()).hexdigest()


def _reusable(stage: Stage, out: Path, key: str) -> StageRecord | None:
    record = read_record(stage.name, out)
    if record is None or record.key != key:
        return None
    whole = all((out / file).is_file() and hash_file(out / file) == digest for file, digest in record.outputs.items())
    return StageRecord(record.name, key, record.seconds, record.outputs, reused=True) if whole else None


def _run(stage: Stage, study: StudyFile, out: Path, key: str) -> StageRecord:
    start = perf_counter()
    files = stage.run(study, out)
    record = StageRecord(
        stage.name, key, round(perf_counter() - start, 3), {file: sha256(content).hexdigest() for file, content in files.items()}
    )
    _forget(stage.name, out)
    for file, content in files.items():
        write_whole(out / file, content)
    write_whole(_record_path(stage.name, out), render_json(record))
    return record


def _forget_others(stages: Sequence[Stage], out: Path) -> None:
    """Remove what stages left that this run does not have."""
    names = {stage.name for stage in stages}
    for path in (out / STAGES).glob(f"*{_RECORD}"):
        name = path.name.removesuffix(_RECORD)
        if name not in names:
            _forget(name, out)


def _forget(name: str, out: Path) -> None:
    record = read_record(name, out)
    for file in record.outputs if record else ():
        (out / file).unlink(missing_ok=True)
    _record_path(name, out).unlink(missing_ok=True)


def _record_path(name: str, out: Path) -> Path:
    return out / STAGES / f"{name}{_RECORD}"
