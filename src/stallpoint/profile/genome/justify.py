"""Insertions and deletions written over every position at which they can stand; needs a reference genome (FASTA)."""

from __future__ import annotations

from collections.abc import Callable

from stallpoint.core.errors import TableError
from stallpoint.core.variant import Place
from stallpoint.profile.genome.alleles import trim

Fetch = Callable[[str, int, int], str]
"""Chromosome, first and last position, counted from 1, to the bases there."""


def require_reference(place: Place, fetch: Fetch, *, where: str) -> None:
    """The reference genome holds what the place says.

    Raises:
        TableError: it does not; then the place, the build or the file is wrong, and nothing is called.
    """
    found = fetch(place.chrom, place.position, place.end).upper()
    if found != place.reference:
        raise TableError(
            f"has {found or 'nothing'} at {place.chrom}:{place.position} where {place.reference} is expected",
            where=where,
            do="give the reference genome of the same build as the VCF",
        )


def justify(place: Place, fetch: Fetch) -> Place:
    """The same change, spanning every position at which it can be written.

    The change is rolled base by base to the left and to the right for as long as the sequence stays the same; a single left-aligned
    position is what Tan, Abecasis and Kang (2015) call normalised. Substitutions are returned trimmed.
    """
    start, removed, added = trim(place.reference, place.allele)
    if place.reference == place.allele or (removed and added):
        return Place(place.chrom, place.position + start, removed, added) if removed and added else place
    first, unit = place.position + start, removed or added
    left = _roll(unit[::-1], lambda step: fetch(place.chrom, first - step, first - step) if first > step else "")
    after = first + len(removed) - 1
    right = _roll(unit, lambda step: fetch(place.chrom, after + step, after + step))
    low, high = first - left, after + right
    reference = fetch(place.chrom, low, high).upper() if high >= low else ""
    if not reference or not removed:  # an insertion needs a base to stand on
        low = max(1, low - 1)
        reference = fetch(place.chrom, low, high).upper()
    at = first - low
    return Place(place.chrom, low, reference, reference[:at] + added + reference[at + len(removed) :])


def _roll(unit: str, base_at: Callable[[int], str]) -> int:
    """How many bases beyond it repeat the unit, read away from it."""
    steps = 0
    while (base := base_at(steps + 1).upper()) and base == unit[steps % len(unit)]:
        steps += 1
    return steps
