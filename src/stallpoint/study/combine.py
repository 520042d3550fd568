"""Combinations, answered and written down: every pair of a file of wells, or two drugs by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stallpoint.combine.drug_pair import DrugPairAnswer, answer_drug_pair
from stallpoint.combine.family import PairVerdict, judge_family
from stallpoint.combine.musyc import PARAMETERS
from stallpoint.combine.pair import PairFit, fit_pair
from stallpoint.combine.reachable import Reach, judge_reach
from stallpoint.combine.regimens import RegimenOption, cover_pathways
from stallpoint.combine.triple import TripleFit, fit_triple
from stallpoint.core.dose_matrix import DoseMatrix
from stallpoint.core.errors import OutputError
from stallpoint.core.source import Source
from stallpoint.io.dose_matrix.read import read_dose_matrices
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.sources import load_sources
from stallpoint.report.combination import render_drug_pair, render_surfaces
from stallpoint.study.json_text import render_json

SEED = 1
SURFACE_SOURCES = ("wooten2021", "bliss1939", "loewe1953", "yadav2015", "twarog2016")
PAIR_SOURCES = ("palmer2017", "rowland1973", "ito1998")
CAUTION = "Synergy in a dish is no benefit in a person; the strongest label here is `worth a study`."


@dataclass(frozen=True)
class JudgedPair:
    """A pair with its verdict in its family, and whether its synergy could be reached."""

    fit: PairFit
    verdict: PairVerdict
    reach: Reach


@dataclass(frozen=True)
class Combined:
    """What a file of wells says."""

    file: str
    pairs: tuple[JudgedPair, ...]
    triples: tuple[TripleFit, ...]
    report: Path | None


@dataclass(frozen=True)
class PairedDrugs:
    """What is known of two drugs together."""

    answer: DrugPairAnswer
    sources: tuple[Source, ...]
    report: Path | None


def combine_file(path: Path, *, response: str | None = None, out: Path | None = None) -> Combined:
    """Fit every combination of a file.

    Args:
        path: wells in a long table or in plate layouts.
        response: viability or inhibition where the file does not say.
        out: folder for combination.html and combination.json.

    Raises:
        StallpointError: a file that cannot be read or fitted, a folder that cannot be written.
    """
    matrices = read_dose_matrices(path, response=response)
    pairs = judge_pairs([each for each in matrices if len(each.drugs) == 2])
    triples = tuple(
        fit_triple(each, rng=np.random.default_rng([SEED, 3, index]))
        for index, each in enumerate(matrices)
        if len(each.drugs) == 3
    )
    combined = Combined(path.name, pairs, triples, None)
    if out is None:
        return combined
    page = render_surfaces(path.name, pairs, triples, _sources(SURFACE_SOURCES))
    return Combined(path.name, pairs, triples, _write(out, page, surface_record(combined)))


def judge_pairs(matrices: Sequence[DoseMatrix]) -> tuple[JudgedPair, ...]:
    """Fits, verdicts and reach of pairs that are one family."""
    fits = [fit_pair(each, rng=np.random.default_rng([SEED, 1, index])) for index, each in enumerate(matrices)]
    verdicts = judge_family(fits)
    return tuple(
        JudgedPair(fit, verdict, judge_reach(fit, rng=np.random.default_rng([SEED, 2, index])))
        for index, (fit, verdict) in enumerate(zip(fits, verdicts, strict=True))
    )


def combine_drugs(first: str, second: str, *, out: Path | None = None) -> PairedDrugs:
    """What is known of two drugs together.

    Args:
        first: a drug's name.
        second: another's.
        out: folder for combination.html and combination.json.

    Raises:
        StallpointError: a name that is not known, a folder that cannot be written.
    """
    answer = answer_drug_pair(first, second, seed=SEED)
    named = [each.source for each in answer.evidence] + [each.study.source for each in answer.studies]
    named += [role.source for each in answer.exposure for pair in each.roles for role in pair]
    sources = _sources([*named, *PAIR_SOURCES])
    if out is None:
        return PairedDrugs(answer, sources, None)
    return PairedDrugs(answer, sources, _write(out, render_drug_pair(answer, sources), drug_record(answer)))


def cover(pathways: Sequence[str]) -> tuple[RegimenOption, ...]:
    """Pairs of known drugs that touch all these pathways, grouped by evidence and not ranked.

    Raises:
        RegimenError: a pathway that no drug touches.
    """
    return cover_pathways(pathways, load_drugs())


def surface_record(combined: Combined) -> dict[str, object]:
    """What a file says as plain values, for --json and combination.json."""
    return {
        "schema": "stallpoint.combine/1",
        "file": combined.file,
        "caution": CAUTION,
        "pairs": [_pair_record(each) for each in combined.pairs],
        "triples": [
            {"combination": each.matrix.name, "measures": each.means, "residual_sd": each.residual_sd, "notes": each.matrix.notes}
            for each in combined.triples
        ],
    }


def _pair_record(judged: JudgedPair) -> dict[str, object]:
    fit, reach = judged.fit, judged.reach
    return {
        "pair": fit.matrix.name,
        "drugs": fit.matrix.drugs,
        "units": fit.matrix.units,
        "response": fit.matrix.said,
        "sign": "an excess above 0 means that both did more than the reference says",
        "verdict": judged.verdict.verdict,
        "p_value": judged.verdict.p_value,
        "why": judged.verdict.why,
        "measures": fit.means,
        "parameters": fit.parameters,
        "musyc": dict(zip(PARAMETERS, fit.musyc.tolist(), strict=True)),
        "residual_sd": fit.residual_sd,
        "checks": fit.checks,
        "reach": {
            "answer": reach.answer,
            "synergy_exists": reach.exists,
            "reachable_share": reach.reached,
            "limiting": reach.limiting,
            "levels_umol_l": [{"drug": x.drug, "low": x.low, "middle": x.middle, "high": x.high} for x in reach.levels],
            "silent": reach.silent,
        },
        "wells": fit.wells.to_dicts(),
        "notes": fit.matrix.notes,
    }


def drug_record(answer: DrugPairAnswer) -> dict[str, object]:
    """What is known of two drugs as plain values, for --json and combination.json."""
    return {
        "schema": "stallpoint.combine/1",
        "drugs": answer.drugs,
        "caution": CAUTION,
        "headline": answer.headline,
        "evidence": answer.evidence,
        "exposure": [
            {
                "victim": each.victim,
                "partner": each.partner,
                "answer": each.answer,
                "why": each.why,
                "plasma": each.plasma,
                "site": each.site,
                "total": each.total,
                "share_of_effect_gained": each.share,
                "day_by_day": None if each.dynamic is None else each.dynamic.area_ratio.tolist(),
                "ceiling_in_animals_without_pgp": each.ceiling_animal,
                "roles": [role for pair in each.roles for role in pair],
            }
            for each in answer.exposure
        ],
        "studies": answer.studies,
        "regimen": answer.regimen,
    }


def cover_record(pathways: Sequence[str], options: Sequence[RegimenOption]) -> dict[str, object]:
    """Combinations by pathway as plain values, for --json."""
    return {
        "schema": "stallpoint.combine/1",
        "pathways": list(pathways),
        "caution": CAUTION,
        "order": "by evidence and name, not by merit",
        "options": list(options),
    }


def _sources(ids: Sequence[str]) -> tuple[Source, ...]:
    known = load_sources()
    return tuple(known[each] for each in dict.fromkeys(ids) if each in known)


def _write(out: Path, page: str, record: dict[str, object]) -> Path:
    text = render_json(record)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "combination.json").write_bytes(text)
        (out / "combination.html").write_text(page, encoding="utf-8")
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault}", where=str(out), do="name a folder that you can write") from fault
    return out / "combination.html"
