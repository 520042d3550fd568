"""What measuring costs, as the user says it; nothing here is known to the software."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.core.errors import StudyFileError


@dataclass(frozen=True)
class Costs:
    """Prices of one unit each in `currency`, none where not said, and what a lumbar puncture is needed for.

    `people` are the numbers of people that a measurement is asked for. `person` is the price of one person in another trial.

    Raises:
        StudyFileError: fewer than 4 people, or a price below 0.
    """

    currency: str = ""
    people: tuple[int, ...] = (10, 25, 50)
    marker_in_csf: bool = True
    lumbar_puncture: float | None = None
    csf_level: float | None = None
    engagement_marker: float | None = None
    nfl: float | None = None
    genotype: float | None = None
    person: float | None = None

    def __post_init__(self) -> None:
        if not self.people or min(self.people) < 4:
            raise StudyFileError("people are fewer than 4", where="study.toml, [costs]", do="give numbers of people from 4 up")
        prices = (self.lumbar_puncture, self.csf_level, self.engagement_marker, self.nfl, self.genotype, self.person)
        if any(price is not None and price < 0 for price in prices):
            raise StudyFileError("a price is below 0", where="study.toml, [costs]", do="give prices from 0 up")
