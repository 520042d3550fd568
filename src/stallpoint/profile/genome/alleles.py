"""What each allele of a row says of a place, without a reference genome.

A substitution is read as the base that an allele leaves at the position, whatever else the row holds: further alternates, padding,
neighbours changed with it. An insertion or deletion is read as a haplotype: both are written out over the stretch that either spans,
so two notations of one change are equal. This needs the place to span every position at which the change can be written (`justify`).
"""

from __future__ import annotations

from enum import IntEnum

from stallpoint.core.variant import Place
from stallpoint.io.vcf.row import VcfRow


class Says(IntEnum):
    """What an allele says of the allele that is asked for."""

    NOT_IT = 0
    IT = 1
    SYMBOLIC = 2
    OTHER_CHANGE = 3


def reference_agrees(row: VcfRow, place: Place) -> bool:
    """Whether the bases that both spell out are the same; N is any base."""
    first, last = max(row.position, place.position), min(row.position + len(row.reference) - 1, place.end)
    shared = range(first, last + 1)
    return all(row.reference[at - row.position] in (place.reference[at - place.position], "N") for at in shared)


def read_alleles(row: VcfRow, place: Place) -> list[Says]:
    """What the reference and each alternate of a row say; the reference bases are known to agree."""
    reads = _read_base if len(place.reference) == len(place.allele) == 1 else _read_haplotype
    same = Says.IT if place.allele == place.reference else Says.NOT_IT
    return [same, *(Says.SYMBOLIC if _is_symbolic(each) else reads(row, each, place) for each in row.alternates)]


def _is_symbolic(alternate: str) -> bool:
    return not alternate.isalpha()


def trim(reference: str, alternate: str) -> tuple[int, str, str]:
    """What differs between two alleles: offset from the start, and both without the bases they share at either end."""
    shared = 0
    while shared < min(len(reference), len(alternate)) and reference[-1 - shared] == alternate[-1 - shared]:
        shared += 1
    left, right = reference[: len(reference) - shared], alternate[: len(alternate) - shared]
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    return start, left[start:], right[start:]


def _read_base(row: VcfRow, alternate: str, place: Place) -> Says:
    offset = place.position - row.position
    if len(alternate) == len(row.reference):
        base = alternate[offset] if offset < len(alternate) else place.reference
        return Says.IT if base == place.allele else Says.NOT_IT
    start, removed, added = trim(row.reference, alternate)
    if not start <= offset < start + len(removed):
        return Says.IT if place.reference == place.allele else Says.NOT_IT
    return Says.OTHER_CHANGE if added else Says.NOT_IT


def _read_haplotype(row: VcfRow, alternate: str, place: Place) -> Says:
    """Both alleles written out from the first to the last position that either spans."""
    first = min(row.position, place.position)
    last = max(row.position + len(row.reference) - 1, place.end)
    reference = _union(row, place, first, last)
    if reference is None:
        return Says.OTHER_CHANGE
    asked = _apply(reference, first, place.position, place.reference, place.allele)
    held = _apply(reference, first, row.position, row.reference, alternate)
    if held == asked:
        return Says.IT
    start, removed, _ = trim(row.reference, alternate)
    changed_from = row.position + start
    beside = changed_from > place.end or (changed_from + len(removed) - 1 < place.position and bool(removed))
    return Says.NOT_IT if beside else Says.OTHER_CHANGE


def _union(row: VcfRow, place: Place, first: int, last: int) -> str | None:
    """The reference over both stretches; None where bases between them are not known."""
    bases: list[str] = [""] * (last - first + 1)
    for position, text in ((row.position, row.reference), (place.position, place.reference)):
        for index, base in enumerate(text):
            bases[position - first + index] = base
    return "".join(bases) if all(bases) else None


def _apply(reference: str, first: int, position: int, removed: str, added: str) -> str:
    at = position - first
    return reference[:at] + added + reference[at + len(removed) :]
