"""The one constructor of a profile: it looks for conflicts and says what stands beside."""

from __future__ import annotations

from collections.abc import Iterable

from stallpoint.core.profile import Entry, MarkerReading, PathwayState, Profile, Subtype
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.profile.conflicts import find_conflicts


def build_profile(
    person: str,
    *,
    calls: Iterable[VariantCall] = (),
    repeats: Iterable[RepeatCall] = (),
    markers: Iterable[MarkerReading] = (),
    pathways: Iterable[PathwayState] = (),
    subtype: Subtype | None = None,
    stage: Iterable[Entry] = (),
    history: Iterable[Entry] = (),
    notices: Iterable[str] = (),
) -> Profile:
    """A profile of what is known, its conflicts found.

    Args:
        person: identifier.
        calls: of variants.
        repeats: calls of repeats.
        markers: readings of fluids.
        pathways: molecular state.
        subtype: molecular subtype, or why there is none.
        stage: scores and stages with their days.
        history: onset, family, treatments.
        notices: what was left out on the way in, and why.
    """
    called, repeated, read = tuple(calls), tuple(repeats), tuple(markers)
    return Profile(
        person=person,
        calls=called,
        repeats=repeated,
        markers=read,
        pathways=tuple(pathways),
        subtype=subtype,
        stage=tuple(stage),
        history=tuple(history),
        conflicts=find_conflicts(called, repeated, read),
        notices=tuple(notices),
    )
