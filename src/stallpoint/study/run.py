"""A study to its output folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stallpoint.core.errors import OutputError
from stallpoint.study.analysis_files import read_analysis
from stallpoint.study.json_text import render_json
from stallpoint.study.looks_file import record_looks
from stallpoint.study.manifest import describe_run, describe_software
from stallpoint.study.output_folder import require_output, write_whole
from stallpoint.study.stage import Stage, StageRecord, run_stages
from stallpoint.study.stages import choose_stages, load_trial
from stallpoint.study.study_file import StudyFile, read_study_file


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its answer, where it stalls (empty for a cohort), and what each stage took."""

    out: Path
    answer: str
    how_sure: str
    stall: str
    records: tuple[StageRecord, ...]

    @property
    def report(self) -> Path:
        """The report's file."""
        return self.out / "report.html"


def run_study(
    path: Path,
    out: Path,
    *,
    stages: Sequence[Stage] | None = None,
    tell: Callable[[Stage, int, int], None] = lambda _stage, _index, _of: None,
) -> Run:
    """Run a study and write its output folder; a run that was interrupted goes on, and what is unchanged is not done again.

    `stages` defaults to those the study needs. `tell` hears of each stage before it starts: stage, index, number of stages.

    Raises:
        StallpointError: any of ours; nothing is written when the study or its tables are at fault.
        RunInterrupted: on Ctrl-C; finished stages are kept.
    """
    study = read_study_file(path)
    require_output(out)
    _require_apart(study, out)
    chosen = tuple(stages or choose_stages(study))
    records = run_stages(
        chosen, study, out, software=describe_software(), tell=lambda stage, index: tell(stage, index, len(chosen))
    )
    found = [read_analysis(stage.name, out) for stage in chosen if stage.name not in ("read", "report")]
    kept = record_looks(study, [look for each in found for look in each.looks], _estimand(study, out))
    write_whole(out / "manifest.json", render_json({**describe_run(study, records), "looks_recorded": kept}))
    said = json.loads((out / "results.json").read_text(encoding="utf-8"))["answer"]
    return Run(out, said["text"], said["how_sure"], said["stall"], records)


def _estimand(study: StudyFile, out: Path) -> str:
    trial = load_trial(study, out)
    return trial.estimand.text if trial else ""


def _require_apart(study: StudyFile, out: Path) -> None:
    """The output would overwrite the study file where both share a folder."""
    if out.resolve() == study.path.parent.resolve():
        raise OutputError("is the folder of the study itself", where=str(out), do="give another folder with --out")
