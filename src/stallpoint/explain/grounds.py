"""What each link's transmission rests on, in words, with its class of evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.parameter import Link
from stallpoint.core.plan import Plan
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.core.wording import counted
from stallpoint.explain.draw_chain import Seen
from stallpoint.explain.transmission import WOULD_TELL

ASSUMED = "nothing was measured: it may pass nearly all or impede; only what the trial saw narrows that"


@dataclass(frozen=True)
class Ground:
    """Class, tag, sentence, sources, and what would have to be measured to know better."""

    evidence: EvidenceClass
    tag: Tag
    text: str
    sources: tuple[str, ...]
    missing: str


def describe_grounds(people: pl.DataFrame, plan: Plan, seen: Seen, *, read: tuple[Link, ...], trials: int) -> dict[Link, Ground]:
    """The ground of each link in one trial."""
    treated = people.filter(pl.col("treated") == 1)
    grounds: dict[Link, Ground] = {
        "taken": _measured(_say_taken(treated)) if "taken" in read else _assumed("taken"),
        "absorbed": _measured(_say_absorbed(treated, plan)) if "absorbed" in read else _assumed("absorbed"),
        "delivered": _delivered(treated, plan),
        "engaged": _engaged(seen),
        "relevant": _relevant(people, plan, seen),
        "timely": _timely(people) if "timely" in read else _assumed("timely"),
        "visible": _measured(
            f"{trials:,} trials simulated from this trial's own people, visits and drop-out: the share that would have shown "
            "the potential effect"
        ),
    }
    return grounds


def _measured(text: str, missing: str = "") -> Ground:
    return Ground("measured here", "derived", text, (), missing)


def _assumed(link: Link, text: str = ASSUMED) -> Ground:
    return Ground("assumed", "assumed", text, ("modelling_choice",), WOULD_TELL[link])


def _say_taken(treated: pl.DataFrame) -> str:
    known = treated["taken"].drop_nulls()
    return f"doses of {known.len()} of {counted(treated.height, 'person')} treated: on average {_mean(known):.0%} of what was planned"


def _say_absorbed(treated: pl.DataFrame, plan: Plan) -> str:
    known = treated["level"].drop_nulls()
    of = f"plasma levels of {known.len()} of {counted(treated.height, 'person')} treated"
    if plan.planned_level is None:
        return f"{of}; no planned level was stated, so anything near the median observed may have been needed"
    short = _mean((known < plan.planned_level).cast(pl.Float64))
    return (
        f"{of}: {short:.0%} lie below the planned {plan.planned_level:g} {plan.level_unit}; how much effect that costs is assumed"
    )


def _delivered(treated: pl.DataFrame, plan: Plan) -> Ground:
    ratios = treated["csf_ratio"].drop_nulls()
    if not ratios.len():
        return _assumed("delivered")
    if plan.planned_csf_ratio is None:
        return _assumed(
            "delivered", f"CSF of {counted(ratios.len(), 'person')} was measured, but no planned ratio to plasma was stated"
        )
    middle = float(np.median(ratios.to_numpy()))
    return _measured(
        f"CSF over plasma of {counted(ratios.len(), 'person')}: median {middle:.2g}, planned {plan.planned_csf_ratio:.2g}; "
        "lumbar CSF stands for the cord, which nobody has sampled in life"
    )


def _engaged(seen: Seen) -> Ground:
    if seen.marker is None:
        return _assumed("engaged")
    each = seen.marker
    change = f"{100 * np.expm1(each.difference):+.0f}%"
    return _measured(
        f"{each.marker} changed by {change} against control ({each.n_treated} and {each.n_control} people): what is engaged of all "
        "that was planned, so losses before it are in it"
    )


def _relevant(people: pl.DataFrame, plan: Plan, seen: Seen) -> Ground:
    tested = people["carrier"].drop_nulls()
    if not plan.target_gene or not tested.len():
        fall = "" if seen.nfl is None else "; NfL was measured: a fall would speak for it, none does not speak against it"
        return _assumed("relevant", ASSUMED + fall)
    return _measured(
        f"{plan.target_gene} was tested in {counted(tested.len(), 'person')}, {int(tested.sum())} of them carriers: "
        "the effect in carriers against others"
    )


def _timely(people: pl.DataFrame) -> Ground:
    left = _mean(people["function_left"].drop_nulls())
    return _assumed(
        "timely",
        f"function left at entry was {left:.0%} on average; what a loss costs is assumed, narrowed by whether those with less gained less",
    )


def _mean(values: pl.Series) -> float:
    return float(values.cast(pl.Float64).to_numpy().mean())
