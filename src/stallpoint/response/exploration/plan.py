"""What a study asks of an exploration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from stallpoint.core.errors import StudyFileError
from stallpoint.core.nearest import ask_nearest

LearnerName = Literal["dr learner", "causal forest"]
FEWEST = {"splits": 2, "shuffled_trials": 20}
"""With fewer a search could not be judged, and its false calls not counted."""


@dataclass(frozen=True)
class Exploration:
    """[exploration]: covariates that learners may see, and which learners; `causal forest` needs the extra `explore`.

    `splits`: halves of the people that learners are judged on; all count. `shuffled_trials`: trials without any
    difference of effects in which the same exploration is counted for what it calls.

    Raises:
        StudyFileError: nothing to look at, an unknown learner, or numbers that it cannot be judged by.
    """

    covariates: tuple[str, ...]
    learners: tuple[LearnerName, ...] = ("dr learner",)
    splits: int = 100
    shuffled_trials: int = 100

    def __post_init__(self) -> None:
        wanting = [name for name in ("covariates", "learners") if not getattr(self, name)]
        if wanting:
            raise StudyFileError(
                f"{wanting[0]} in [exploration] is empty", where="study.toml", do="name some, or remove [exploration]"
            )
        for learner in self.learners:
            if learner not in get_args(LearnerName):
                known = get_args(LearnerName)
                raise StudyFileError(f"no learner {learner!r}", where="study.toml, [exploration]", do=ask_nearest(learner, known))
        for name, least in FEWEST.items():
            if getattr(self, name) < least:
                what = f"{name} in [exploration] is {getattr(self, name)}"
                raise StudyFileError(what, where="study.toml", do=f"give at least {least}")
