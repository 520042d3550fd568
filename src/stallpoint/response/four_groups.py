"""Risks of death in the four groups of treatment and a modifier of two levels, and whether they add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.errors import FitError
from stallpoint.core.wording import counted
from stallpoint.models.product_limit import survival_error, survival_share
from stallpoint.response.excess_risk import ExcessRisk, added_risk, excess_risk_of_groups
from stallpoint.response.follow_up import FollowUp
from stallpoint.response.modifier_values import ModifierValues, call_modifier

Array = npt.NDArray[np.float64]

FEW_DEATHS = 5
"""A group with fewer deaths has a risk whose normal interval is rough."""

CLEAR = 1.96
"""Standard errors of a difference of risks by which the lowest must lie below each other group to be taken as reference."""


@dataclass(frozen=True)
class FourGroups:
    """One modifier, what its upper level is called, and the four risks (treatment, modifier) with what they add up to.

    excess: relative to the lowest risk; None where no group is clearly the lowest, as `lowest` says.
    """

    name: str
    label: str
    months: float
    risk: Array
    added: ExcessRisk
    excess: ExcessRisk | None
    deaths: Check
    lowest: Check
    n: int


def compare_deaths(trial: Trial, followed: FollowUp, name: str, known: ModifierValues) -> FourGroups:
    """The four groups of one modifier, at the horizon or as far as every group was followed.

    Raises:
        FitError: a group without people, without deaths, or without survivors.
    """
    column = known.columns[0]
    people = followed.people.join(known.values, on="patient", maintain_order="left")
    groups = [[people.filter(treated=arm, **{column: level}) for level in (0.0, 1.0)] for arm in (0.0, 1.0)]
    months = min(trial.estimand.horizon_months, *(_followed(group) for row in groups for group in row))
    risk, error, deaths = (np.array([[of(group, months) for group in row] for row in groups]) for of in (_risk, _error, _deaths))
    if (risk >= 1).any():
        raise FitError("a group without survivors", where="excess risk", do="choose a nearer horizon")
    if (risk <= 0).any():
        raise FitError("a group without risk, whose error is not known", where="excess risk", do="choose a later horizon")
    fewest = int(deaths.min())
    text = f"{call_modifier(name)}: the smallest of four groups has {counted(fewest, 'death')}"
    rough = fewest < FEW_DEATHS
    check = Check(
        f"deaths by {name}", "warning" if rough else "passed", text + ("; intervals are rough." if rough else "."), fewest
    )
    lowest = _check_lowest(name, risk, error)
    excess = excess_risk_of_groups(risk, error) if lowest.status == "passed" else None
    return FourGroups(name, known.labels[0], months, risk, added_risk(risk, error), excess, check, lowest, people.height)


def _check_lowest(name: str, risk: Array, error: Array) -> Check:
    """Whether the data single out the group of the lowest risk: against another one the excess turns its sign.

    With three groups of one risk (0.2, the fourth 0.4, 75 people each; 2,000 trials) intervals against the lowest that is seen hold the
    truth in 71%, so nothing is shown there.
    """
    lowest = np.unravel_index(int(risk.argmin()), risk.shape)
    unclear = risk - risk[lowest] < CLEAR * np.hypot(error, error[lowest])
    called = call_modifier(name)
    if unclear.sum() == 1:
        return Check(f"lowest risk by {name}", "passed", f"{called}: one of four groups has clearly the lowest risk.")
    text = (
        f"{called}: no group has clearly the lowest risk, so the excess is given in points of risk and not relative to a group."
    )
    return Check(f"lowest risk by {name}", "warning", text)


def _followed(group: pl.DataFrame) -> float:
    """How far a group's curve is known: to its last person, or for ever where that one died."""
    if not group.height:
        raise FitError("a group without people", where="relative excess risk", do="leave the modifier out")
    last = group.sort("time_months", "died").row(-1, named=True)
    return float("inf") if last["died"] else float(last["time_months"])


def _risk(group: pl.DataFrame, months: float) -> float:
    return 1 - survival_share(group["time_months"].to_numpy(), group["died"].to_numpy(), months)


def _error(group: pl.DataFrame, months: float) -> float:
    return survival_error(group["time_months"].to_numpy(), group["died"].to_numpy(), months)


def _deaths(group: pl.DataFrame, months: float) -> float:
    return float(group.filter((pl.col("died") == 1) & (pl.col("time_months") <= months)).height)
