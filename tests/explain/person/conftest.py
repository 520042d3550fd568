"""One known person and one of whom nothing is known, judged once."""

from __future__ import annotations

import pytest
from person_world import known_person

from stallpoint.explain.person import PersonTreatments, judge_treatments
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.profile.build import build_profile


@pytest.fixture(scope="session")
def told() -> PersonTreatments:
    """Somebody of whom much is known."""
    return judge_treatments(load_evidence(), known_person())


@pytest.fixture(scope="session")
def asked() -> PersonTreatments:
    """The same with prognosis."""
    return judge_treatments(load_evidence(), known_person(), prognosis=True)


@pytest.fixture(scope="session")
def blank() -> PersonTreatments:
    """Somebody of whom nothing is known."""
    return judge_treatments(load_evidence(), build_profile("P0"))
