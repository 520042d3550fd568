"""Where a treatment stalls by the literature, asked and written down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stallpoint.core.curie import source_curie
from stallpoint.core.errors import OutputError
from stallpoint.core.known_from import last_day
from stallpoint.explain.from_literature import LiteratureAnswer, explain_literature
from stallpoint.explain.literature_table import tabulate_literature_links
from stallpoint.explain.literature_text import (
    answer_statements,
    dependence_statements,
    exposure_statements,
    link_statements,
    result_statements,
    signal_statements,
)
from stallpoint.explain.statement import Statement
from stallpoint.knowledge.evidence.base import EvidenceBase, known_on
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.report.literature import LiteraturePage, render_literature
from stallpoint.study.json_text import render_json

SCHEMA = "stallpoint.literature/1"
SEED = 1
METHOD_SOURCES = ("modelling_choice", "rubin1988", "shapley1953", "brown2001")


@dataclass(frozen=True, eq=False)
class ExplainedLiterature:
    """The evidence that was asked, the answer, its sentences by section, and where the page was written; None where none was asked for."""

    base: EvidenceBase
    answer: LiteratureAnswer
    statements: dict[str, tuple[Statement, ...]]
    report: Path | None


def explain_from_literature(
    name: str, *, folder: Path | None = None, as_of: str | None = None, out: Path | None = None
) -> ExplainedLiterature:
    """Explain a treatment, or a trial of one, from the evidence base.

    Args:
        name: of the treatment or trial.
        folder: evidence of the user's own, added to what is bundled.
        as_of: only what was known by this year, month or day.
        out: folder for explanation.html and explanation.json.

    Raises:
        StallpointError: an unknown name, a day that is none, evidence that cannot be read, or a folder that cannot be written.
    """
    base = load_evidence(folder)
    base = base if as_of is None else known_on(base, last_day(as_of))
    answer = explain_literature(base, name, seed=SEED)
    statements = {
        "answer": answer_statements(answer, base),
        "results": result_statements(answer, base),
        "signals": signal_statements(answer),
        "links": link_statements(answer),
        "way to the target": exposure_statements(answer),
        "hangs on": dependence_statements(answer, base),
    }
    explained = ExplainedLiterature(base, answer, statements, None if out is None else out / "explanation.html")
    if out is not None:
        _write(explained, out)
    return explained


def record_of_literature(explained: ExplainedLiterature) -> dict[str, Any]:
    """The answer as plain values, for --json and explanation.json."""
    answer, base = explained.answer, explained.base
    stall = answer.stall
    return {
        "schema": SCHEMA,
        "treatment": answer.treatment.name,
        "trial": None if answer.trial is None else answer.trial.name,
        "as_of": None if base.as_of is None else base.as_of.isoformat(),
        "undated_left_out": list(base.undated),
        "status": answer.finding.status,
        "benefit": {"status": answer.benefit.status, "claims": [claim.id for claim in answer.benefit.claims]},
        "stall": None
        if stall is None
        else {
            "answer": stall.answer,
            "named": stall.named,
            "possible": list(stall.possible),
            "none_possible": stall.none_possible,
            "probability": dict(stall.probability),
            "no_stall_probability": stall.no_stall,
            "threshold": stall.threshold,
        },
        "slowing": dict(zip(("low", "middle", "high"), answer.literature.expected, strict=True)),
        "effective_draws": answer.literature.effective,
        "links": tabulate_literature_links(answer).to_dicts(),
        "outcomes": [
            {"claim": each.claim.id, "slowing": each.slowing, "std_error": each.std_error, "ground": each.ground}
            for each in answer.outcomes
        ],
        "signals": [
            {
                "claim": each.claim.id,
                "modifier": each.claim.modifier,
                "status": each.status,
                "chance": None if each.test is not None else each.chance,
                "test": None if each.test is None else each.test.id,
            }
            for each in answer.signals
        ],
        "ways": [
            {
                "kind": way.kind.kind,
                "label": way.kind.label,
                "ground": way.ground,
                "against": way.kind.against,
                "must_be_true": way.kind.must_be_true,
                "study": way.kind.study,
                "claims": [claim.id for claim in way.claims],
                "computed": list(way.computed),
            }
            for way in answer.ways
        ],
        "hangs_on": answer.dependences,
        "statements": {section: [each.text for each in said] for section, said in explained.statements.items()},
        "own_rows": base.own_rows,
        "own_claims": [claim.id for claim in answer.claims if claim.id in base.own],
        "claims": answer.claims,
        "sources": [
            {"id": id_, "text": base.sources[id_].text, "curie": source_curie(base.sources[id_])} for id_ in cited_ids(explained)
        ],
    }


def cited_ids(explained: ExplainedLiterature) -> tuple[str, ...]:
    """Every work the answer rests on, in the order in which it is met."""
    answer, base = explained.answer, explained.base
    claims = (*answer.claims, *answer.pumps, *(claim for way in answer.ways for claim in way.claims))
    found = dict.fromkeys([*(claim.source for claim in claims), *METHOD_SOURCES])
    return tuple(id_ for id_ in found if id_ in base.sources)


def _write(explained: ExplainedLiterature, out: Path) -> None:
    sources = tuple(explained.base.sources[id_] for id_ in cited_ids(explained))
    page = LiteraturePage(explained.answer, explained.base, explained.statements, sources)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "explanation.json").write_bytes(render_json(record_of_literature(explained)))
        (out / "explanation.html").write_text(render_literature(page), encoding="utf-8")
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault}", where=str(out), do="name a folder that you can write") from fault
