"""Trials with planted stalls: is the link that is named the planted one, and is nothing named where nothing stalls?

Command: python studies/planted_stalls.py --repeats 500 --seed 20261123 --workers 2 --out studies/results
Goes on where it stopped; writes planted_stalls.jsonl (one row a trial) and planted_stalls.json (the table). With --repeats 0 it
makes the table of what is there.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.progress import track

from stallpoint.core.cohort import Trial
from stallpoint.core.errors import StallpointError
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.plan import Plan
from stallpoint.explain.stall import required_probability
from stallpoint.explain.study_chain import fit_models, judge_evidence, judge_trial, read_evidence, see_trial
from stallpoint.simulate.chain_world import ChainTrial, ChainWorld, impede, simulate_chain_trial
from stallpoint.simulate.natural_history import NaturalHistory, default_natural_history

SIZES = (150, 300, 600)
PAIRS: tuple[tuple[Link, ...], ...] = (("absorbed", "relevant"), ("delivered", "engaged"), ("taken", "timely"))
PLANTED: tuple[tuple[Link, ...], ...] = ((), *((link,) for link in LINKS), *PAIRS)
MISSPECIFIED: tuple[tuple[Link, ...], ...] = ((), ("absorbed",), ("delivered",), ("relevant",))
KINDS = ("drop-out by function", "noise and skew", "weak drug", "plan far off", "relevance hidden")
USUAL = frozenset({"doses", "plasma"})
EVERYTHING = frozenset({"doses", "plasma", "csf", "marker", "gene"})
DECIDES: dict[Link, str] = {"taken": "doses", "absorbed": "plasma", "delivered": "csf", "engaged": "marker", "relevant": "gene"}
"""The table that speaks of a link; `timely` and `visible` take another trial: earlier entry, longer follow-up."""


@dataclass(frozen=True)
class Cell:
    """What is planted, in what kind of world, with how many people."""

    planted: tuple[Link, ...]
    kind: str
    n: int

    @property
    def name(self) -> str:
        return " and ".join(self.planted) or "none"


def list_cells() -> list[Cell]:
    usual = [Cell(planted, "as simulated", n) for n in SIZES for planted in PLANTED]
    return usual + [Cell(planted, kind, 300) for kind in KINDS for planted in MISSPECIFIED]


def list_work(repeats: int) -> Iterator[tuple[Cell, int]]:
    """All cells once, then again; worlds of other kinds a fifth as often."""
    for repeat in range(repeats):
        for cell in list_cells():
            if cell.kind == "as simulated" or repeat % 5 == 0:
                yield cell, repeat


def draw_world(cell: Cell, rng: np.random.Generator) -> tuple[ChainWorld, NaturalHistory, float]:
    """A world whose nuisances differ from trial to trial; the kind says what is unlike anything that was assumed."""
    world = ChainWorld(
        slowing=rng.uniform(0.35, 0.75),
        hill=rng.uniform(1.0, 3.0),
        nfl_fall=rng.uniform(0.0, 0.5),
        carrier_share=rng.uniform(0.15, 0.4),
    )
    for link in cell.planted:
        world = impede(world, link, n=cell.n)
    history, plan_error = default_natural_history(), 0.2
    if cell.kind == "drop-out by function":
        leaving = replace(history.withdrawal, scale_months=history.withdrawal.scale_months / 4, log_hazard_per_point=-0.12)
        history = replace(history, withdrawal=leaving)
    if cell.kind == "noise and skew":
        history = replace(history, residual_sd=3.0, slope_skew=-5.46, acceleration=-0.02)
    if cell.kind == "weak drug":
        world = replace(world, slowing=rng.uniform(0.08, 0.18))
    if cell.kind == "plan far off":
        plan_error = 0.7
    if cell.kind == "relevance hidden":
        world = replace(world, hidden=True)
    return world, history, plan_error


def judge_cell(asked: tuple[Cell, int], *, seed: int) -> dict[str, Any]:
    """One row: for each set of measurements the likeliest stall, its probability, and that none impedes."""
    cell, repeat = asked
    rng = np.random.default_rng([seed, repeat, zlib.crc32(f"{cell.name}, {cell.kind}, {cell.n}".encode())])
    world, history, plan_error = draw_world(cell, rng)
    alone = cell.planted[0] if len(cell.planted) == 1 else None

    def judge(of: ChainWorld, measured: dict[str, frozenset[str]]) -> dict[str, list[str | float]]:
        trial = simulate_chain_trial(of, cell.n, planted=cell.planted, natural_history=history, plan_error=plan_error, rng=rng)
        return judge_measured(trial, measured, rng)

    row: dict[str, Any] = {"planted": cell.name, "kind": cell.kind, "n": cell.n, "repeat": repeat}
    try:
        if alone in ("timely", "visible"):
            another = replace(world, wide_entry=True) if alone == "timely" else replace(world, short=False)
            judged = judge(world, {"usual": USUAL, "all but it": EVERYTHING})
            judged |= judge(another, {"usual and it": USUAL, "everything": EVERYTHING})
        elif alone:
            own = {DECIDES[alone]}
            judged = judge(
                world,
                {"usual": USUAL - own, "usual and it": USUAL | own, "all but it": EVERYTHING - own, "everything": EVERYTHING},
            )
        else:
            judged = judge(world, {"usual": USUAL, "everything": EVERYTHING})
    except StallpointError as fault:
        return {**row, "fault": fault.text}
    return {**row, "judged": judged}


def judge_measured(
    simulated: ChainTrial, measured: dict[str, frozenset[str]], rng: np.random.Generator
) -> dict[str, list[str | float]]:
    """The same trial judged with each set of measurements: likeliest link, its probability, probability that none impedes."""
    fits = fit_models(simulated.trial)
    visible = None
    judgements: dict[str, list[str | float]] = {}
    for name, tables in measured.items():
        trial, plan = keep_measured(simulated, tables)
        evidence = read_evidence(trial, plan, fits)
        visible = visible or see_trial(evidence, rng=rng)
        stall = judge_trial("the trial", evidence, judge_evidence(evidence, visible, rng=rng)).stall
        likeliest = max(LINKS, key=stall.probability.__getitem__)
        judgements[name] = [likeliest, round(stall.probability[likeliest], 4), round(stall.no_stall, 4)]
    return judgements


def keep_measured(simulated: ChainTrial, tables: frozenset[str]) -> tuple[Trial, Plan]:
    """The same trial as if only these had been measured."""
    cohort, plan = simulated.trial.cohort, simulated.plan
    matrices = [matrix for matrix in ("plasma", "csf") if matrix in tables]
    kept = replace(
        cohort,
        doses=cohort.doses if "doses" in tables else cohort.doses.clear(),
        concentrations=cohort.concentrations.filter(pl.col("matrix").is_in(matrices)),
    )
    plan = plan if "marker" in tables else replace(plan, engagement_marker="", full_change=None)
    plan = plan if "gene" in tables else replace(plan, target_gene="")
    return replace(simulated.trial, cohort=kept), plan


def summarise(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each cell and set of measurements: how often a link, the planted one, none, or no answer was given."""
    groups: dict[tuple[str, str, int, str], list[list[Any]]] = {}
    for row in rows:
        for measured, judgement in row.get("judged", {"fault": []}).items():
            groups.setdefault((row["planted"], row["kind"], row["n"], measured), []).append(judgement)
    table = []
    for (planted, kind, n, measured), judged in groups.items():
        cell = {"planted": planted, "kind": kind, "n": n, "measured": measured, "trials": len(judged)}
        if measured == "fault":
            table.append(cell)
            continue
        named = [link for link, probability, _ in judged if probability >= required_probability(link)]
        no_stall = sum(none >= required_probability(None) for _, _, none in judged)
        # A longer trial sees what the short one did not: nothing stalls in it.
        stalls = [] if planted == "visible" and measured in ("usual and it", "everything") else planted.split(" and ")
        table.append(
            {
                **cell,
                "named": len(named),
                "right": sum(link in stalls for link in named),
                "said no stall": no_stall,
                "cannot tell": len(judged) - len(named) - no_stall,
                "links named": {link: named.count(link) for link in LINKS if link in named},
            }
        )
    return sorted(table, key=lambda each: (each["kind"], each["planted"], each["n"], each["measured"]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    path = asked.out / "planted_stalls.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    done = {(row["planted"], row["kind"], row["n"], row["repeat"]) for row in rows}
    work = [(cell, repeat) for cell, repeat in list_work(asked.repeats) if (cell.name, cell.kind, cell.n, repeat) not in done]
    with (
        ProcessPoolExecutor(asked.workers, mp_context=get_context("spawn")) as executor,
        path.open("a", encoding="utf-8") as file,
    ):
        made = executor.map(partial(judge_cell, seed=asked.seed), work, chunksize=4)
        for row in track(made, total=len(work), description="trials", disable=not sys.stdout.isatty()):
            rows.append(row)
            file.write(json.dumps(row) + "\n")
            file.flush()
    thresholds = {str(answer): required_probability(answer) for answer in (*LINKS, None)}
    document = {"seed": asked.seed, "trials": len(rows), "thresholds": thresholds, "cells": summarise(rows)}
    (asked.out / "planted_stalls.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
