"""The links of the chain for one person and one treatment: what people showed, and that nothing of it was measured in this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stallpoint.core.parameter import Link
from stallpoint.core.profile import Profile
from stallpoint.explain.eligibility import ConditionAnswer
from stallpoint.explain.link_reading import LinkReading
from stallpoint.knowledge.markers import roles_of

PERSONAL: tuple[Link, ...] = ("taken", "absorbed", "delivered", "engaged", "relevant", "timely")
"""Links that a person has; whether a trial can see an effect is asked of trials."""

_UNKNOWN: dict[Link, str] = {
    "taken": "what is taken, and how regularly, is not in a profile",
    "absorbed": "no level in blood was measured",
    "delivered": "no level in brain fluid was measured",
    "engaged": "no marker of the target was measured before and after",
    "relevant": "no genotype or marker is known to tell whether the target drives this person's disease",
    "timely": "nothing measures how much could still be kept",
}
_STANDINGS = {
    ("supported", True): "people showed that it passes",
    ("supported", False): "it passes outside people; in people it is not known",
    ("refuted", True): "people showed that it does not pass",
    ("refuted", False): "it does not pass outside people; in people it is not known",
    ("divided", True): "people showed both that it passes and that it does not",
    ("divided", False): "it is contested outside people; in people it is not known",
    ("unknown", True): "not known in people",
    ("unknown", False): "not known in people",
}


@dataclass(frozen=True)
class PersonLink:
    """One link: what people at large showed, and what of it is known of this person. `known` is true only of a gene that is the target."""

    link: Link
    people: str
    known: bool
    person: str


def read_person_links(
    readings: Sequence[LinkReading], profile: Profile, genes: Sequence[ConditionAnswer]
) -> tuple[PersonLink, ...]:
    """Every personal link.

    Args:
        readings: what the literature says of each link of the treatment.
        profile: of the person.
        genes: conditions on a genotype that the treatment's trials set, judged for this person.
    """
    return tuple(_read(each, profile, genes) for each in readings if each.link in PERSONAL)


def _read(reading: LinkReading, profile: Profile, genes: Sequence[ConditionAnswer]) -> PersonLink:
    people = _STANDINGS[reading.standing, reading.human]
    if reading.link == "relevant" and genes:
        known = len({each.answer for each in genes}) == 1 and genes[0].answer != "cannot tell"
        said = "; ".join(dict.fromkeys(each.said for each in genes))
        return PersonLink("relevant", people, known, f"{said}. A target that is there need not be what drives the disease")
    if reading.link == "engaged" and (found := _target_markers(profile)):
        return PersonLink("engaged", people, False, f"{', '.join(found)} was measured; a level alone shows no change")
    return PersonLink(reading.link, people, False, _UNKNOWN[reading.link])


def _target_markers(profile: Profile) -> list[str]:
    """Markers of a profile that are recorded as markers of a target."""
    return sorted({each.marker for each in profile.markers if any(role.use == "engagement" for role in roles_of(each.marker))})
