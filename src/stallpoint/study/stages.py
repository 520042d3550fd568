"""The stages of a run, as data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl

from stallpoint.core.build import DERIVED_MODIFIERS, require_covariates
from stallpoint.core.cohort import Cohort, Modifiers, Trial
from stallpoint.core.tables import TABLES
from stallpoint.response.exploration.extra import require_learners
from stallpoint.study.analysis_files import read_checks, render_analysis, render_parquet
from stallpoint.study.cohort_of_study import pose_trial, read_cohort
from stallpoint.study.json_text import render_json
from stallpoint.study.looks_file import asked_modifiers, earlier_looks
from stallpoint.study.manifest import hash_inputs
from stallpoint.study.stage import Outputs, Stage, hash_file
from stallpoint.study.study_file import STUDY_FILE, StudyFile


def choose_stages(study: StudyFile) -> tuple[Stage, ...]:
    """The stages this study needs.

    Arms ask for an average effect and how far it may differ, named modifiers for theirs, an exploration for its own.
    """
    analyses = [AVERAGE, HETEROGENEITY] if study.trial else []
    if study.modifiers != Modifiers():
        analyses += [MODIFIERS, MEASURES]
    if study.exploration:
        analyses.append(EXPLORATION)
    if study.calibrate:
        analyses.append(CALIBRATE)
    if study.trial:
        analyses.append(EXPLAIN)
    analyses.append(COURSE)
    report = replace(REPORT, after=("read", *(stage.name for stage in analyses)))
    return (READ, *analyses, report)


def load_cohort(out: Path) -> Cohort:
    """The cohort as the first stage left it in the run's folder."""
    said = json.loads((out / "stages/read.json").read_text(encoding="utf-8"))
    tables = {name: pl.read_parquet(out / _table_file(name)) for name in TABLES}
    return Cohort(
        said["name"],
        **tables,
        checks=read_checks(said["checks"]),
        simulated=said["simulated"],
        not_randomised=said["not_randomised"],
        notices=tuple(said["notices"]),
    )


def load_trial(study: StudyFile, out: Path) -> Trial | None:
    """The trial the study asks about, in the run's own tables; None for a cohort without arms."""
    return pose_trial(study, load_cohort(out)) if study.trial else None


def _read(study: StudyFile, _out: Path) -> Outputs:
    """All that can be wrong with tables or question is found here, before anything is written."""
    cohort = read_cohort(study)
    if study.trial:
        pose_trial(study, cohort)
    if study.exploration:
        require_covariates(cohort, study.exploration.covariates, "exploration", derived=DERIVED_MODIFIERS)
        require_learners(study.exploration.learners)
    tables = {_table_file(name): render_parquet(getattr(cohort, name)) for name in TABLES}
    said = {
        "name": cohort.name,
        "simulated": cohort.simulated,
        "not_randomised": cohort.not_randomised,
        "notices": cohort.notices,
        "checks": cohort.checks,
    }
    return {"stages/read.json": render_json(said), **tables}


def _course(study: StudyFile, out: Path) -> Outputs:
    import numpy as np

    from stallpoint.response.course import describe_course

    trial = load_trial(study, out)
    cohort = trial.cohort if trial else load_cohort(out)
    rng = np.random.default_rng(study.run.seed)
    return render_analysis("course", describe_course(cohort, estimand=trial.estimand if trial else None, rng=rng))


def _average(study: StudyFile, out: Path) -> Outputs:
    from stallpoint.response.average import estimate_average

    return render_analysis("average", estimate_average(pose_trial(study, load_cohort(out))))


def _heterogeneity(study: StudyFile, out: Path) -> Outputs:
    import numpy as np

    from stallpoint.response.heterogeneity import estimate_heterogeneity

    rng = np.random.default_rng(study.run.seed)
    return render_analysis("heterogeneity", estimate_heterogeneity(pose_trial(study, load_cohort(out)), rng=rng))


def _modifiers(study: StudyFile, out: Path) -> Outputs:
    import numpy as np

    from stallpoint.response.modifiers import estimate_modifiers

    rng = np.random.default_rng(study.run.seed)
    return render_analysis("modifiers", estimate_modifiers(pose_trial(study, load_cohort(out)), rng=rng))


def _exploration(study: StudyFile, out: Path) -> Outputs:
    import numpy as np

    from stallpoint.response.exploration.explore import estimate_exploration

    assert study.exploration is not None  # noqa: S101 - the stage is chosen by it
    rng = np.random.default_rng(study.run.seed)
    trial = pose_trial(study, load_cohort(out))
    return render_analysis("exploration", estimate_exploration(trial, study.exploration, rng=rng))


def _measures(study: StudyFile, out: Path) -> Outputs:
    from stallpoint.response.analysis import join_analyses
    from stallpoint.response.excess_deaths import estimate_excess_deaths
    from stallpoint.response.other_measures import compare_measures

    trial = pose_trial(study, load_cohort(out))
    return render_analysis("measures", join_analyses([compare_measures(trial), estimate_excess_deaths(trial)]))


def _calibrate(study: StudyFile, out: Path) -> Outputs:
    from stallpoint.study.calibration import calibrate

    trial = pose_trial(study, load_cohort(out))
    return render_analysis("calibrate", calibrate(study, trial, out, settings=_repeats(study)))


def _explain(study: StudyFile, out: Path) -> Outputs:
    import numpy as np

    from stallpoint.explain.analysis import analyse_chain

    rng = np.random.default_rng(study.run.seed)
    trial = pose_trial(study, load_cohort(out))
    return render_analysis("explain", analyse_chain(trial, plan=study.chain, costs=study.costs, rng=rng))


def _report(study: StudyFile, out: Path) -> Outputs:
    from stallpoint.report.render import render_report
    from stallpoint.study.looks_file import render_ledger
    from stallpoint.study.results import compose_report, describe_results

    content = compose_report(study, out, analyses=tuple(stage.name for stage in choose_stages(study)[1:-1]))
    return {
        STUDY_FILE: study.text.encode(),
        "results.json": render_json(describe_results(study, content)),
        "report.html": render_report(content).encode(),
        "ledger.csv": render_ledger(content.looks, content.earlier_looks),
    }


def _table_file(name: str) -> str:
    return f"tables/{name}.parquet"


def _question(study: StudyFile) -> object:
    return [study.trial, study.estimand, asked_modifiers(study), study.run]


def _data(study: StudyFile) -> object:
    return [study.study, {name: hash_file(path) for name, path in study.tables.items()}]


def _reported(study: StudyFile) -> object:
    return [study.text, hash_inputs(study), earlier_looks(study)]


def _repeats(study: StudyFile) -> object:
    """What a single repeat of the calibration depends on: neither how many there are nor who makes them."""
    assert study.calibrate is not None  # noqa: S101 - the stage is chosen only where the section is there
    return [_question(study), _data(study), replace(study.calibrate, trials=1, workers=1)]


def _calibration(study: StudyFile) -> object:
    """What the outcome depends on: everything but the number of workers."""
    return [_question(study), study.calibrate and replace(study.calibrate, workers=1)]


READ = Stage(
    "read", "Reading and checking the tables", (), lambda study: [_data(study), _question(study), study.exploration], _read
)
COURSE = Stage("course", "Describing the course", ("read",), lambda study: [study.trial, study.estimand, study.run], _course)
AVERAGE = Stage("average", "Estimating the average effect", ("read",), _question, _average)
HETEROGENEITY = Stage("heterogeneity", "Asking whether the effect differs at all", ("read",), _question, _heterogeneity)
MODIFIERS = Stage("modifiers", "Estimating for whom the effect differs", ("read",), _question, _modifiers)
MEASURES = Stage("measures", "Asking other measures the same", ("read",), _question, _measures)
EXPLORATION = Stage(
    "exploration",
    "Exploring for whom else the effect differs",
    ("read",),
    lambda study: [_question(study), study.exploration],
    _exploration,
)
CALIBRATE = Stage("calibrate", "Turning the analysis on the study itself, shuffled", ("read",), _calibration, _calibrate)
EXPLAIN = Stage(
    "explain", "Asking where it stalls", ("read",), lambda study: [_question(study), study.chain, study.costs], _explain
)
REPORT = Stage("report", "Writing the report", ("read",), _reported, _report)
