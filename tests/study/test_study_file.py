from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.core.errors import PathError, StallpointError, StudyFileError, TableError
from stallpoint.response.exploration.plan import Exploration
from stallpoint.study.stages import READ, choose_stages
from stallpoint.study.study_file import read_study_file

Write = Callable[..., Path]
NAME = '[study]\nname = "X"\n'
TRIAL = NAME + '[trial]\ncontrol = "placebo"\n'
QUESTION = '[estimand]\ndeath = "joint"\nstopping = "treatment policy"\nhorizon_months = 12\n'


def test_a_trial_is_understood_with_its_defaults(write_study: Write) -> None:
    folder = write_study()
    study = read_study_file(folder)
    assert study == read_study_file(folder / "study.toml")
    assert study.name == "SMALL-1"
    assert study.trial is not None
    assert study.estimand is not None
    assert (study.trial.control, study.trial.treatment, study.trial.allocation) == ("placebo", None, 0.5)
    assert (study.estimand.horizon_months, study.estimand.survival_events) == (12.0, ("death", "tracheostomy"))
    assert study.modifiers == Modifiers(prespecified=("sex",))
    assert list(study.tables) == ["patients", "visits", "events"]
    assert study.planted is None


def test_an_exploration_is_off_until_its_covariates_are_named(write_study: Write) -> None:
    assert read_study_file(write_study()).exploration is None
    asked = read_study_file(write_study(study=TRIAL + QUESTION + '[exploration]\ncovariates = ["sex"]\n', folder="explored"))
    assert asked.exploration == Exploration(("sex",), ("dr learner",), 100, 100)
    assert [stage.name for stage in choose_stages(asked)][-4:] == ["exploration", "explain", "course", "report"]


def test_a_cohort_needs_no_more_than_a_name(write_study: Write) -> None:
    study = read_study_file(write_study(study=NAME))
    assert study.trial is None
    assert study.estimand is None


def test_tables_may_lie_elsewhere(write_study: Write) -> None:
    folder = write_study(study=NAME + '[data]\nvisits = "other/calls.csv"\n')
    (folder / "other").mkdir()
    (folder / "data" / "visits.csv").rename(folder / "other" / "calls.csv")
    assert read_study_file(folder).tables["visits"] == folder / "other" / "calls.csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (NAME + "allocaton = 0.5\n", r"study.toml, line 3: unknown key allocaton in \[study\]"),
        (TRIAL + "allocaton = 0.5\n" + QUESTION, r"line 5: unknown key allocaton in \[trial\].*did you mean allocation\?"),
        (TRIAL + "[estimant]\n", r"line 5: unknown key estimant.*did you mean \[estimand\]\?"),
        ("name = 3\n", "unknown key name"),
        ("[study]\nname = DEMO\n", "not TOML"),
        ("[study]\n", r"name in \[study\] is missing"),
        ("", r"\[study\] is missing"),
        (TRIAL + "allocation = 'half'\n" + QUESTION, r"line 5: allocation in \[trial\]: input should be a valid number"),
        (TRIAL, 'must say what death and stopping mean.*joint": .*composite": .*treatment policy": .*while on treatment": '),
        (TRIAL + QUESTION.replace("joint", "missing"), 'must say what death means.*composite": '),
        (NAME + QUESTION, r"\[estimand\] without \[trial\]"),
        (NAME + '[modifiers]\nexplored = ["sex"]\n', r"\[modifiers\] without \[trial\]"),
        (NAME + '[exploration]\ncovariates = ["sex"]\n', r"\[exploration\] without \[trial\]"),
        (TRIAL + QUESTION + "[exploration]\n", r"covariates in \[exploration\] is missing"),
        (TRIAL + QUESTION + "[exploration]\ncovariates = []\n", r"covariates in \[exploration\] is empty"),
        (
            TRIAL + QUESTION + '[exploration]\ncovariates = ["sex"]\nlearners = ["forest"]\n',
            r"learners.*'dr learner' or 'causal forest'",
        ),
        (TRIAL + QUESTION + '[exploration]\ncovariates = ["sex"]\nsplits = 1\n', r"splits in \[exploration\] is 1.*at least 2"),
        (TRIAL + QUESTION + '[exploration]\ncovariates = ["sex"]\nshuffled_trials = 5\n', r"shuffled_trials.*at least 20"),
        (TRIAL + QUESTION.replace("horizon_months = 12\n", ""), r"horizon_months in \[estimand\] is missing"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line(write_study: Write, text: str, message: str) -> None:
    with pytest.raises(StudyFileError, match=re.compile(message, re.DOTALL)):
        read_study_file(write_study(study=text))


def test_a_study_that_does_not_exist_names_its_neighbour(write_study: Write) -> None:
    folder = write_study(folder="magnet")
    with pytest.raises(PathError, match=r"did you mean .*magnet\?"):
        read_study_file(folder.parent / "magnett")


def test_a_table_that_is_named_but_absent(write_study: Write) -> None:
    with pytest.raises(PathError, match=r"did you mean .*visits\.csv\?"):
        read_study_file(write_study(study=NAME + '[data]\nvisits = "data/visit.csv"\n'))


def test_what_cannot_be_explored_is_found_before_anything_is_computed(
    write_study: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = write_study(study=TRIAL + QUESTION + '[exploration]\ncovariates = ["sexx"]\n', folder="unknown")
    with pytest.raises(TableError, match=r"no column sexx.*\n.*did you mean sex\?"):
        READ.run(read_study_file(unknown), tmp_path)
    monkeypatch.setattr("stallpoint.response.exploration.extra.find_spec", lambda _: None)
    forest = TRIAL + QUESTION + '[exploration]\ncovariates = ["sex"]\nlearners = ["causal forest"]\n'
    with pytest.raises(StallpointError, match="needs econml"):
        READ.run(read_study_file(write_study(study=forest, folder="forest")), tmp_path)
