"""A report as one HTML file: no network, no script, one stylesheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.errors import StallpointError
from stallpoint.core.numbers import count_decimals, format_number, format_p
from stallpoint.draw.numbers import format_interval, format_value
from stallpoint.draw.palette import render_css_colours
from stallpoint.report.by_risk_score import prohibited_uses, say_by_risk_scores
from stallpoint.report.content import PlantedBesideFound, ReportContent
from stallpoint.report.small_cells import hide_small_counts

GRAVITY = {"failed": 0, "warning": 1, "passed": 2}


@dataclass(frozen=True)
class _Page:
    """The content as the templates ask for it, section by section."""

    content: ReportContent

    @cached_property
    def prespecified(self) -> dict[str, bool]:
        """Whether an effect was named in advance, as the ledger has it; what is shrunken or corrected is no look of its own."""
        named = {look.effect: look.prespecified for look in self.content.looks}
        return named | {f"{name}_{other}": known for name, known in named.items() for other in ("shrunken", "corrected")}

    @cached_property
    def treatment_effects(self) -> list[Effect]:
        """Effects that compare arms."""
        return [effect for effect in self.content.effects if effect.role in ("primary", "secondary") and effect.scale != "level"]

    @cached_property
    def modifier_effects(self) -> list[Effect]:
        """Effects that compare the effect between people.

        Raises:
            StallpointError: one of them has no row of the ledger, or was found by looking and does not stand shrunken beside itself.
        """
        found = [effect for effect in self.content.effects if effect.role == "modifier"]
        looked_at = {look.effect for look in self.content.looks}
        shrunken = {effect.name.removesuffix("_shrunken") for effect in self.shrunken_effects}
        explored = {finding.effect for finding in self.content.findings if finding.status == "exploratory"} - shrunken
        bare = [effect.name for effect in found if effect.name not in looked_at or effect.name in explored]
        if bare:
            raise StallpointError(
                "a difference of effects cannot be shown without its ledger and its shrunken size",
                where="report",
                rows=bare,
                do="report this as a fault of the software",
            )
        return found

    @cached_property
    def announced_effects(self) -> list[Effect]:
        """Those that were announced, corrected for that."""
        return [effect for effect in self.content.effects if effect.role == "announced"]

    @cached_property
    def shrunken_effects(self) -> list[Effect]:
        """The same, shrunk towards no difference."""
        return [effect for effect in self.content.effects if effect.role == "shrunken"]

    @cached_property
    def variation_effects(self) -> list[Effect]:
        """Effects that compare how much people differ in the two arms."""
        return [effect for effect in self.content.effects if effect.role == "variation"]

    @cached_property
    def exploration_effects(self) -> list[Effect]:
        """What held-out people say of learners' rankings.

        Raises:
            StallpointError: without the count of false calls, or without a row of the ledger for each learner.
        """
        found = [effect for effect in self.content.effects if effect.role == "exploration"]
        looked_at = {look.effect for look in self.content.looks if look.kind == "learner"}
        if found and (self.false_calls is None or not looked_at):
            raise StallpointError(
                "an exploration cannot be shown without its ledger and its count of false calls",
                where="report",
                do="report this as a fault of the software",
            )
        return found

    @cached_property
    def false_calls(self) -> dict[str, float] | None:
        """In how many shuffled trials the same search called a difference."""
        frame = self.content.series.get("exploration_false_calls")
        return None if frame is None or frame.is_empty() else frame.row(0, named=True)

    @cached_property
    def exploration_contrasts(self) -> list[dict[str, Any]]:
        """How the outer thirds of each ranking differ."""
        return self._rows("exploration_contrasts")

    @cached_property
    def exploration_tree(self) -> list[dict[str, Any]]:
        """Groups that a tree of two questions singles out."""
        return self._rows("exploration_tree")

    def _rows(self, series: str) -> list[dict[str, Any]]:
        frame = self.content.series.get(series)
        return [] if frame is None else frame.to_dicts()

    @cached_property
    def descriptions(self) -> list[Effect]:
        """Quantities of the people themselves, without a comparison of arms."""
        compared = (
            self.treatment_effects,
            self.modifier_effects,
            self.announced_effects,
            self.shrunken_effects,
            self.variation_effects,
            self.exploration_effects,
        )
        taken = {effect for part in compared for effect in part}
        return [effect for effect in self.content.effects if effect not in taken]

    @cached_property
    def credibility(self) -> dict[str, list[dict[str, Any]]]:
        """Answers to ICEMAN's questions by modifier."""
        rows = self.content.series["credibility"].to_dicts() if "credibility" in self.content.series else []
        return {
            called: [row for row in rows if row["modifier"] == called]
            for called in dict.fromkeys(row["modifier"] for row in rows)
        }

    @cached_property
    def calibration(self) -> list[dict[str, Any]]:
        """Error rates of the analysis on shuffled trials, a row for each world."""
        return self.content.series["calibration"].to_dicts() if "calibration" in self.content.series else []

    @cached_property
    def links(self) -> list[dict[str, Any]]:
        """The links of the whole trial, one by one; empty where no chain was judged."""
        return self._of_the_trial("chain_links")

    @cached_property
    def stall(self) -> dict[str, Any] | None:
        """Where the whole trial stalls."""
        return next(iter(self._of_the_trial("chain_stalls")), None)

    @cached_property
    def group_stalls(self) -> list[dict[str, Any]]:
        """The same in groups, and at values of what was named beforehand."""
        return self._rows("chain_stalls")[1:]

    @cached_property
    def measurements(self) -> list[dict[str, Any]]:
        """What would decide, where the trial itself does not."""
        told = self.stall is None or self.stall["answer"] != "cannot be told apart"
        return [] if told else self.content.series["chain_measurements"].to_dicts()

    @cached_property
    def representativeness(self) -> list[dict[str, Any]]:
        """Shares of those studied against those of whole populations."""
        return self._rows("representativeness")

    def _of_the_trial(self, series: str) -> list[dict[str, Any]]:
        if series not in self.content.series:
            return []
        rows = self.content.series[series].to_dicts()
        return [row for row in rows if row["subject"] == rows[0]["subject"]]

    @cached_property
    def open_checks(self) -> list[Check]:
        """Checks that a reader must know of, the failed first."""
        return sorted(
            (check for check in self.content.checks if check.status != "passed"), key=lambda check: GRAVITY[check.status]
        )

    @cached_property
    def passed_checks(self) -> list[Check]:
        """Checks that came out well."""
        return [check for check in self.content.checks if check.status == "passed"]

    def cite_source(self, source: str) -> list[int]:
        """The number of a work in the references."""
        return [number for number, each in enumerate(self.content.sources, start=1) if each.id == source]

    def cite(self, effect: Effect) -> list[int]:
        """Numbers of the references that an effect cites."""
        numbers = {source.id: number for number, source in enumerate(self.content.sources, start=1)}
        return sorted(numbers[source] for source in effect.sources if source in numbers)


def render_report(content: ReportContent) -> str:
    """The whole page as text. Sections without content are left out; all text is escaped; small cells are hidden.

    Raises:
        StallpointError: when a series has more arms than a chart can show, a smallest cell that is too small, or
            effects of which it is not said whom they speak of.
    """
    from stallpoint.report.figures import draw_figures, draw_forests, draw_rivers

    content = hide_small_counts(content)
    require_representativeness(content)
    page = _Page(content)
    figures = draw_figures(content)
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            content=content,
            page=page,
            rivers=draw_rivers(content),
            leading_figures=[figures[name] for name in ("trajectories", "survival") if name in figures],
            participant_figures=[figures[name] for name in ("flow", "visits") if name in figures],
            treatment_forests=draw_forests(page.treatment_effects, prespecified=page.prespecified),
            variation_forests=draw_forests(page.variation_effects, prespecified=page.prespecified),
            at_all_figures=[figures[name] for name in ("bounds", "survivors", "spread") if name in figures],
            exploration_forests=draw_forests(
                page.exploration_effects, prespecified=dict.fromkeys((effect.name for effect in page.exploration_effects), False)
            ),
            by_risk_scores=say_by_risk_scores(page.modifier_effects, content.looks),
            prohibited_uses=prohibited_uses(content.effects),
            modifier_forests=draw_forests(page.modifier_effects, prespecified=page.prespecified),
            announced_forests=draw_forests(page.announced_effects, prespecified=page.prespecified),
            shrunken_forests=draw_forests(page.shrunken_effects, prespecified=page.prespecified),
            stylesheet=page_stylesheet(),
        )
    )


def render_explanation(content: ReportContent) -> str:
    """The page of a study's chain alone: the picture first, then links, measurements, groups. Small cells are hidden.

    Raises:
        StallpointError: a smallest cell that is too small, or effects of which it is not said whom they speak of.
    """
    from stallpoint.report.figures import draw_rivers

    content = hide_small_counts(content)
    require_representativeness(content)
    template = page_environment().get_template("explanation.html.j2")
    return template.render(
        content=content, page=_Page(content), rivers=draw_rivers(content), participant_figures=[], stylesheet=page_stylesheet()
    )


def require_representativeness(content: ReportContent) -> None:
    """Nothing is shown of an effect without a line on whether those studied look like the people it might be said of.

    Raises:
        StallpointError: effects without that line.
    """
    if (content.effects or "chain_links" in content.series) and not content.represents:
        raise StallpointError(
            "effects cannot be shown without saying whether those studied look like people who have ALS",
            where="report",
            do="give `represents`, as quality.representativeness says it",
        )


def page_stylesheet() -> Markup:
    """Colours from the palette, everything else from the one stylesheet."""
    rules = files("stallpoint.report").joinpath("stylesheet.css").read_text(encoding="utf-8")
    return Markup(render_css_colours() + rules)  # noqa: S704


def page_environment() -> Environment:
    """Templates that escape all text, stop at a name that is not there, and know how numbers are written."""
    environment = Environment(
        loader=PackageLoader("stallpoint.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        value=format_value,
        interval=format_interval,
        p=format_p,
        planted_numbers=_planted_numbers,
        share=_share,
        points=_points,
        around=_around,
        zipped=_zipped,
    )
    return environment


def _zipped(columns: Iterable[list[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*columns, strict=True))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _points(value: float | None) -> str:
    return "" if value is None else format_number(value, 2)


def _planted_numbers(row: PlantedBesideFound) -> tuple[str, str, str]:
    """Planted, found, interval: with the decimals that the interval supports."""
    decimals = count_decimals(row.low, row.high)
    planted, found, low, high = (format_number(value, decimals) for value in (row.planted, row.estimate, row.low, row.high))
    return planted, found, f"{low} to {high}"


def _around(row: Mapping[str, Any], name: str) -> tuple[str, str]:
    """A value of a row, and its interval, with the decimals that the interval supports; dashes where there is none."""
    if row[name] is None:
        return "–", "–"
    decimals = count_decimals(row["low"], row["high"])
    value, low, high = (format_number(row[key], decimals) for key in (name, "low", "high"))
    return value, f"{low} to {high}"
