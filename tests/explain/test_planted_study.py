"""What was promised of named stalls holds in the committed study, under the threshold that the software uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stallpoint.core.parameter import LINKS
from stallpoint.explain.stall import required_probability

STUDY = json.loads((Path(__file__).parents[2] / "studies/results/planted_stalls.json").read_text(encoding="utf-8"))
CELLS = [cell for cell in STUDY["cells"] if cell["kind"] == "as simulated"]
SIZES = (150, 300, 600)
MEASURED = ("usual", "usual and it", "all but it", "everything")


def pooled(*, measured, none=False, planted=None, n=None):
    kept = [
        cell
        for cell in CELLS
        if cell["measured"] == measured
        and (cell["planted"] == "none") == none
        and planted in (None, cell["planted"])
        and n in (None, cell["n"])
    ]
    return {key: sum(cell[key] for cell in kept) for key in ("trials", "named", "right", "cannot tell")}


def abstains(**which):
    found = pooled(**which)
    return found["cannot tell"] / found["trials"]


def test_the_thresholds_are_those_that_were_studied():
    assert STUDY["thresholds"] == {str(answer): required_probability(answer) for answer in (*LINKS, None)}


def test_every_cell_has_its_five_hundred_trials():
    assert {cell["trials"] for cell in CELLS} == {500}


def test_no_trial_was_left_unjudged():
    assert not [cell for cell in STUDY["cells"] if cell["measured"] == "fault"]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("measured", MEASURED)
def test_a_named_stall_is_a_planted_one_in_nine_of_ten(measured, n):
    found = pooled(measured=measured, n=n)
    assert found["named"] > 50
    assert found["right"] >= 0.9 * found["named"]


@pytest.mark.parametrize("planted", ["taken", "absorbed", "delivered", "engaged", "relevant", "timely", "visible"])
@pytest.mark.parametrize("measured", MEASURED)
def test_and_so_it_is_whichever_link_was_planted(measured, planted):
    found = pooled(measured=measured, planted=planted)
    alone = planted == "visible" and measured in ("usual and it", "everything")
    assert found["right"] >= 0.9 * found["named"] or (alone and found["named"] <= 0.05 * found["trials"])


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("measured", ["usual", "everything"])
def test_where_nothing_stalls_nothing_is_named_in_nineteen_of_twenty(measured, n):
    found = pooled(measured=measured, none=True, n=n)
    assert found["trials"] > 100
    assert found["named"] <= 0.05 * found["trials"]


@pytest.mark.parametrize("n", SIZES)
def test_abstention_falls_as_the_deciding_measurement_is_added(n):
    assert abstains(measured="usual", n=n) > abstains(measured="usual and it", n=n) > abstains(measured="everything", n=n)
    assert abstains(measured="all but it", n=n) > abstains(measured="everything", n=n)


@pytest.mark.parametrize("planted", ["taken", "absorbed", "delivered", "engaged", "relevant", "timely", "visible"])
def test_it_falls_for_every_link_once_the_rest_is_measured(planted):
    assert abstains(measured="all but it", planted=planted) > abstains(measured="everything", planted=planted)
