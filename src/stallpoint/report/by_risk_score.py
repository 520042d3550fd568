"""What PATH asks before any other modifier, in a sentence: the effect by a risk score made elsewhere, absolute and relative.

Source: Kent et al. (2020), doi:10.7326/M18-3667.
"""

from __future__ import annotations

from collections.abc import Sequence

from stallpoint.clinical.prohibited_uses import PROHIBITED_USES, RISK_SCORES, is_risk_score
from stallpoint.core.effect import Effect
from stallpoint.core.ledger import Look
from stallpoint.core.numbers import format_p
from stallpoint.draw.numbers import format_interval, format_value
from stallpoint.response.modifier_values import call_modifier


def say_by_risk_scores(effects: Sequence[Effect], looks: Sequence[Look]) -> list[str]:
    """A sentence for each risk score among the modifiers; none where there is none."""
    by_name = {effect.name: effect for effect in effects}
    corrected = {look.effect: look.p_adjusted for look in looks}
    return [
        _say(score, by_name[name], by_name.get(f"modifier_ratio_{score}_1"), corrected.get(name))
        for score in RISK_SCORES
        if (name := f"modifier_{score}_1") in by_name
    ]


def prohibited_uses(effects: Sequence[Effect]) -> tuple[str, ...]:
    """What a risk score must not be used for, where one is among the modifiers; empty where none is."""
    shown = any(effect.role == "modifier" and is_risk_score(effect.name) for effect in effects)
    return PROHIBITED_USES if shown else ()


def _say(score: str, absolute: Effect, relative: Effect | None, p_adjusted: float | None) -> str:
    tested = f", p corrected for the family {format_p(p_adjusted)}" if p_adjusted is not None else ", not tested"
    on_relative = (
        f"by a factor of {format_value(relative)} in the ratio of slopes ({format_interval(relative)}) on the relative scale, where a drug "
        "that slows everyone by the same percentage shows none"
        if relative
        else "by what cannot be said on the relative scale, since a group does not decline in the model"
    )
    on_absolute = f"by {format_value(absolute)} {absolute.unit} ({format_interval(absolute)}{tested}) on the absolute scale"
    return (
        f"Asked before any other modifier, as the PATH statement asks: with each point of the {call_modifier(score)}, which was made in "
        f"other people, the benefit changes {on_absolute} and {on_relative}."
    )
