"""Two invented haplotypes written as a gVCF in many ways: every substitution is called as the haplotypes hold it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from vcf_world import Row, vcf_text, write_vcf

from stallpoint.core.variant import Place, Variant
from stallpoint.io.vcf.file import open_vcf
from stallpoint.profile.genome.call import ABSENT, PRESENT, call_panel

START = 5_000_001
LENGTH = 240


def changed(rng: np.random.Generator, piece: str) -> str:
    """One haplotype of a piece: as it was, some bases swapped, or its first base kept and some after it gone or put in."""
    kind = rng.choice(["same", "swap", "delete", "insert"], p=[0.4, 0.35, 0.15, 0.1])
    if kind == "swap":
        return "".join(str(rng.choice(list("ACGT"))) if rng.random() < 0.5 else base for base in piece)
    if kind == "delete" and len(piece) > 1:
        return piece[0] + piece[int(rng.integers(2, len(piece) + 1)) :]
    return piece[0] + "".join(rng.choice(list("ACGT"), 2)) + piece[1:] if kind == "insert" else piece


def substituted(piece: str, held: str) -> set[tuple[int, str]]:
    """Offsets and bases that differ; a haplotype of another length holds an insertion or deletion and no substitution."""
    return {(at, b) for at, (a, b) in enumerate(zip(piece, held, strict=False)) if a != b} if len(piece) == len(held) else set()


def write_genome(rng: np.random.Generator, reference: str) -> tuple[list[Row], dict[tuple[int, str], int]]:
    rows: list[Row] = []
    truth: dict[tuple[int, str], int] = {}
    at = 0
    while at < LENGTH:
        size = int(rng.integers(1, 6))
        piece = reference[at : at + size]
        position = START + at
        pair = [changed(rng, piece), changed(rng, piece)] if rng.random() < 0.5 else [piece, piece]
        for held in pair:
            for offset, base in substituted(piece, held):
                truth[at + offset, base] = truth.get((at + offset, base), 0) + 1
        alternates = list(dict.fromkeys(held for held in pair if held != piece))
        numbers = [0 if held == piece else alternates.index(held) + 1 for held in pair]
        genotype = str(rng.choice(["/", "|"])).join(map(str, numbers)) + ":60:30"
        if alternates:
            alt = ",".join([*alternates, *(["<NON_REF>"] if rng.random() < 0.5 else [])])
            rows.append(("21", position, piece, alt, "PASS", ".", "GT:GQ:DP", [genotype]))
        else:
            rows.append(
                ("21", position, piece[0], "<NON_REF>", "PASS", f"END={position + len(piece) - 1}", "GT:GQ:DP", [genotype])
            )
        at += size
    return rows, truth


@pytest.mark.parametrize("seed", range(8))
def test_every_substitution_is_called_as_the_haplotypes_hold_it(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    reference = "".join(rng.choice(["A", "C", "G", "T", "AC", "AA"], LENGTH))[: LENGTH + 8]
    rows, truth = write_genome(rng, reference)
    asked = [(at, base) for at in range(LENGTH) for base in "ACGT" if base != reference[at]]
    panel = tuple(
        Variant("", f"{at}{base}", coordinates="verified", places={"GRCh38": Place("21", START + at, reference[at], base)})
        for at, base in asked
    )
    found = call_panel(open_vcf(write_vcf(tmp_path / "a.vcf", vcf_text(rows, ("one",)))), panel, "GRCh38")
    expected = np.array([truth.get(each, 0) for each in asked])
    assert found.calls[:, 0].tolist() == np.where(expected > 0, PRESENT, ABSENT).tolist()
    assert found.copies[:, 0].tolist() == expected.tolist()
    assert 0 < (expected > 0).sum() < len(asked) / 2
