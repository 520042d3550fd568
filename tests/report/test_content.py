from __future__ import annotations

import dataclasses

import pytest

from stallpoint.report.content import PlantedBesideFound, ReportContent


@pytest.mark.parametrize(("planted", "covered"), [(0.1, True), (0.05, True), (0.15, True), (0.2, False), (-0.1, False)])
def test_covered_when_the_interval_holds_it(planted, covered):
    assert PlantedBesideFound("slope", planted, 0.1, 0.05, 0.15, "points").covered is covered


def test_content_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ReportContent(kicker="k", question="q", answer="a").answer = "b"
