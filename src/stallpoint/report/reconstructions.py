"""The worked cases as one page of documentation: made from the evidence, never typed, so that it cannot drift from what the tool says."""

from __future__ import annotations

from stallpoint.explain.benefit import BENEFIT_HEADS
from stallpoint.explain.from_literature import LiteratureAnswer
from stallpoint.explain.literature_text import answer_statements, result_statements, signal_statements
from stallpoint.explain.reconstruct import Reconstruction
from stallpoint.knowledge.evidence.base import EvidenceBase

_HEAD = """# Worked cases: before and after the result that turned them

What `stallpoint explain` says of eight treatments with the evidence of a day before their story turned, and with what is known now.
Nothing here is typed: the page is made from the evidence base, and a test makes it anew. Run the commands to see the rest: links, ways
past, sources.

These are sanity checks on a handful of cases that everybody knows, not a validation. On a past day only claims with a date are counted, a
year counts from its end, and drug parameters of works without a year stay. How surprising a result was then, this page cannot tell.
"""


def render_reconstructions(cases: tuple[Reconstruction, ...]) -> str:
    """The page as Markdown."""
    rows = ["| case | before | after |", "| --- | --- | --- |"]
    rows += [f"| {case.case.title} | {_sum_up(*case.before)} | {_sum_up(*case.after)} |" for case in cases]
    return "\n".join([_HEAD, *rows, *(_render_case(case) for case in cases)]) + "\n"


def _render_case(found: Reconstruction) -> str:
    case = found.case
    parts = [f"\n## {case.title}\n\n*{case.question}*"]
    for word, day, (base, answer) in (("Before", case.before, found.before), ("After", case.after, found.after)):
        asked = f"stallpoint explain {case.treatment!r}" + (f" --as-of {day}" if day else "")
        heading = f"### {word}: what was known by the end of {day}" if day else f"### {word}: what is known now"
        lines = [f"- {line}" for line in _say(base, answer)]
        parts.append("\n".join([heading, "", f"```\n{asked}\n```", "", *lines]))
    return "\n\n".join(parts)


def _say(base: EvidenceBase, answer: LiteratureAnswer) -> list[str]:
    statements = (*answer_statements(answer, base), *result_statements(answer, base), *signal_statements(answer))
    return [each.text for each in statements]


def _sum_up(base: EvidenceBase, answer: LiteratureAnswer) -> str:
    """Day, status of benefit, target and signals, in a cell."""
    day = f"{base.as_of}" if base.as_of else "now"
    engaged = answer.reading("engaged")
    target = f"target {engaged.standing}{' in people' if engaged.human and engaged.standing != 'unknown' else ''}"
    signals = [f"signal in {each.claim.modifier}: {each.status}" for each in answer.signals]
    return "; ".join([f"{day}: {BENEFIT_HEADS[answer.benefit.status]}", target, *signals])
