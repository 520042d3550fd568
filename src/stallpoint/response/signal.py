"""A difference of effects that somebody else reported, and whether it was confirmed: what may be said of it from the numbers alone.

A signal found by looking is a question. Only a trial that was made to ask it can answer, and the answer may be no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.check import Check
from stallpoint.core.errors import StallpointError
from stallpoint.core.finding import Finding
from stallpoint.core.numbers import format_p
from stallpoint.knowledge.subgroup_priors import load_subgroup_priors
from stallpoint.response.false_positive_risk import false_positive_risk, least_false_positive_risk

Verdict = Literal["signal, needs confirmation", "confirmed", "refuted", "not confirmed", "no signal"]

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class ReportedDifference:
    """A reported difference of effects between groups of a randomised trial, or an effect in one group that a later trial enrolled.

    `p_value` is that of the difference. `benefit` says whether it spoke for treatment in the group. `power` is the chance that the
    study had of such a result if the difference is real; `looks` how many differences were looked at, 1 where it was the only one.
    """

    label: str
    p_value: float
    power: float
    benefit: bool = True
    prespecified: bool = False
    looks: int = 1


@dataclass(frozen=True)
class Confirmation:
    """A randomised trial made to ask whether the signal is real: its p-value, its direction, and whether it was stopped for no benefit."""

    label: str
    p_value: float | None
    benefit: bool
    stopped_for_futility: bool = False


@dataclass(frozen=True)
class SignalVerdict:
    """What may be said: the verdict, risks of a false alarm by prior chance, and the finding."""

    verdict: Verdict
    false_alarm: dict[float, float]
    least_false_alarm: dict[float, float]
    finding: Finding


def judge_signal(reported: ReportedDifference, *, confirmation: Confirmation | None = None) -> SignalVerdict:
    """Judge a reported difference, with the trial that tried to confirm it where there is one.

    The p-value is corrected for the looks (Bonferroni). Risks of a false alarm are given for the bundled prior chances.

    Raises:
        StallpointError: a share outside 0 to 1, or fewer than one look.
    """
    if reported.looks < 1:
        raise StallpointError(f"{reported.looks} looks", where="looks", do="count the look itself: 1 or more")
    corrected = min(1.0, reported.p_value * reported.looks)
    priors = (load_subgroup_priors()["chance"], load_subgroup_priors()["even_chance"])
    inside = min(corrected, 1 - 1e-9)
    risks = {prior: false_positive_risk(inside, prior=prior, power=reported.power) for prior in priors}
    least = {prior: least_false_positive_risk(inside, prior=prior) for prior in priors}
    verdict = _verdict(reported, corrected, confirmation)
    return SignalVerdict(verdict, risks, least, _finding(reported, confirmation, verdict, corrected, risks, least))


def _verdict(reported: ReportedDifference, corrected: float, confirmation: Confirmation | None) -> Verdict:
    if confirmation is None:
        return "signal, needs confirmation" if corrected < SIGNIFICANT else "no signal"
    if confirmation.stopped_for_futility:
        return "refuted"
    if confirmation.p_value is None or confirmation.p_value >= SIGNIFICANT:
        return "not confirmed"
    return "confirmed" if confirmation.benefit == reported.benefit else "refuted"


def _finding(
    reported: ReportedDifference,
    confirmation: Confirmation | None,
    verdict: Verdict,
    corrected: float,
    risks: dict[float, float],
    least: dict[float, float],
) -> Finding:
    how = "named beforehand" if reported.prespecified else "not named beforehand"
    said = [f"{verdict[:1].upper()}{verdict[1:]}. {reported.label}: p {_p(reported.p_value)}, {how}"]
    said.append(f", corrected for {reported.looks} looks p {_p(corrected)}." if reported.looks > 1 else ".")
    each = (f"{risk:.0%} (at least {least[prior]:.0%}) at a prior chance of {prior:.0%}" for prior, risk in risks.items())
    said.append(f" The risk that it alone is a false alarm is {', '.join(each)}.")
    if confirmation:
        said.append(f" {_say_confirmation(confirmation)}")
    passed = confirmation is not None and verdict in ("confirmed", "refuted")
    return Finding(
        question=f"Is the difference real: {reported.label}?",
        text="".join(said),
        basis="randomised data",
        prespecified=confirmation is not None or reported.prespecified,
        controlled=confirmation is not None,
        decisive=passed or verdict == "signal, needs confirmation",
        checks=(Check("reported by others", "warning", "Judged from reported numbers; nothing of the data was seen."),),
    )


def _say_confirmation(confirmation: Confirmation) -> str:
    direction = "for" if confirmation.benefit else "against"
    if confirmation.stopped_for_futility:
        return f"{confirmation.label}, made to ask this, was stopped for lack of benefit."
    if confirmation.p_value is None:
        return f"{confirmation.label}, made to ask this, has not reported."
    return f"{confirmation.label}, made to ask this, spoke {direction} treatment with p {_p(confirmation.p_value)}."


def _p(value: float) -> str:
    text = format_p(value)
    return text if text.startswith("<") else f"= {text}"
