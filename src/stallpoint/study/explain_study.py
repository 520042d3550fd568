"""Where a study's treatment stalls, without a run: read, ask, say, and write down where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.core.cohort import Trial
from stallpoint.core.errors import OutputError
from stallpoint.explain.analysis import tabulate_links, tabulate_measurements, tabulate_stalls
from stallpoint.explain.explanation import Explanation, explain_trial
from stallpoint.study.cohort_of_study import pose_trial, read_cohort
from stallpoint.study.json_text import render_json
from stallpoint.study.study_file import StudyFile, read_study_file

SCHEMA = "stallpoint.explanation/1"


@dataclass(frozen=True)
class ExplainedStudy:
    """The study, the trial it asks about, the explanation, and the file it was written to; None where none was asked for."""

    study: StudyFile
    trial: Trial
    explanation: Explanation
    written: Path | None


def explain_study(path: Path, *, out: Path | None = None) -> ExplainedStudy:
    """Explain the trial of a study folder or study.toml.

    Raises:
        StallpointError: the study cannot be read, has no [trial], its chain cannot be judged, or `out` cannot be written.
    """
    study = read_study_file(path)
    trial = pose_trial(study, read_cohort(study))
    explanation = explain_trial(trial, plan=study.chain, costs=study.costs, rng=np.random.default_rng(study.run.seed))
    explained = ExplainedStudy(study, trial, explanation, None if out is None else out / "explanation.json")
    if explained.written is not None:
        _write(explained.written, render_json(record_of(explained)))
    return explained


def record_of(explained: ExplainedStudy) -> dict[str, Any]:
    """The explanation as plain values, for --json and explanation.json."""
    found = explained.explanation
    return {
        "schema": SCHEMA,
        "study": explained.study.name,
        "treatment": explained.trial.treatment,
        "control": explained.trial.control,
        "simulated": explained.trial.cohort.simulated,
        "answer": found.text,
        "stalls": tabulate_stalls(found).to_dicts(),
        "links": tabulate_links(found).to_dicts(),
        "measurements": tabulate_measurements(found).to_dicts(),
        "currency": explained.study.costs.currency,
        "findings": [{"question": each.question, "text": each.text, "status": each.status} for each in found.findings],
        "ledger": found.looks,
        "checks": found.checks,
        "methods": found.methods,
    }


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault}", where=str(file.parent), do="name a folder that you can write") from fault
