"""The page of worked cases is what the tool says today."""

from __future__ import annotations

from pathlib import Path

from stallpoint.explain.reconstruct import load_cases, reconstruct
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.report.reconstructions import render_reconstructions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reconstructions.md"


def test_the_page_is_made_from_the_evidence() -> None:
    """To make it anew: write what `render_reconstructions` gives for all cases to docs/reconstructions.md."""
    made = render_reconstructions(tuple(reconstruct(case, load_evidence()) for case in load_cases()))
    assert PAGE.read_text(encoding="utf-8") == made


def test_each_case_is_asked_before_it_is_asked_after() -> None:
    for case in load_cases():
        assert not case.after or case.before < case.after
