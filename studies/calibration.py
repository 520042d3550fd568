"""The simulated world beside published margins.

Command: .venv/bin/python studies/calibration.py
Writes studies/results/calibration.json and studies/results/calibration.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from stallpoint.simulate.published import compare_with_published

PEOPLE = 20_000
SEED = 1
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    table = compare_with_published(PEOPLE, rng=np.random.default_rng(SEED))
    RESULTS.mkdir(exist_ok=True)
    document = {"people": PEOPLE, "seed": SEED, "margins": table.to_dicts()}
    (RESULTS / "calibration.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "calibration.md").write_text(render_markdown(table), encoding="utf-8")
    print(render_markdown(table))


def render_markdown(table: pl.DataFrame) -> str:
    head = [
        f"# Simulated and published margins ({PEOPLE:,} simulated people, seed {SEED})",
        "",
        "| quantity | simulated | published | range | unit | known as | source |",
        "| --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    return "\n".join([*head, *(_row(row) for row in table.iter_rows(named=True)), ""])


def _row(row: dict[str, object]) -> str:
    outside = "" if row["within"] else " (outside)"
    return (
        f"| {row['quantity']} | {row['simulated']:.3f}{outside} | {row['published']:g} | {row['low']:g} to {row['high']:g} "
        f"| {row['unit']} | {row['tag']} | {row['source']} |"
    )


if __name__ == "__main__":
    main()
