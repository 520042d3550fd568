from __future__ import annotations

import json
from math import inf
from pathlib import Path

import pytest

from stallpoint.core.errors import StallpointError, TableError
from stallpoint.core.profile import Entry, PathwayState, Profile
from stallpoint.core.variant import RepeatReading, VariantCall
from stallpoint.io.profile_json import profile_record, read_profile
from stallpoint.profile.build import build_profile
from stallpoint.profile.expression.subtype import abstain_from_subtype
from stallpoint.profile.markers.read import read_marker
from stallpoint.profile.repeats import call_repeat
from stallpoint.study.json_text import render_json


def whole() -> Profile:
    return build_profile(
        "P1",
        calls=[
            VariantCall("SOD1", "A5V", "present", "heterozygous", quality=50.0, phased=True, assay="exome", date="2026-01-01"),
            VariantCall("FUS", "P525L", "not tested", reason="its coordinates are not verified"),
        ],
        repeats=[call_repeat(RepeatReading("C9orf72", (8, 145), ((8, 8), (145, inf)), "Southern blot"))],
        markers=[read_marker("NfL", 5.0, "pg/mL", matrix="serum", below_limit=True)],
        pathways=[PathwayState("autophagy", "autophagy", "cortex", 1.2, -1.0, 2.0, 0.4, "not altered", 20)],
        subtype=abstain_from_subtype(),
        stage=[Entry("alsfrs_r", "38", "month 0")],
        history=[Entry("sex", "female")],
        notices=["a notice"],
    )


def test_a_profile_is_read_back_whole(tmp_path: Path) -> None:
    profile = whole()
    path = tmp_path / "profile.json"
    path.write_bytes(render_json(profile_record(profile)))
    assert read_profile(path) == profile
    assert "Infinity" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "stallpoint.profile/9"}, r"is no stallpoint.profile/1"),
        ({"colour": "red"}, "holds what no profile holds"),
        ({"calls": [{"gene": "SOD1"}]}, "holds what no profile holds"),
        ({"calls": 5}, "holds what no profile holds"),
    ],
)
def test_records_that_are_none(tmp_path: Path, change: dict[str, object], says: str) -> None:
    path = tmp_path / "profile.json"
    path.write_bytes(render_json({**profile_record(whole()), **change}))
    with pytest.raises(TableError, match=says):
        read_profile(path)


@pytest.mark.parametrize("text", ["", "no", "[1]"])
def test_files_that_are_no_profile(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(StallpointError):
        read_profile(tmp_path / "a.json")
    with pytest.raises(StallpointError, match="cannot be read"):
        read_profile(tmp_path / "nothing.json")


def test_the_record_holds_no_number_that_json_does_not_know() -> None:
    json.dumps(profile_record(whole()), allow_nan=False)
