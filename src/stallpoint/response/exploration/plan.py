"""What a study asks of an exploration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LearnerName = Literal["dr learner", "causal forest"]


@dataclass(frozen=True)
class Exploration:
    """[exploration]: covariates that learners may see, and which learners; `causal forest` needs the extra `explore`.

    `splits`: halves of the people that learners are judged on; medians are taken over all. `shuffled_trials`: trials without any
    difference of effects in which the same exploration is counted for what it calls.
    """

    covariates: tuple[str, ...]
    learners: tuple[LearnerName, ...] = ("dr learner",)
    splits: int = 100
    shuffled_trials: int = 100
