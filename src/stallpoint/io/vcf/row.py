"""One row of a VCF, split no further than it must be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stallpoint.core.errors import TableError

_END = re.compile(r"(?:^|;)END=(\d+)")
_COLUMNS = 10
_ANY_OTHER = ("<NON_REF>", "<*>")


@dataclass(frozen=True)
class VcfRow:
    """Positions count from 1. `end` is the last position that the row speaks of; `genotypes` is the text of all samples."""

    chrom: str
    position: int
    reference: str
    alternates: tuple[str, ...]
    passed: bool
    end: int
    format: tuple[str, ...]
    genotypes: str

    @property
    def known_end(self) -> int:
        """Last position at which a reference genotype means the reference: of a gVCF block its end, else of the bases spelt out."""
        is_block = all(each in _ANY_OTHER for each in self.alternates)
        return self.end if is_block else self.position + len(self.reference) - 1


def read_row(line: str, *, place: str) -> VcfRow:
    """A row from its line.

    Raises:
        TableError: too few columns, or a position that is no number.
    """
    fields = line.rstrip("\r\n").split("\t", _COLUMNS - 1)
    if len(fields) < _COLUMNS or not fields[1].isdigit():
        raise TableError(
            "a row is cut short or has no position",
            where=place,
            rows=["\t".join(fields)[:80]],
            do="the file may be truncated; make it again",
        )
    chrom, position, _, reference, alternate, _, filtered, info, form, genotypes = fields
    start = int(position)
    said = _END.search(info) if "END=" in info else None
    end = int(said[1]) if said else start + len(reference) - 1
    alternates = () if alternate == "." else tuple(alternate.upper().split(","))
    return VcfRow(
        chrom, start, reference.upper(), alternates, filtered in ("PASS", ".", ""), end, tuple(form.split(":")), genotypes
    )
