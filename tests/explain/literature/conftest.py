"""Answers are asked once for each day and shared by the tests that read them."""

from __future__ import annotations

from functools import cache

import pytest

from stallpoint.core.known_from import last_day
from stallpoint.explain.from_literature import LiteratureAnswer, explain_literature
from stallpoint.knowledge.evidence.base import EvidenceBase, known_on
from stallpoint.knowledge.evidence.load import load_evidence


@cache
def base_on(day: str) -> EvidenceBase:
    return known_on(load_evidence(), last_day(day)) if day else load_evidence()


@cache
def answer_on(name: str, day: str) -> LiteratureAnswer:
    return explain_literature(base_on(day), name, seed=1)


@pytest.fixture
def ask():
    """The answer for a treatment as of a day; everything known where no day is given."""
    return lambda name, day="": answer_on(name, day)
