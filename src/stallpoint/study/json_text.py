"""Values as JSON that any reader accepts: numbers that are not finite become the texts NaN, Infinity and -Infinity."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from math import isfinite
from pathlib import Path
from typing import Any


def render_json(value: Any) -> bytes:
    """UTF-8, indented; dataclasses become objects, tuples lists, paths texts, numpy scalars numbers."""
    return (json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def plain(value: Any) -> Any:
    """Nothing but dicts, lists, texts, finite numbers, true, false and null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(float(value))]
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value
