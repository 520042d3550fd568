"""A mapping to start from: what is sure stands, what is doubtful is commented out with the reason."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.mapping import UNITS
from stallpoint.core.tables import ITEMS
from stallpoint.io.clinic_table.guess import Guess, guess_column
from stallpoint.io.sheet_file import ENDINGS as SHEETS
from stallpoint.io.sheet_file import sheet_names
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.source_table import ENDINGS, read_source_table

_PEOPLE = ("arm", "sex", "age_years", "onset_site", "weight_kg", "riluzole")
_ASSESSED = ("alsfrs_r", "fvc_percent", *ITEMS)
_WIDE = re.compile(r"^(?P<stem>.*?(?P<unit>months?|m|weeks?|w|days?|d)?[ _]?)(?P<number>\d+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Proposal:
    """The text of a mapping file, and one line for each guess."""

    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Block:
    """A block of the proposal: its table, the lines that say where it is, and its columns."""

    table: str
    place: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def stands(self) -> bool:
        """Whether anything in it is sure; people count by being there."""
        return self.table == "patients" or not all(line.startswith("#") for line in self.columns)


def propose_mapping(files: SourceFiles) -> Proposal:
    """Guess what the columns of each table mean.

    Raises:
        TableError: no table, or none with a column of identifiers that can be found.
    """
    blocks: list[_Block] = []
    lines: list[str] = []
    for name, path in files.files.items():
        for sheet in _sheets_of(path):
            place = [f"file = {_text(name)}", *([f"sheet = {_text(sheet)}"] if sheet else [])]
            more, said = _propose_table(f"{name}, {sheet}" if sheet else name, place, read_source_table(path, sheet=sheet).frame)
            blocks += more
            lines += said
    if not blocks:
        raise TableError(
            "no table with a column of identifiers was found", where=files.place, do="write a mapping: docs/mapping_file.md"
        )
    top = [
        "# Proposed by stallpoint; nothing was imported. Look at each line, and at what is commented out.",
        "# Keys: docs/mapping_file.md",
        '# not_randomised = "why a contrast of arms would be no treatment effect"',
        "",
    ]
    return Proposal("\n".join([*top, *(line for block in blocks for line in _render(block, blocks))]), tuple(lines))


def _sheets_of(path: Path) -> tuple[str | None, ...]:
    """Names of sheets; None for a file that is one table; nothing for a file that is none."""
    ending = path.suffix.lower()
    if ending in SHEETS:
        return sheet_names(path)
    return (None,) if ending in ENDINGS else ()


def _propose_table(called: str, place: list[str], frame: pl.DataFrame) -> tuple[list[_Block], list[str]]:
    guesses = [guess for name in frame.columns if (guess := guess_column(name, frame[name]))]
    best = _one_each(guesses)
    if "patient" not in best:
        return [], [f"{called}: no column of identifiers was found; left out"]
    wide = _wide(frame)
    lines = [f"{called}: {describe_guess(guess)}" for guess in best.values()]
    lines += [f"{called}: columns like {pattern} are one column at several visits" for pattern, _ in wide]
    here = (*place, f"patient = {_text(best['patient'].source)}")
    people = [_line(name, best[name]) for name in _PEOPLE if name in best] + _onset(best)
    found = [_Block("patients", here, tuple(people))]
    found += [
        _Block(table, here, tuple(columns))
        for table, columns in (("visits", _visits(best, wide)), ("events", _events(best)))
        if columns
    ]
    return found, lines


def _render(block: _Block, blocks: list[_Block]) -> list[str]:
    """The block as TOML; commented out as a whole where nothing in it is sure."""
    several = sum(each.table == block.table and each.stands for each in blocks) > 1
    head = [f"[[{block.table}]]" if several else f"[{block.table}]", *block.place, f"[{block.table}.columns]"]
    return [*(line if block.stands else f"# {line}" for line in head), *block.columns, ""]


def describe_guess(guess: Guess) -> str:
    """A guess as one sentence."""
    doubt = f"; doubtful: {'; '.join(guess.doubt)}" if guess.doubt else ""
    return f"{guess.source} -> {guess.meaning} ({'; '.join(guess.why)}){doubt}"


def _one_each(guesses: list[Guess]) -> dict[str, Guess]:
    """For each meaning the guess with the fewest doubts; of equals the first."""
    best: dict[str, Guess] = {}
    for guess in guesses:
        if guess.meaning not in best or len(guess.doubt) < len(best[guess.meaning].doubt):
            best[guess.meaning] = guess
    return best


def _visits(best: dict[str, Guess], wide: list[tuple[str, str]]) -> list[str]:
    scores = [_line(name, best[name]) for name in _ASSESSED if name in best]
    if wide:
        return [_wide_line(pattern, meaning) for pattern, meaning in wide]
    if not scores:
        return []
    if "visit date" in best:
        return [_line("time_months", best["visit date"], 'since = "first visit"'), *scores]
    if "time_months" in best:
        return [_line("time_months", best["time_months"]), *scores]
    return ["# nothing says when: time_months = { from = ... }", *scores]


def _wide_line(pattern: str, meaning: str) -> str:
    line = f"{meaning} = {{ wide = {_text(pattern)} }}"
    return f"# {line}   # the number may be a visit, a time or an item" if "{visit}" in pattern else line


def _onset(best: dict[str, Guess]) -> list[str]:
    dated = "onset date" in best and "visit date" in best
    return [_line("onset_months", best["onset date"], 'until = "first visit"')] if dated else []


def _events(best: dict[str, Guess]) -> list[str]:
    lines = []
    if "death date" in best and "visit date" in best:
        lines += [_line("time_months", best["death date"], 'since = "first visit"'), 'event = { value = "death" }']
        if lines[0].startswith("#"):
            lines[1] = f"# {lines[1]}"
    if "death flag" in best:
        flag = best["death flag"]
        lines.append(
            f'# event = {{ from = {_text(flag.source)}, words = {{ ? = "death", ? = "end" }} }}   # {"; ".join(flag.doubt)}'
        )
    return lines


def _line(column: str, guess: Guess, more: str = "") -> str:
    keys = [f"from = {_text(guess.source)}"]
    keys += [f"{key} = {value if key in ('words', 'serials') else _text(value)}" for key, value in guess.keys.items()]
    line = f"{column} = {{ {', '.join([*keys, *([more] if more else [])])} }}"
    return f"# {line}   # {'; '.join(guess.doubt)}" if guess.doubt else line


def _wide(frame: pl.DataFrame) -> list[tuple[str, str]]:
    """Patterns of columns that hold one measurement at several visits, and what it is; items numbered 1 to 12 are no visits."""
    stems: dict[tuple[str, str], list[str]] = {}
    for name in frame.columns:
        match = _WIDE.match(name)
        if match and match["stem"]:
            stems.setdefault((match["stem"], (match["unit"] or "").lower()[:1]), []).append(name)
    found = []
    for (stem, unit), names in stems.items():
        guess = guess_column(stem.rstrip(" _" + unit + unit.upper()), frame[names[0]])
        if len(names) > 1 and guess and guess.meaning in ("alsfrs_r", "fvc_percent"):
            holder = next((name for name in UNITS["months"] if unit and name.startswith(unit)), "visit")
            found.append((f"{stem}{{{holder}}}", guess.meaning))
    return found


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
