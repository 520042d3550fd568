"""Where a study's treatment stalls, without a run: read, ask, say, and write down where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.core.cohort import Trial
from stallpoint.core.finding import Finding
from stallpoint.core.wording import counted
from stallpoint.explain.analysis import tabulate_links, tabulate_measurements, tabulate_stalls
from stallpoint.explain.explanation import Explanation, explain_trial
from stallpoint.quality.representativeness import compare_with_population
from stallpoint.report.content import ReportContent
from stallpoint.report.small_cells import hide_small_counts
from stallpoint.study.answer import say_how_sure
from stallpoint.study.cohort_of_study import pose_trial, read_cohort
from stallpoint.study.json_text import render_json
from stallpoint.study.limits import say_limits
from stallpoint.study.output_folder import write_whole
from stallpoint.study.results import cited_sources, say_source, say_stall
from stallpoint.study.study_file import StudyFile, read_study_file

SCHEMA = "stallpoint.explanation/1"
_STATUS_MEANS = {
    "exploratory": "Exploratory: it rests on what was measured here, and is to be confirmed in other people.",
    "hypothesis": "A hypothesis: it rests on an assumption, not on these data.",
    "cannot tell": "These data cannot tell.",
}


@dataclass(frozen=True)
class ExplainedStudy:
    """The study, the trial it asks about, the explanation, what a page says of it, and the page; None where none was asked for."""

    study: StudyFile
    trial: Trial
    explanation: Explanation
    content: ReportContent
    report: Path | None


def explain_study(path: Path, *, out: Path | None = None) -> ExplainedStudy:
    """Explain the trial of a study folder or study.toml.

    Args:
        path: the study.
        out: folder for explanation.html and explanation.json.

    Raises:
        StallpointError: the study cannot be read, has no [trial], its chain cannot be judged, or `out` cannot be written.
    """
    study = read_study_file(path)
    trial = pose_trial(study, read_cohort(study))
    explanation = explain_trial(trial, plan=study.chain, costs=study.costs, rng=np.random.default_rng(study.run.seed))
    content = compose_explanation(study, trial, explanation)
    explained = ExplainedStudy(study, trial, explanation, content, None if out is None else out / "explanation.html")
    if out is not None:
        _write(explained, out)
    return explained


def compose_explanation(study: StudyFile, trial: Trial, found: Explanation) -> ReportContent:
    """What the page says, small cells hidden: the answer, the chain, groups and values, what would decide."""
    cohort = trial.cohort
    alike = compare_with_population(cohort)
    checks = (*cohort.checks, *found.checks, alike.check)
    series = {
        "chain_links": tabulate_links(found),
        "chain_stalls": tabulate_stalls(found),
        "chain_measurements": tabulate_measurements(found),
        "representativeness": alike.rows,
    }
    simulated = ["simulated data"] if cohort.simulated else []
    content = ReportContent(
        kicker=" · ".join([study.name, counted(cohort.n, "person"), f"{trial.treatment} against {trial.control}", *simulated]),
        question=f"Where does {trial.treatment} stall, from the dose to what the trial could see?",
        answer=say_stall(series, checks),
        how_sure=_say_status(found.findings[0], found),
        represents=alike.text,
        findings=found.findings,
        looks=found.looks,
        checks=checks,
        methods=found.methods,
        sources=cited_sources([*found.sources, *alike.sources]),
        limits=say_limits(
            randomised=not cohort.not_randomised,
            simulated=cohort.simulated,
            smallest_cell=study.study.smallest_cell,
            notices=say_source(cohort),
        ),
        series=series,
        simulated=cohort.simulated,
        smallest_cell=study.study.smallest_cell,
    )
    return hide_small_counts(content)


def _say_status(finding: Finding, found: Explanation) -> str:
    return f"{_STATUS_MEANS[finding.status]} {say_how_sure((), (), found.checks)}"


def record_of(explained: ExplainedStudy) -> dict[str, Any]:
    """The explanation as plain values, for --json and explanation.json."""
    content = explained.content
    return {
        "schema": SCHEMA,
        "study": explained.study.name,
        "treatment": explained.trial.treatment,
        "control": explained.trial.control,
        "simulated": content.simulated,
        "answer": content.answer,
        "stalls": content.series["chain_stalls"].to_dicts(),
        "links": content.series["chain_links"].to_dicts(),
        "measurements": content.series["chain_measurements"].to_dicts(),
        "currency": explained.study.costs.currency,
        "findings": [{"question": each.question, "text": each.text, "status": each.status} for each in content.findings],
        "representativeness": {"text": content.represents, "shares": content.series["representativeness"].to_dicts()},
        "ledger": content.looks,
        "checks": content.checks,
        "methods": content.methods,
        "sources": content.sources,
    }


def _write(explained: ExplainedStudy, out: Path) -> None:
    """The page is rendered before anything is written, so that a fault leaves nothing behind."""
    from stallpoint.report.render import render_explanation

    page = render_explanation(explained.content)
    write_whole(out / "explanation.json", render_json(record_of(explained)))
    write_whole(out / "explanation.html", page.encode())
