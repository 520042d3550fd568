"""What is said twice and cannot both be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from stallpoint.core.profile import Conflict, MarkerReading
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.knowledge.variants import load_profile_limits, load_variants


def find_conflicts(
    calls: Iterable[VariantCall], repeats: Iterable[RepeatCall], markers: Iterable[MarkerReading]
) -> tuple[Conflict, ...]:
    """Calls that contradict each other, markers of one day that differ by far, and variants whose meaning ClinVar has not settled."""
    called = tuple(calls)
    return (*_calls(called), *_repeats(tuple(repeats)), *_markers(tuple(markers)), *_meanings(called))


def _calls(calls: tuple[VariantCall, ...]) -> Iterator[Conflict]:
    for one, other in combinations([each for each in calls if each.call != "not tested"], 2):
        if (one.gene, one.variant) == (other.gene, other.variant):
            about = f"{one.gene} {one.variant}"
            if one.call != other.call:
                yield Conflict(about, f"{_said(one)}: {one.call}; {_said(other)}: {other.call}")
            elif one.zygosity and other.zygosity and one.zygosity != other.zygosity:
                yield Conflict(about, f"{_said(one)}: {one.zygosity}; {_said(other)}: {other.zygosity}")


def _repeats(repeats: tuple[RepeatCall, ...]) -> Iterator[Conflict]:
    for one, other in combinations(repeats, 2):
        if one.gene == other.gene and {one.call, other.call} == {"present", "absent"}:
            yield Conflict(f"{one.gene} {one.locus}", f"{_said(one)}: {one.call}; {_said(other)}: {other.call}")


def _markers(markers: tuple[MarkerReading, ...]) -> Iterator[Conflict]:
    fold = load_profile_limits()["marker_fold"]
    usable = [each for each in markers if each.quality == "usable" and each.value and not each.censored and each.date]
    for one, other in combinations(usable, 2):
        same = (one.marker, one.matrix, one.date, one.platform) == (other.marker, other.matrix, other.date, other.platform)
        if same and max(one.value or 1, other.value or 1) > fold * min(one.value or 1, other.value or 1):
            yield Conflict(f"{one.marker} in {one.matrix}", f"{one.said} and {other.said} on {one.date}")


def _meanings(calls: tuple[VariantCall, ...]) -> Iterator[Conflict]:
    present = {(each.gene, each.variant) for each in calls if each.call == "present"}
    for variant in load_variants():
        significance = variant.significance
        if (variant.gene, variant.name) in present and significance is not None and significance.conflicting:
            yield Conflict(variant.label, f"ClinVar {significance.accession} of {significance.date}: {significance.text}")


def _said(call: VariantCall | RepeatCall) -> str:
    return " ".join(each for each in (call.assay or "an assay that was not stated", call.date) if each)
