"""What the software cannot know; it stands in every report."""

from __future__ import annotations

from collections.abc import Sequence

ALWAYS = (
    "Research use only. Nothing here is medical advice, a dose recommendation or a choice of treatment for a person.",
    "It sees only the tables it was given. What was not recorded, or not asked, it cannot know.",
    "A missing value is not a normal value: people with and without it may differ in ways these data do not show.",
)

TRIAL = (
    "A parallel trial never identifies one person's effect: each person was seen under one treatment only. "
    "Results speak of groups.",
    "Groups that were not named before the data were seen are suggestions for a next trial, not answers.",
    "Absence of a difference is not proof of no difference: the interval says what these data leave possible.",
    "Results hold for the people who were randomised, over the time they were followed.",
)

COHORT = (
    "Nobody was randomised here: differences between people who did and did not take a treatment may have other causes.",
    "People enter such a cohort alive and able to attend; those who died early or stayed away are not seen.",
)

SMALL_CELLS = (
    "Counts of fewer than {smallest} people who share something are not shown, nor others from which they could be had by subtraction. "
    "Rows of people in tables/, series/ and stages/ of a run are not sheltered so: they stay where the data are."
)

SIMULATED = ("These data were simulated. They say how the software behaves, and nothing about any treatment.",)


def say_limits(*, randomised: bool, simulated: bool, smallest_cell: int, notices: Sequence[str] = ()) -> tuple[str, ...]:
    """The limits that hold for this study, the gravest first; `notices` are what its source says of itself."""
    sheltered = () if simulated else (SMALL_CELLS.format(smallest=smallest_cell),)
    return (*(SIMULATED if simulated else ()), *notices, *ALWAYS, *(TRIAL if randomised else COHORT), *sheltered)
