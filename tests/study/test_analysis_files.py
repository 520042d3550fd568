from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.response.analysis import Analysis
from stallpoint.study.analysis_files import read_analysis, render_analysis

CHECK = Check("convergence", "warning", "It took long.", 3)
ANALYSIS = Analysis(
    effects=(
        Effect("slope", "Slope", 0.1, -np.inf, 0.3, "points per month", 12, "all", "joint", checks=(CHECK,), sources=("a", "b")),
        Effect(
            "odds", "Odds", np.float64(1.5), float("nan"), 2.0, "", 12, "all", "cafs", scale="ratio", std_error=0.2, p_value=0.04
        ),
    ),
    findings=(Finding("Does it?", "It may.", "randomised data", True, True, bool(np.True_), "slope", (CHECK,)),),
    looks=(
        Look("Slope", "average effect", "ALSFRS-R", True, "slope", None),
        Look("Odds", "modifier", "death", False, "odds", 0.04, 0.08),
    ),
    checks=(CHECK,),
    methods=("A model.",),
    sources=("a",),
    series={"survival": pl.DataFrame({"arm": ["active"], "survival": [0.5]})},
)


def test_an_analysis_comes_back_from_its_files(tmp_path: Path) -> None:
    for name, content in render_analysis("average", ANALYSIS).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    back = read_analysis("average", tmp_path)
    assert repr(back.effects) == repr(ANALYSIS.effects).replace("np.float64(1.5)", "1.5")  # nan is not equal to itself
    assert (back.findings, back.looks, back.checks) == (ANALYSIS.findings, ANALYSIS.looks, ANALYSIS.checks)
    assert (back.methods, back.sources) == (ANALYSIS.methods, ANALYSIS.sources)
    assert back.series["survival"].equals(ANALYSIS.series["survival"])


def test_the_same_analysis_gives_the_same_bytes() -> None:
    assert render_analysis("average", ANALYSIS) == render_analysis("average", ANALYSIS)
