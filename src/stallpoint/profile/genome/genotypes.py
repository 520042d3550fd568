"""Genotypes of all samples of one row as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stallpoint.core.errors import TableError
from stallpoint.io.vcf.row import VcfRow

MISSING = -1
NO_COPY = -2
"""Second allele of a sample that has one copy only."""

_GOOD_FILTERS = frozenset(("PASS", ".", ""))
_WIDTH = 4


@dataclass(frozen=True)
class Genotypes:
    """`alleles` (samples, 2): index of each allele, `MISSING`, or `NO_COPY`. Quality and depth are NaN where the file says none.

    Each of the two columns is quickest where it lies in one piece, so `alleles` may be stored column by column.
    """

    alleles: np.ndarray
    phased: np.ndarray
    quality: np.ndarray
    depth: np.ndarray
    passed: np.ndarray


def read_genotypes(row: VcfRow, n: int, *, place: str) -> Genotypes:
    """The genotypes of `n` samples.

    Raises:
        TableError: no GT, another number of samples than the header has, or a genotype that is none.
    """
    if row.format[0] != "GT":
        raise TableError(
            "a row has no genotypes (GT)", where=f"{place}, {row.chrom}:{row.position}", do="give a file with genotypes"
        )
    if row.format == ("GT",) and len(row.genotypes) == _WIDTH * n - 1:
        quick = _single_digits(row.genotypes, n)
        if quick is not None and quick.alleles.max(initial=MISSING) <= len(row.alternates):
            return quick
    cells = row.genotypes.split("\t")
    if len(cells) != n:
        raise TableError(
            f"a row has {len(cells)} samples where the header has {n}",
            where=f"{place}, {row.chrom}:{row.position}",
            do="the file may be cut short; make it again",
        )
    return _from_cells(cells, row, place)


def _single_digits(text: str, n: int) -> Genotypes | None:
    """All at once where every genotype is two characters with a sign between, which is the common case; None where not."""
    cells = np.frombuffer(f"{text}\t".encode("ascii", "replace"), np.uint8).reshape(n, _WIDTH)
    first, sign, second, tab = codes = np.ascontiguousarray(cells.T)
    dots = (first == ord(".")) | (second == ord("."))
    digits = (first - ord("0") < 10) & (second - ord("0") < 10)
    if not ((tab == ord("\t")).all() and ((sign == ord("/")) | (sign == ord("|"))).all() and (digits | dots).all()):
        return None
    alleles = codes[::2].T.astype(np.int16) - ord("0")
    alleles[alleles < 0] = MISSING
    unknown = np.full(n, np.nan, dtype=np.float32)
    return Genotypes(alleles, sign == ord("|"), unknown, unknown, np.ones(n, dtype=bool))


def _from_cells(cells: list[str], row: VcfRow, place: str) -> Genotypes:
    said = [cell.partition(":")[0] for cell in cells]
    try:
        parsed = {text: _parse(text, len(row.alternates)) for text in set(said)}
    except ValueError as fault:
        raise TableError(
            f"{fault} is no genotype of this row", where=f"{place}, {row.chrom}:{row.position}", do="make the file again"
        ) from fault
    pairs = [parsed[text] for text in said]
    columns = [cell.split(":") for cell in cells] if len(row.format) > 1 else []
    filters = _column(columns, row, "FT")
    return Genotypes(
        np.array([pair[:2] for pair in pairs], dtype=np.int16),
        np.array([pair[2] for pair in pairs], dtype=bool),
        _numbers(columns, row, ("GQ", "RGQ"), len(cells)),
        _numbers(columns, row, ("MIN_DP", "DP"), len(cells)),
        np.array([each in _GOOD_FILTERS for each in filters]) if filters else np.ones(len(cells), dtype=bool),
    )


def _parse(text: str, alternates: int) -> tuple[int, int, bool]:
    """Two alleles and whether they are phased; one copy has `NO_COPY` second."""
    parts = text.replace("|", "/").split("/")
    alleles = [MISSING if part == "." else int(part) for part in parts]
    if not 1 <= len(alleles) <= 2 or max(alleles) > alternates:
        raise ValueError(text)
    return (alleles[0], NO_COPY, False) if len(alleles) == 1 else (alleles[0], alleles[1], "|" in text)


def _column(columns: list[list[str]], row: VcfRow, key: str) -> list[str]:
    if not columns or key not in row.format:
        return []
    at = row.format.index(key)
    return [fields[at] if len(fields) > at else "" for fields in columns]


def _numbers(columns: list[list[str]], row: VcfRow, keys: tuple[str, ...], n: int) -> np.ndarray:
    """The first of the keys that the row has; trailing fields may be left out."""
    texts = next((found for key in keys if (found := _column(columns, row, key))), [])
    values = np.full(n, np.nan, dtype=np.float32)
    for index, text in enumerate(texts):
        if text.replace(".", "", 1).isdigit():
            values[index] = float(text)
    return values
