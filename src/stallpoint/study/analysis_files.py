"""An analysis as files, and back: what one stage hands to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.response.analysis import Analysis
from stallpoint.study.json_text import render_json

_EFFECT_NUMBERS = ("estimate", "low", "high", "level", "std_error", "p_value")
_LOOK_NUMBERS = ("p_value", "p_adjusted")


def render_analysis(stage: str, analysis: Analysis) -> dict[str, bytes]:
    """Files of an analysis: `stages/STAGE.json`, and `series/STAGE/NAME.parquet` for each series."""
    said = {
        "effects": analysis.effects,
        "findings": analysis.findings,
        "looks": analysis.looks,
        "checks": analysis.checks,
        "methods": analysis.methods,
        "sources": analysis.sources,
        "series": list(analysis.series),
    }
    tables = {_series_file(stage, name): render_parquet(frame) for name, frame in analysis.series.items()}
    return {_stage_file(stage): render_json(said), **tables}


def read_analysis(stage: str, folder: Path) -> Analysis:
    """The analysis that a stage left in a run's folder."""
    said = json.loads((folder / _stage_file(stage)).read_text(encoding="utf-8"))
    return Analysis(
        effects=tuple(_effect(each) for each in said["effects"]),
        findings=tuple(Finding(**_with_checks(each)) for each in said["findings"]),
        looks=tuple(Look(**_with_numbers(each, _LOOK_NUMBERS)) for each in said["looks"]),
        checks=read_checks(said["checks"]),
        methods=tuple(said["methods"]),
        sources=tuple(said["sources"]),
        series={name: pl.read_parquet(folder / _series_file(stage, name)) for name in said["series"]},
    )


def read_checks(said: list[dict[str, Any]]) -> tuple[Check, ...]:
    """Checks from their JSON."""
    return tuple(Check(**{**each, "figures": tuple(float(number) for number in each["figures"])}) for each in said)


def render_parquet(frame: pl.DataFrame) -> bytes:
    """A table as the bytes of a Parquet file."""
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _stage_file(stage: str) -> str:
    return f"stages/{stage}.json"


def _series_file(stage: str, name: str) -> str:
    return f"series/{stage}/{name}.parquet"


def _effect(said: Mapping[str, Any]) -> Effect:
    return Effect(**_with_checks(_with_numbers(said, _EFFECT_NUMBERS)) | {"sources": tuple(said["sources"])})


def _with_checks(said: Mapping[str, Any]) -> dict[str, Any]:
    return {**said, "checks": read_checks(said["checks"])}


def _with_numbers(said: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Numbers that are not finite come back from their texts."""
    return {**said, **{name: None if said[name] is None else float(said[name]) for name in names}}
