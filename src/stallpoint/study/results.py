"""All that the stages found, as the content of a report and as results.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort, Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import StallpointError
from stallpoint.core.source import Source
from stallpoint.core.wording import counted
from stallpoint.knowledge.sources import load_sources
from stallpoint.quality.representativeness import compare_with_population
from stallpoint.report.by_risk_score import prohibited_uses
from stallpoint.report.content import PlantedBesideFound, ReportContent
from stallpoint.report.small_cells import hide_small_counts
from stallpoint.response.analysis import join_analyses
from stallpoint.study.analysis_files import read_analysis
from stallpoint.study.answer import answer_cohort, answer_trial, say_how_sure
from stallpoint.study.limits import say_limits
from stallpoint.study.looks_file import earlier_looks, not_among
from stallpoint.study.manifest import hash_code, hash_inputs
from stallpoint.study.stages import load_cohort, load_trial
from stallpoint.study.study_file import StudyFile

SCHEMA = "stallpoint.results/1"


def compose_report(study: StudyFile, out: Path, *, analyses: Sequence[str]) -> ReportContent:
    """The report of a run from what its stages left in its folder."""
    trial = load_trial(study, out)
    cohort = trial.cohort if trial else load_cohort(out)
    found = join_analyses([read_analysis(name, out) for name in analyses])
    estimand = trial.estimand.text if trial else ""
    alike = compare_with_population(cohort)
    checks = _each_once(
        (*cohort.checks, *found.checks, *(check for effect in found.effects for check in effect.checks), alike.check)
    )
    content = ReportContent(
        kicker=_say_study(study, cohort, trial),
        question=_ask(trial),
        answer=answer_trial(trial, found.effects, found.findings) if trial else answer_cohort(cohort, found.effects),
        how_sure=say_how_sure(found.effects, found.findings, checks),
        stall=say_stall(found.series, found.checks),
        estimand=estimand,
        represents=alike.text,
        effects=found.effects,
        findings=found.findings,
        looks=found.looks,
        earlier_looks=not_among(earlier_looks(study), found.looks, estimand),
        checks=checks,
        methods=found.methods,
        sources=cited_sources(
            [*found.sources, *(source for effect in found.effects for source in effect.sources), *alike.sources]
        ),
        limits=say_limits(
            randomised=trial is not None and not cohort.not_randomised,
            simulated=cohort.simulated,
            smallest_cell=study.study.smallest_cell,
            notices=say_source(cohort),
        ),
        arms=(trial.treatment, trial.control) if trial else (),
        series={**found.series, "representativeness": alike.rows},
        planted=_beside_planted(study, found.effects),
        provenance=_say_provenance(study),
        simulated=cohort.simulated,
        smallest_cell=study.study.smallest_cell,
    )
    return hide_small_counts(content)


def describe_results(study: StudyFile, content: ReportContent) -> dict[str, Any]:
    """results.json: schema, study, answer, effects, findings with status, the chain, checks, ledger, calibration, sources."""
    return {
        "schema": SCHEMA,
        "study": asdict(study.study),
        "answer": {"text": content.answer, "how_sure": content.how_sure, "stall": content.stall},
        "estimand": content.estimand,
        "representativeness": {"text": content.represents, "shares": _rows(content, "representativeness")},
        "effects": [asdict(effect) | {"text": effect.text} for effect in content.effects],
        "bounds": _rows(content, "benefit_bounds"),
        "survivors": _rows(content, "survivor_bounds"),
        "effect_spread": _rows(content, "effect_spread"),
        "deaths_by_group": _rows(content, "deaths_by_group"),
        "false_alarms": _rows(content, "false_alarms"),
        "exploration": _describe_exploration(content),
        "findings": [asdict(finding) | {"status": finding.status} for finding in content.findings],
        "links": _rows(content, "chain_links"),
        "stalls": _rows(content, "chain_stalls"),
        "measurements": _rows(content, "chain_measurements"),
        "checks": content.checks,
        "ledger": content.looks,
        "earlier_looks": content.earlier_looks,
        "calibration": _rows(content, "calibration"),
        "planted": content.planted,
        "methods": content.methods,
        "limits": content.limits,
        "prohibited_uses": prohibited_uses(content.effects),
        "sources": content.sources,
    }


def _describe_exploration(content: ReportContent) -> dict[str, Any]:
    """Tables of the exploration by name; empty where nothing was explored. Its effects and its finding stand with the others."""
    start = "exploration_"
    return {name.removeprefix(start): frame.to_dicts() for name, frame in content.series.items() if name.startswith(start)}


def say_stall(series: Mapping[str, pl.DataFrame], checks: Sequence[Check]) -> str:
    """Groups in which a link is named, and the trial as a whole; a check says why where no chain was judged."""
    if "chain_stalls" not in series:
        return " ".join(check.text for check in checks if check.name == "chain")
    whole, *others = series["chain_stalls"].to_dicts()
    named = [each["text"] for each in others if each["kind"] == "group" and each["named"] is not None]
    more = {"no stall": whole["most_lost"], "cannot be told apart": _say_deciding(series["chain_measurements"])}
    of_all = f"{whole['text']} {more.get(whole['answer'], '')}".rstrip()
    return " ".join([*named, of_all] if whole["named"] is None else [of_all, *named])


def _say_deciding(measurements: pl.DataFrame) -> str:
    """What each measurement would give, at the middle number of people that was asked for; in a fixed order that is no ranking."""
    in_people = measurements.filter(~pl.col("another_trial"))
    if in_people.is_empty():
        return ""
    asked = in_people["people"].unique().sort()
    people = asked[asked.len() // 2]
    rows = in_people.filter(pl.col("people") == people).iter_rows(named=True)
    said = ", ".join(f"{row['measurement']} {row['answers']:.0%}" for row in rows)
    return f"Had it been measured in {people} people, there would be an answer this often: {said}."


def _rows(content: ReportContent, series: str) -> list[dict[str, Any]]:
    return content.series[series].to_dicts() if series in content.series else []


def _say_study(study: StudyFile, cohort: Cohort, trial: Trial | None) -> str:
    kind = f"{trial.treatment} against {trial.control}" if trial else "a cohort without arms"
    kind += ", not randomised" if trial and cohort.not_randomised else ""
    simulated = ["simulated data"] if cohort.simulated else []
    return " · ".join([study.name, counted(cohort.n, "person"), kind, *simulated])


def say_source(cohort: Cohort) -> tuple[str, ...]:
    """What the source says of itself, the reason why nobody was randomised first."""
    return (*([cohort.not_randomised] if cohort.not_randomised else []), *cohort.notices)


def _ask(trial: Trial | None) -> str:
    if trial is None:
        return "How do these people lose function over time?"
    if trial.cohort.not_randomised:
        return f"Did people on {trial.treatment} fare differently from people on {trial.control}?"
    return f"Did {trial.treatment} help, compared with {trial.control}, and for whom?"


def cited_sources(ids: Iterable[str]) -> tuple[Source, ...]:
    """Each work once, in this order.

    Raises:
        StallpointError: an id that no source has.
    """
    known = load_sources()
    cited = _each_once(ids)
    unknown = [source for source in cited if source not in known]
    if unknown:
        raise StallpointError(
            f"unknown sources: {', '.join(unknown)}", where="sources.tsv", do="report this as a fault of the software"
        )
    return tuple(known[source] for source in cited)


def _beside_planted(study: StudyFile, effects: Sequence[Effect]) -> tuple[PlantedBesideFound, ...]:
    planted = read_planted(study)
    return tuple(
        PlantedBesideFound(each.label, planted[each.name], each.estimate, each.low, each.high, each.unit)
        for each in effects
        if each.name in planted
    )


def read_planted(study: StudyFile) -> Mapping[str, float]:
    """What was planted in simulated data: the name of an effect to its true value."""
    if study.planted is None:
        return {}
    values: dict[str, float] = json.loads(study.planted.read_text(encoding="utf-8"))["effects"]
    return values


def _say_provenance(study: StudyFile) -> dict[str, str]:
    hashes = {name: f"sha256 {digest[:16]}" for name, digest in hash_inputs(study).items()}
    return {"stallpoint": version("stallpoint"), "code": f"sha256 {hash_code()[:16]}", "seed": str(study.run.seed), **hashes}


def _each_once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
