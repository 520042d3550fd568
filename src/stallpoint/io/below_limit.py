"""Values that lie below what an assay can tell."""

from __future__ import annotations

import polars as pl

_BELOW = r"^<=?\s*([0-9.]+(?:[eE][-+]?\d+)?)"
_WORDS = r"^(?:blq|bql|bloq|lloq|<\s*lloq|<\s*loq|<\s*lod|below (?:the )?(?:lower )?(?:limit|lloq|loq|lod|quantification).*)$"


def limit_in_text(text: pl.Expr) -> pl.Expr:
    """The limit from `<5`, as text; null for anything else."""
    return text.str.strip_chars().str.extract(_BELOW)


def says_below(text: pl.Expr) -> pl.Expr:
    """Whether the text says that the value lies below a limit: `<5`, `BLQ`, `< LLOQ`."""
    clean = text.str.strip_chars().str.to_lowercase()
    return (clean.str.contains(_BELOW) | clean.str.contains(_WORDS)).fill_null(value=False)
