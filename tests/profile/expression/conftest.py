from __future__ import annotations

from pathlib import Path

import pytest

from stallpoint.knowledge.pathways import load_pathways

MOLECULAR = Path(__file__).parents[4] / "shared/data/molecular"


@pytest.fixture(scope="session")
def molecular() -> Path:
    if not MOLECULAR.is_dir():
        pytest.skip("the shared molecular data are not here")
    return MOLECULAR


@pytest.fixture(scope="session")
def sets() -> dict[str, frozenset[str]]:
    """Invented genes under the real names of the first set of each pathway."""
    return {each.gene_sets[0]: frozenset(f"{each.id.upper()}{number}" for number in range(20)) for each in load_pathways()}
