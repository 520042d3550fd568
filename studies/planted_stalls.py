"""Trials with planted stalls: is the link that is named the planted one, and is nothing named where nothing stalls?

Command: .venv/bin/python studies/planted_stalls.py --repeats 40 --seed 20261123 --out studies/results
Goes on where it stopped; writes planted_stalls.jsonl (one row a judged trial) and planted_stalls.json (the table). With --repeats 0 it
makes the table of what is there.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.core.errors import StallpointError
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.plan import Plan
from stallpoint.explain.study_chain import fit_models, judge_evidence, judge_trial, read_evidence, see_trial
from stallpoint.knowledge.chain import load_chain_assumptions
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
    """All cells once, then again; trials without a stall three times as often, worlds of other kinds half as often."""
    for repeat in range(repeats):
        for cell in list_cells():
            if cell.kind != "as simulated" and repeat % 2:
                continue
            often = cell.kind == "as simulated" and not cell.planted
            for again in range(3 if often else 1):
                yield cell, repeat + again * repeats


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


def judge_cell(cell: Cell, repeat: int, seed: int) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng([seed, repeat, zlib.crc32(f"{cell.name}, {cell.kind}, {cell.n}".encode())])
    world, history, plan_error = draw_world(cell, rng)

    def simulate(of: ChainWorld) -> ChainTrial:
        return simulate_chain_trial(of, cell.n, planted=cell.planted, natural_history=history, plan_error=plan_error, rng=rng)

    trial = simulate(world)
    alone = cell.planted[0] if len(cell.planted) == 1 else None
    deciding = DECIDES.get(alone, "") if alone else ""
    with_it = USUAL | {deciding} if deciding else USUAL if alone else EVERYTHING
    yield from judge_trial_at(
        cell, repeat, trial, {"without": USUAL - {deciding}, "with": with_it, "all": EVERYTHING}, rng, other=alone
    )
    if alone in ("timely", "visible"):
        another = replace(world, wide_entry=True) if alone == "timely" else replace(world, short=False)
        yield from judge_trial_at(cell, repeat, simulate(another), {"with": USUAL}, rng)


def judge_trial_at(
    cell: Cell,
    repeat: int,
    simulated: ChainTrial,
    measured: dict[str, frozenset[str]],
    rng: np.random.Generator,
    *,
    other: Link | None = None,
) -> Iterator[dict[str, Any]]:
    """One row for each set of measurements; `other` is the link whose deciding measurement is another trial."""
    row = {"planted": cell.name, "kind": cell.kind, "n": cell.n, "repeat": repeat}
    try:
        fits = fit_models(simulated.trial)
        visible = None
        for name, tables in measured.items():
            if name == "with" and other in ("timely", "visible"):
                continue
            trial, plan = keep_measured(simulated, tables)
            evidence = read_evidence(trial, plan, fits)
            visible = visible or see_trial(evidence, rng=rng)
            judged = judge_evidence(evidence, visible, rng=rng)
            stall = judge_trial("the trial", evidence, judged).stall
            yield {
                **row,
                "measured": name,
                "probability": [round(stall.probability[link], 4) for link in LINKS],
                "no_stall": round(stall.no_stall, 4),
                "effective": round(judged.effective),
                "passes": {link: round(share, 3) for link, share in simulated.truth.passes.items()},
            }
    except StallpointError as fault:
        yield {**row, "measured": "fault", "fault": fault.text}


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


def summarise(rows: list[dict[str, Any]], threshold: float) -> list[dict[str, Any]]:
    """For each cell and set of measurements: how often a link, the planted one, none, or no answer was given."""
    groups: dict[tuple[str, str, int, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["planted"], row["kind"], row["n"], row["measured"]), []).append(row)
    table = []
    for (planted, kind, n, measured), members in groups.items():
        faults = sum("fault" in each for each in members)
        judged = [each for each in members if "fault" not in each]
        named = [LINKS[int(np.argmax(each["probability"]))] for each in judged if max(each["probability"]) >= threshold]
        right = sum(link in planted.split(" and ") for link in named)
        no_stall = sum(each["no_stall"] >= threshold for each in judged)
        counts = {link: named.count(link) for link in LINKS if link in named}
        table.append(
            {
                "planted": planted,
                "kind": kind,
                "n": n,
                "measured": measured,
                "trials": len(judged),
                "named": len(named),
                "right": right,
                "said no stall": no_stall,
                "cannot tell": len(judged) - len(named) - no_stall,
                "links named": counts,
                "faults": faults,
            }
        )
    return sorted(table, key=lambda each: (each["kind"], each["planted"], each["n"], each["measured"]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    path = asked.out / "planted_stalls.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    done = {(row["planted"], row["kind"], row["n"], row["repeat"]) for row in rows}
    for cell, repeat in list_work(asked.repeats):
        if (cell.name, cell.kind, cell.n, repeat) in done:
            continue
        made = list(judge_cell(cell, repeat, asked.seed))
        rows.extend(made)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in made)
    done = {(row["planted"], row["kind"], row["n"], row["repeat"]) for row in rows}
    threshold = load_chain_assumptions()["stall_probability"]
    document = {"seed": asked.seed, "trials": len(done), "threshold": threshold, "cells": summarise(rows, threshold)}
    (asked.out / "planted_stalls.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
