"""Planted literatures: where the published evidence alone is asked, is the link that is named the planted one, and how often is none named?

A world has one link that passes 5%, and 95% at the others, or 95% at all of them. Its literature: two randomised trials, whose slowing is
what arrives, with the error of trials of that size; and, in the rich case, a finding in randomised people on each link up to relevant,
wrong in one of ten. `visible` is planted by the size of the trials, 12 people each, at a full effect.

Command: .venv/bin/python studies/literature_stalls.py --repeats 50 --seed 20261123 --out studies/results
"""

from __future__ import annotations

import argparse
import json
from math import sqrt
from pathlib import Path

import numpy as np

from stallpoint.core.claim import Claim
from stallpoint.core.parameter import LINKS, Link
from stallpoint.explain.link_reading import read_links
from stallpoint.explain.literature_chain import draw_literature_chain
from stallpoint.explain.outcomes import Outcome, error_of_one_person
from stallpoint.explain.stall import Stall, find_stall
from stallpoint.knowledge.evidence.load import load_evidence

SIZES = (300,)
SMALL = 12
POTENTIAL = 0.5
PASSES, IMPEDES = 0.95, 0.05
WRONG = 0.1
TOLD: tuple[Link, ...] = ("taken", "absorbed", "delivered", "engaged", "relevant")
TRIALS = 2


def main() -> None:
    """Every planted link, size and richness of the literature; one row of counts each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    spread = error_of_one_person(load_evidence())
    rows = [
        judge_cell(planted, size, rich=rich, spread=spread, repeats=asked.repeats, seed=asked.seed)
        for rich in (False, True)
        for size in SIZES
        for planted in (None, *LINKS)
    ]
    (asked.out / "literature_stalls.json").write_text(
        json.dumps({"seed": asked.seed, "rows": rows}, indent=1) + "\n", encoding="utf-8"
    )


def judge_cell(
    planted: Link | None, size: int, *, rich: bool, spread: float, repeats: int, seed: int
) -> dict[str, str | int | float | bool]:
    """How often the planted link is named, another is, and how often it remains possible where none is."""
    cell = (0 if planted is None else LINKS.index(planted) + 1, size, int(rich))
    stalls = [
        judge_one(planted, size, rich=rich, spread=spread, rng=np.random.default_rng((seed, *cell, at))) for at in range(repeats)
    ]
    named = [stall.named for stall in stalls]
    return {
        "planted": planted or "none",
        "size": SMALL if planted == "visible" else size,
        "evidence_on_links": rich,
        "literatures": repeats,
        "named": sum(each is not None for each in named),
        "named_rightly": sum(each is not None and each == planted for each in named),
        "planted_remains_possible": sum(planted in stall.possible if planted else stall.none_possible for stall in stalls),
    }


def judge_one(planted: Link | None, size: int, *, rich: bool, spread: float, rng: np.random.Generator) -> Stall:
    """One literature, drawn and judged."""
    passed = np.prod([IMPEDES if link == planted else PASSES for link in LINKS if link != "visible"])
    error = spread / sqrt(SMALL if planted == "visible" else size)
    outcomes = [
        Outcome(_claim("result", None), float(POTENTIAL * passed + rng.normal(0, error)), error, "interval")
        for _ in range(TRIALS)
    ]
    claims = [_claim(link, link, refutes=(link == planted) != (rng.random() < WRONG)) for link in TOLD] if rich else []
    chain = draw_literature_chain("it", read_links(claims, None), outcomes, (), rng=rng).chain
    return find_stall(chain)


def _claim(id_: str, link: Link | None, *, refutes: bool = False) -> Claim:
    return Claim(
        id_, "engagement", "refutes" if refutes else "supports", "said", "randomised", "assumed", "modelling_choice", link=link
    )


if __name__ == "__main__":
    main()
