"""All looks at the quality of one cohort's data."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.quality.arm_balance import ArmBalance, measure_arm_balance
from stallpoint.quality.digit_preference import DigitPreference, measure_digit_preference
from stallpoint.quality.impossible_jumps import ImpossibleJumps, find_impossible_jumps
from stallpoint.quality.missingness import Missingness, measure_missingness
from stallpoint.quality.topic import Topic
from stallpoint.quality.visit_windows import VisitWindows, measure_visit_windows

SOURCES = ("austin2009", "leys2013", "myers1940")


@dataclass(frozen=True)
class DataQuality:
    """Five looks at one cohort. Nothing is mended and nobody is left out for what they find."""

    missingness: Missingness
    visit_windows: VisitWindows
    jumps: ImpossibleJumps
    digits: DigitPreference
    balance: ArmBalance

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The looks in the order of reading."""
        return self.missingness, self.visit_windows, self.jumps, self.digits, self.balance

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks of all looks."""
        return tuple(check for topic in self.topics for check in topic.checks)

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was looked at, and what could not be judged."""
        return tuple(note for topic in self.topics for note in topic.notes)


def measure_data_quality(cohort: Cohort, *, control: str | None = None, randomised: bool = True) -> DataQuality:
    """Missingness, visit windows, impossible jumps, digit preference, and balance of arms at time zero.

    Args:
        cohort: checked tables.
        control: the arm that others are compared with; the first by name where None.
        randomised: whether the arms, where there are any, came about by chance.
    """
    windows = measure_visit_windows(cohort)
    return DataQuality(
        missingness=measure_missingness(cohort, windows.plan),
        visit_windows=windows,
        jumps=find_impossible_jumps(cohort),
        digits=measure_digit_preference(cohort),
        balance=measure_arm_balance(cohort, control=control, randomised=randomised),
    )
