"""What was promised of named stalls holds in the committed study, under the threshold that the software uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stallpoint.knowledge.chain import load_chain_assumptions

STUDY = json.loads((Path(__file__).parents[2] / "studies/results/planted_stalls.json").read_text(encoding="utf-8"))
CELLS = [cell for cell in STUDY["cells"] if cell["kind"] == "as simulated"]


def pooled(*, measured, none=False, n=None):
    kept = [c for c in CELLS if c["measured"] == measured and (c["planted"] == "none") == none and n in (None, c["n"])]
    return {key: sum(cell[key] for cell in kept) for key in ("trials", "named", "right", "cannot tell")}


def test_the_threshold_is_the_one_that_was_studied():
    assert STUDY["threshold"] == load_chain_assumptions()["stall_probability"]


@pytest.mark.parametrize("n", [150, 300, 600])
def test_a_named_stall_is_a_planted_one_in_nine_of_ten(n):
    found = pooled(measured="all", n=n)
    assert found["named"] > 100
    assert found["right"] >= 0.9 * found["named"]


@pytest.mark.parametrize("measured", ["without", "with", "all"])
def test_where_nothing_stalls_nothing_is_named_in_nineteen_of_twenty(measured):
    found = pooled(measured=measured, none=True)
    assert found["trials"] > 150
    assert found["named"] <= 0.05 * found["trials"]


@pytest.mark.parametrize("n", [150, 300, 600])
def test_abstention_falls_as_more_is_measured(n):
    usual, deciding, everything = (
        found["cannot tell"] / found["trials"] for found in (pooled(measured=each, n=n) for each in ("without", "with", "all"))
    )
    assert usual > deciding > everything
