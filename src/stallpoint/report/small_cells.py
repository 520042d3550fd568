"""What leaves the machine shows no count of few people who share something, and none can be had by subtraction.

Numbers of people entered, analysed or without a record are no such counts and stay; so do estimates, unless they rest on few deaths.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import StallpointError
from stallpoint.core.finding import Finding
from stallpoint.numerics.small_cells import hide_small_cells
from stallpoint.report.content import LEAST_SMALLEST_CELL, ReportContent

POOLED = "too few to show apart"
"""The state of people whose own states would be small cells."""

WITHHELD = "In some arm fewer than {smallest} people died: curves and shares of survival, and what tells them, are left out."

_OF_DEATHS = re.compile(r"survival_(difference|\d+)|restricted_mean_difference")
OF_SURVIVORS = "in those who would live to"
"""Part of the question whose bounds say what share survived."""

_SURVIVAL_SERIES = ("survival", "numbers_at_risk", "survivor_bounds")
_COUNTED = re.compile(r"\b(\d[\d,]*) (deaths?\b|events?\b|of them carriers\b|carriers?\b)")
_BY_GROUP = "deaths by "
_EXCESS = "modifier_added_deaths_"


def hide_small_counts(content: ReportContent) -> ReportContent:
    """The same content without small cells; simulated people need no shelter. It changes nothing when done again.

    Raises:
        StallpointError: a smallest cell below the least that may be asked for.
    """
    smallest = content.smallest_cell
    if smallest < LEAST_SMALLEST_CELL:
        raise StallpointError(
            f"the smallest cell is {smallest}, and below {LEAST_SMALLEST_CELL} people could be known again",
            where="smallest_cell",
            do=f"give {LEAST_SMALLEST_CELL} or more",
        )
    if content.simulated:
        return content
    few = _few_died(content, smallest)
    read_as = float("inf") if few else smallest
    series = {name: _hide_in(name, frame, smallest) for name, frame in content.series.items()}
    if few:
        series = {name: frame for name, frame in series.items() if name not in _SURVIVAL_SERIES}
    if "deaths_by_group" in series:
        shown = [each.effect for each in content.findings if not _few_in_a_group(each, smallest)]
        series["deaths_by_group"] = series["deaths_by_group"].filter(pl.col("effect").is_in(shown))
    effects = [effect for effect in content.effects if not (few and _OF_DEATHS.fullmatch(effect.name))]
    withheld = {effect.name for effect in content.effects} - {effect.name for effect in effects}
    findings = [each for each in content.findings if each.effect not in withheld and not (few and OF_SURVIVORS in each.question)]
    return replace(
        content,
        series=series,
        effects=tuple(replace(each, checks=_soften_checks(each.checks, smallest, read_as)) for each in effects),
        findings=tuple(_soften_finding(each, smallest, read_as) for each in findings),
        checks=_soften_checks(content.checks, smallest, read_as),
        answer=soften_counts(content.answer, smallest, read_as),
        limits=tuple(dict.fromkeys([*content.limits, *([WITHHELD.format(smallest=smallest)] if few else [])])),
    )


def soften_counts(text: str, smallest: int, read_as: float) -> str:
    """`3 deaths` becomes `fewer than 5 deaths`, and so does `1 death`; a number below `read_as` that is not small becomes `some`."""

    def soften(found: re.Match[str]) -> str:
        n = int(found[1].replace(",", ""))
        if n == 0 or n >= read_as:
            return found[0]
        counted = f"{found[2]}s" if found[2] in ("death", "event", "carrier") else found[2]
        return f"some {counted}" if read_as > smallest else f"fewer than {smallest} {counted}"

    return _COUNTED.sub(soften, text)


def _few_died(content: ReportContent, smallest: int) -> bool:
    """Whether some arm lost few people to death: then curves and shares of survival would tell how many."""
    flow = content.series.get("flow")
    if flow is None:
        return False
    died = flow.filter(pl.col("step") == "died")["n"]
    return bool(died.is_null().any() or ((died > 0) & (died < smallest)).any())


def _hide_in(name: str, frame: pl.DataFrame, smallest: int) -> pl.DataFrame:
    if name == "flow":
        return hide_in_flow(frame, smallest)
    if name == "visit_pattern":
        return pool_small_states(frame, smallest)
    if name == "numbers_at_risk":
        return thin_numbers_at_risk(frame, smallest)
    if name == "chain_links":
        return frame.with_columns(
            pl.col("ground").map_elements(lambda text: soften_counts(text, smallest, smallest), return_dtype=pl.String)
        )
    if name == "chain_stalls" and not frame.is_empty():
        return _hide_treated(frame, smallest)
    if name == "exploration_tree" and frame["n"].null_count() == 0 and not frame.is_empty():
        return _hide_leaves(frame, smallest)
    if name == "representativeness" and not frame.is_empty():
        return _hide_shares(frame, smallest)
    return frame


def hide_in_flow(flow: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """The flow with null in place of cells that are hidden. The last steps of an arm add up to the step before them."""
    if flow["n"].null_count():
        return flow
    parts = []
    for part in flow.partition_by("arm", maintain_order=True):
        counts = part["n"].to_numpy()
        sums = np.zeros((1, counts.size), dtype=np.int64)
        before = _step_before_outcomes(counts)
        if before is not None:
            sums[0, before], sums[0, before + 1 :] = -1, 1
        hidden = hide_small_cells(counts, sums, smallest=smallest)
        parts.append(part.with_columns(pl.when(pl.Series(~hidden)).then("n").alias("n")))
    return pl.concat(parts)


def _step_before_outcomes(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int | None:
    return next((at for at in range(counts.size - 1) if counts[at + 1 :].sum() == counts[at] and counts.size - at > 2), None)


def pool_small_states(pattern: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """At each visit of an arm, states that are hidden are pooled into one, so that the bar keeps its height."""
    parts = []
    for part in pattern.partition_by("arm", "time_months", maintain_order=True):
        sizes = part["n"].to_numpy()
        counts = np.append(sizes, sizes.sum())
        sums = np.append(np.ones(part.height, dtype=np.int64), -1)[None, :]
        hidden = hide_small_cells(counts, sums, smallest=smallest)[:-1]
        state = pl.when(pl.Series(hidden, dtype=pl.Boolean)).then(pl.lit(POOLED)).otherwise("state").alias("state")
        parts.append(part.with_columns(state).group_by("arm", "time_months", "state", maintain_order=True).agg(pl.col("n").sum()))
    return pl.concat(parts) if parts else pattern


def thin_numbers_at_risk(at_risk: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Rows from which few people left since the row before are left out, and so are those at which few remain."""
    parts = []
    for part in at_risk.partition_by("arm", maintain_order=True):
        ordered, kept, last = part.sort("time_months"), [], None
        for n in ordered["n"].to_list():
            shown = (n >= smallest or n == 0) and (last is None or last == n or last - n >= smallest)
            kept.append(shown)
            last = n if shown else last
        parts.append(ordered.filter(pl.Series(kept, dtype=pl.Boolean)))
    return pl.concat(parts) if parts else at_risk


def _hide_treated(stalls: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """How many were treated in each group: the groups of one modifier, with those in none of them, add up to the whole trial."""
    if stalls["n_treated"].null_count():
        return stalls
    names = [row["subject"].split(":")[0] if row["kind"] == "group" else "" for row in stalls.iter_rows(named=True)]
    sizes = stalls["n_treated"].to_numpy()
    whole, hidden = int(sizes[0]), np.zeros(stalls.height, dtype=np.bool_)
    for name in set(names) - {""}:
        at = np.array([each == name for each in names])
        counts = np.append(sizes[at], [whole - sizes[at].sum(), whole])
        sums = np.append(np.ones(counts.size - 1, dtype=np.int64), -1)[None, :]
        hidden[at] = hide_small_cells(counts, sums, smallest=smallest)[:-2]
    return stalls.with_columns(pl.when(pl.Series(~hidden)).then("n_treated").alias("n_treated"))


def _hide_leaves(tree: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Small groups of a tree keep their name alone; groups of one outcome add up to people whose number is known."""
    parts = []
    for part in tree.partition_by("outcome", maintain_order=True):
        sizes = part["n"].to_numpy()
        counts = np.append(sizes, sizes.sum())
        sums = np.append(np.ones(part.height, dtype=np.int64), -1)[None, :]
        shown = pl.Series(~hide_small_cells(counts, sums, smallest=smallest)[:-1], dtype=pl.Boolean)
        enough = pl.col("n") >= smallest
        estimates = (pl.when(enough).then(name).alias(name) for name in ("effect", "low", "high"))
        parts.append(part.with_columns(*estimates, pl.when(shown).then("n").alias("n")))
    return pl.concat(parts)


def _hide_shares(frame: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Where few have it, or few do not, neither the count nor the share nor its interval is shown; that they differ or not stays.

    Of how many it is known is hidden where that is few; ages of men and of women count the sexes, so they are hidden with them.
    """
    having, known = pl.col("n_with"), pl.col("n_known")
    few = having.is_between(1, smallest - 1) | (known - having).is_between(1, smallest - 1) | having.is_null()
    sexes = pl.col("measure").is_in(["sex", "age_at_onset"])
    tells = known.is_null() | known.is_between(1, smallest - 1)
    one_sex_is_few = bool(frame.filter(sexes & (tells | (few & (pl.col("verdict") != "not known")))).height)
    counts = tells | ((pl.col("measure") == "age_at_onset") & one_sex_is_few)
    return frame.with_columns(
        *(pl.when(~few & ~counts).then(name).alias(name) for name in ("n_with", "share", "low", "high")),
        pl.when(~counts).then("n_known").alias("n_known"),
    )


def _soften_checks(checks: tuple[Check, ...], smallest: int, read_as: float) -> tuple[Check, ...]:
    softened = (replace(each, text=soften_counts(each.text, smallest, read_as)) for each in checks)
    return tuple(
        new if new.text == old.text else replace(new, count=None, figures=()) for new, old in zip(softened, checks, strict=True)
    )


def _soften_finding(finding: Finding, smallest: int, read_as: float) -> Finding:
    """Shares that died in each group are told only where no group lost few people."""
    checks = _soften_checks(finding.checks, smallest, read_as)
    text = soften_counts(finding.text, smallest, read_as)
    if _few_in_a_group(finding, smallest):
        text = f"In some group fewer than {smallest} died, so risks by group and what follows from them are not shown."
    return replace(finding, text=text, checks=checks)


def _few_in_a_group(finding: Finding, smallest: int) -> bool:
    """Whether a finding tells risks by group and some group lost few people."""
    by_group = next((each for each in finding.checks if each.name.startswith(_BY_GROUP)), None)
    return finding.effect.startswith(_EXCESS) and by_group is not None and (by_group.count is None or by_group.count < smallest)
