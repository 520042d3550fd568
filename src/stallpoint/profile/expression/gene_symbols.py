"""Gene symbols that a spreadsheet turned into dates or numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stallpoint.core.expression import Expression

_MONTHS = frozenset(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
_FAMILIES = {"mar": "MARCHF", "sep": "SEPTIN", "dec": "DELEC"}
_NAMED_DAY = re.compile(r"(\d{1,2})-([A-Za-z]{3})|([A-Za-z]{3})-(\d{1,2})")
_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: 00:00:00)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_SERIAL = re.compile(r"\d{5}|\d\.\d+E\+\d+", re.IGNORECASE)


def is_damaged(symbol: str) -> bool:
    """Whether a symbol reads as a date or as the number of a day, as a spreadsheet leaves SEPT1 or MARCH1."""
    text = symbol.strip()
    named = _NAMED_DAY.fullmatch(text)
    if named:
        return (named[2] or named[3]).lower() in _MONTHS
    return bool(_DATE.fullmatch(text) or _SERIAL.fullmatch(text))


def likely_gene(symbol: str) -> str:
    """What a damaged symbol most likely was: `1-Sep` was SEPT1, today SEPTIN1; empty where the month tells no family."""
    match = _NAMED_DAY.fullmatch(symbol.strip())
    family = _FAMILIES.get((match[2] or match[3]).lower(), "") if match else ""
    return f"{family}{match[1] or match[4]}" if match and family else ""


def drop_damaged(expression: Expression) -> Expression:
    """The expression without damaged symbols, with a note that names them. They are not guessed back: 1-Mar may be MARCH1 or MARC1."""
    damaged = [gene for gene in expression.genes if is_damaged(gene)]
    if not damaged:
        return expression
    kept = np.array([not is_damaged(gene) for gene in expression.genes])
    return replace(
        expression,
        genes=tuple(gene for gene in expression.genes if not is_damaged(gene)),
        values=expression.values[:, kept],
        notes=(*expression.notes, f"left out, gene symbols that a spreadsheet turned into dates: {_told(damaged)}"),
    )


def _told(damaged: Sequence[str]) -> str:
    shown = [f"{each} ({gene}?)" if (gene := likely_gene(each)) else each for each in damaged[:5]]
    return ", ".join(shown) + (f" and {len(damaged) - 5} more" if len(damaged) > 5 else "")
