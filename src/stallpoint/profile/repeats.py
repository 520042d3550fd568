"""Repeat counts to calls, by the ranges of every source; where ranges or sources disagree, nothing is settled."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from stallpoint.core.errors import TableError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.variant import Answer, RepeatCall, RepeatReading
from stallpoint.knowledge.repeats import Meaning, RepeatLocus, RepeatRange, load_repeats


class RepeatError(TableError):
    """A repeat that is not known, or counts that cannot be."""


def call_repeat(reading: RepeatReading) -> RepeatCall:
    """Present where every source calls the longer allele expanded; absent where every one calls it normal or intermediate.

    An interval that reaches over ranges, sources that disagree, a filtered locus, a count without assay and a person's own report are
    recorded, with the reason why they settle nothing.

    Raises:
        RepeatError: a locus of which nothing is recorded, or no counts.
    """
    locus = find_locus(reading.locus)
    if not reading.alleles:
        raise RepeatError("no repeat count", where=locus.gene, do="give the count of at least one allele")
    intervals = reading.intervals or tuple((count, count) for count in reading.alleles)
    if len(intervals) != len(reading.alleles) or any(
        not low <= count <= high for count, (low, high) in zip(reading.alleles, intervals, strict=True)
    ):
        raise RepeatError("an interval that does not hold its count", where=locus.gene, do="check the counts and their intervals")
    longest = max(intervals, key=lambda each: each[1])
    judged = {about: _meanings(ranges, longest) for about, ranges in _schemes(locus).items()}
    call, reason = _settle(judged, reading)
    return RepeatCall(
        gene=locus.gene,
        locus=locus.name,
        call=call,
        meaning=_in_words(judged),
        alleles=reading.alleles,
        intervals=intervals,
        meanings=tuple(f"{about}: {' or '.join(meanings)}" for about, meanings in judged.items()),
        reason="; ".join(each for each in (reason, _short_of_reads(reading, locus)) if each),
        assay=reading.assay,
        date=reading.date,
        source=reading.source,
        usable=bool(reading.assay) and not reading.self_reported and reading.passed,
    )


def call_repeats(readings: Iterable[RepeatReading]) -> tuple[tuple[RepeatCall, ...], tuple[str, ...]]:
    """Calls of the loci that are known here, and the names of those that are not."""
    known: list[RepeatReading] = []
    others: list[RepeatReading] = []
    for reading in readings:
        (known if _locus_or_none(reading.locus) else others).append(reading)
    return tuple(call_repeat(reading) for reading in known), tuple(reading.locus for reading in others)


def find_locus(name: str) -> RepeatLocus:
    """A repeat by gene or locus identifier, in upper or lower case.

    Raises:
        RepeatError: none is recorded; the message names the nearest.
    """
    found = _locus_or_none(name)
    if found is None:
        raise RepeatError(f"no repeat {name} is recorded", where="repeats", do=ask_nearest(name, load_repeats()))
    return found


def _locus_or_none(name: str) -> RepeatLocus | None:
    said = name.strip().lower()
    return next((each for each in load_repeats().values() if said in (each.gene.lower(), each.locus.lower())), None)


def _schemes(locus: RepeatLocus) -> dict[str, list[RepeatRange]]:
    schemes: dict[str, list[RepeatRange]] = {}
    for each in locus.ranges:
        schemes.setdefault(f"{each.about} ({each.source})", []).append(each)
    return schemes


def _meanings(ranges: list[RepeatRange], interval: tuple[float, float]) -> tuple[Meaning, ...]:
    """What an interval may mean; a count between two ranges, such as 23.5, belongs to both."""
    ordered = sorted(ranges, key=lambda each: each.low)
    touched = {each for each in ordered if each.low <= interval[1] and interval[0] <= each.high}
    touched |= {each for pair in pairwise(ordered) if pair[0].high < interval[0] and interval[1] < pair[1].low for each in pair}
    return tuple(dict.fromkeys(each.meaning for each in ordered if each in touched))


def _settle(judged: dict[str, tuple[Meaning, ...]], reading: RepeatReading) -> tuple[Answer, str]:
    if reading.self_reported:
        return "not tested", "reported by the person, not by a laboratory: it stratifies nobody"
    if not reading.assay:
        return "not tested", "no assay was stated"
    if not reading.passed:
        return "not tested", "the caller filtered this locus out"
    if any(len(meanings) > 1 for meanings in judged.values()):
        return "not tested", "tested, but the interval reaches over several ranges"
    said = {meanings[0] for meanings in judged.values()}
    if said == {"expanded"}:
        return "present", ""
    if said <= {"normal", "intermediate"}:
        return "absent", ""
    if len(said) > 1:
        return "not tested", "tested, but sources disagree on this length"
    return "not tested", "tested, but the length is in an uncertain range"


def _in_words(judged: dict[str, tuple[Meaning, ...]]) -> str:
    said = dict.fromkeys(meaning for meanings in judged.values() for meaning in meanings)
    return " or ".join(said)


def _short_of_reads(reading: RepeatReading, locus: RepeatLocus) -> str:
    """Whether the longest allele is longer than a read: then its count is an estimate, mostly too small."""
    longest = max(reading.alleles) * len(locus.motif_gene)
    if reading.read_length is None or longest < reading.read_length:
        return ""
    return f"the longer allele ({longest:g} bases) does not fit into reads of {reading.read_length:g}: its count is an estimate"
