from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stallpoint.core.errors import FitError
from stallpoint.study.stage import RunInterrupted, Stage, StageRecord, run_stages
from stallpoint.study.study_file import StudyFile, read_study_file

Write = Callable[..., Path]


class Bench:
    """Two stages that count their runs; the second reads what the first wrote."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.fault: BaseException | None = None
        self.content = b"one"

    def first(self, _study: StudyFile, _out: Path) -> dict[str, bytes]:
        self.ran.append("first")
        return {"stages/first.txt": self.content}

    def second(self, _study: StudyFile, out: Path) -> dict[str, bytes]:
        self.ran.append("second")
        if self.fault:
            raise self.fault
        return {"deep/second.txt": (out / "stages/first.txt").read_bytes() + b" two"}

    @property
    def stages(self) -> tuple[Stage, ...]:
        first = Stage("first", "First", (), lambda study: [study.name, self.content.decode()], self.first)
        return first, Stage("second", "Second", ("first",), lambda study: study.run.seed, self.second)


@pytest.fixture
def study(write_study: Write) -> StudyFile:
    return read_study_file(write_study())


def run(bench: Bench, study: StudyFile, out: Path, software: str = "v1") -> tuple[StageRecord, ...]:
    return run_stages(bench.stages, study, out, software=software)


def test_stages_read_each_other_through_files(study: StudyFile, tmp_path: Path) -> None:
    records = run(Bench(), study, tmp_path / "out")
    assert (tmp_path / "out/deep/second.txt").read_bytes() == b"one two"
    assert [record.name for record in records] == ["first", "second"]
    assert not list(tmp_path.rglob("*.partial"))


def test_what_is_unchanged_is_not_run_again(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    run(bench, study, tmp_path)
    records = run(bench, study, tmp_path)
    assert bench.ran == ["first", "second"]
    assert all(record.reused for record in records)


def test_a_changed_setting_reruns_its_stage_only(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    run(bench, study, tmp_path)
    run(bench, replace(study, run=replace(study.run, seed=2)), tmp_path)
    assert bench.ran == ["first", "second", "second"]


def test_changed_files_rerun_what_reads_them(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    run(bench, study, tmp_path)
    bench.content = b"three"
    run(bench, study, tmp_path)
    assert bench.ran == ["first", "second"] * 2
    assert (tmp_path / "deep/second.txt").read_bytes() == b"three two"


def test_changed_software_reruns_everything(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    run(bench, study, tmp_path)
    run(bench, study, tmp_path, software="v2")
    assert bench.ran == ["first", "second"] * 2


@pytest.mark.parametrize("damage", ["remove", "edit", "record"])
def test_a_damaged_output_is_made_again(study: StudyFile, tmp_path: Path, damage: str) -> None:
    bench = Bench()
    run(bench, study, tmp_path)
    file = tmp_path / "deep/second.txt"
    {
        "remove": file.unlink,
        "edit": lambda: file.write_bytes(b"edited"),
        "record": lambda: (tmp_path / "stages/second.done.json").write_text("{"),
    }[damage]()
    run(bench, study, tmp_path)
    assert bench.ran == ["first", "second", "second"]
    assert file.read_bytes() == b"one two"


def test_an_interrupt_keeps_finished_stages_and_the_next_run_goes_on(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    bench.fault = KeyboardInterrupt()
    with pytest.raises(RunInterrupted) as interrupt:
        run(bench, study, tmp_path)
    assert interrupt.value.text == "Interrupted during second. Kept: first. The same command goes on from there."
    assert (tmp_path / "stages/first.txt").exists()
    assert not (tmp_path / "deep").exists()
    bench.fault = None
    run(bench, study, tmp_path)
    assert bench.ran == ["first", "second", "second"]
    assert (tmp_path / "deep/second.txt").read_bytes() == b"one two"


def test_a_stage_that_fails_leaves_nothing(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    bench.fault = FitError("no fit")
    with pytest.raises(FitError):
        run(bench, study, tmp_path)
    assert sorted(path.name for path in tmp_path.joinpath("stages").iterdir()) == ["first.done.json", "first.txt"]


def test_files_of_stages_that_are_no_longer_run_are_removed(study: StudyFile, tmp_path: Path) -> None:
    bench = Bench()
    run(bench, study, tmp_path)
    run_stages(bench.stages[:1], study, tmp_path, software="v1")
    assert not (tmp_path / "deep/second.txt").exists()
    assert bench.ran == ["first", "second"]
