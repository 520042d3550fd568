"""Calls of a panel, person by person and as the table of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from stallpoint.core.variant import Answer, VariantCall, Zygosity
from stallpoint.profile.genome.call import ABSENT, NOT_TESTED, PRESENT, REASONS, PanelCalls, describe_zygosity
from stallpoint.profile.genome.hgvs import write_hgvs

if TYPE_CHECKING:
    import polars as pl

_ANSWERS: dict[int, Answer] = {PRESENT: "present", ABSENT: "absent", NOT_TESTED: "not tested"}


def calls_of(panel: PanelCalls, sample: str, *, assay: str, date: str = "", source: str = "") -> tuple[VariantCall, ...]:
    """The calls of one sample of the file, each with its reason where it is not tested."""
    column = panel.samples.index(sample)
    found = []
    for row, variant in enumerate(panel.variants):
        quality = float(panel.quality[row, column])
        answer = _ANSWERS[int(panel.calls[row, column])]
        zygosity = describe_zygosity(int(panel.copies[row, column]), int(panel.ploidy[row, column]))
        found.append(
            VariantCall(
                gene=variant.gene,
                variant=variant.name,
                call=answer,
                zygosity=cast("Zygosity", zygosity),
                reason=REASONS[panel.reasons[row, column]],
                quality=None if np.isnan(quality) else quality,
                phased=bool(panel.phased[row, column]) if answer == "present" else None,
                assay=assay,
                date=date,
                source=source,
                hgvs="" if panel.build not in variant.places else write_hgvs(variant.places[panel.build], panel.build),
            )
        )
    return tuple(found)


def variants_table(panel: PanelCalls, *, assay: str) -> pl.DataFrame:
    """The study table `variants` of everybody in the file, all at once: patient, gene, variant, call, zygosity, assay, reason."""
    import polars as pl  # here, since calling a panel needs no table and polars costs a quarter of it

    rows, columns = panel.calls.shape
    answers = np.array(["not tested", "absent", "present"])[panel.calls.ravel() + 1]
    zygosity = np.array(["", "hemizygous", "heterozygous", "homozygous"])
    one, two = panel.ploidy == 1, panel.ploidy == 2
    which = np.where(one & (panel.copies > 0), 1, np.where(two & (panel.copies > 0), panel.copies + 1, 0))
    return pl.DataFrame(
        {
            "patient": np.tile(np.array(panel.samples), rows),
            "gene": np.repeat(np.array([each.gene for each in panel.variants]), columns),
            "variant": np.repeat(np.array([each.name for each in panel.variants]), columns),
            "call": answers,
            "zygosity": zygosity[which.ravel()],
            "reason": np.array(REASONS)[panel.reasons.ravel()],
        }
    ).with_columns(pl.col("zygosity", "reason").replace("", None), assay=pl.lit(assay))
