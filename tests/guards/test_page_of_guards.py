"""The page that lists the guards is true: what it names is there, and no test of a guard is left out."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_names_files_that_exist_and_every_test_of_a_guard() -> None:
    page = (ROOT / "docs/guards.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py)`", page))
    tests = {name for name in named if "test_" in name}
    assert [name for name in tests if not (ROOT / "tests" / name).is_file()] == []
    assert [name for name in named - tests if not (ROOT / "src/stallpoint" / name).is_file()] == []
    own = {f"guards/{file.name}" for file in Path(__file__).parent.glob("test_*.py")}
    assert own - tests == {f"guards/{Path(__file__).name}"}


def test_it_names_tests_that_exist() -> None:
    page = (ROOT / "docs/guards.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    defined = re.compile(r"^def (test_\w+)", re.MULTILINE)
    held = {name for file in (ROOT / "tests").rglob("test_*.py") for name in defined.findall(file.read_text(encoding="utf-8"))}
    assert len(named) > 40
    assert named - held == set()
