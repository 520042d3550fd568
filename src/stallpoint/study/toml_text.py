"""Texts and lists as TOML writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence


def quoted(text: str) -> str:
    """A text in quotation marks; what TOML would not take as it stands is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def list_of(texts: Sequence[str]) -> str:
    """A list of texts, on one line."""
    return f"[{', '.join(map(quoted, texts))}]"
