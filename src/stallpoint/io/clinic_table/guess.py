"""What a column of a clinic's table most likely means, why, and what speaks against relying on it."""

from __future__ import annotations

import re
from collections.abc import Mapping as Names
from dataclasses import dataclass
from difflib import SequenceMatcher

import polars as pl

from stallpoint.core.mapping import UNITS, VOLUMES, unit_in_header
from stallpoint.core.tables import ITEMS, TABLES
from stallpoint.io.clinic_table.dates import as_days
from stallpoint.io.transcribe import as_number, said

NAMES: Names[str, tuple[str, ...]] = {
    "patient": ("patient", "patient id", "id", "pat id", "patnr", "subject", "subject id", "subjid", "usubjid", "participant"),
    "visit date": ("visit date", "date of visit", "visitdate", "assessment date", "date", "datum", "examination date"),
    "time_months": ("time months", "months", "month", "visit month", "time", "days", "visit day", "weeks", "week"),
    "alsfrs_r": ("alsfrs r", "alsfrs", "alsfrsr", "alsfrs total", "alsfrs r total", "frs", "alsfrs r score"),
    "fvc_percent": ("fvc percent", "fvc", "fvc pred", "fvc % predicted", "forced vital capacity"),
    "weight_kg": ("weight kg", "weight", "body weight", "gewicht"),
    "age_years": ("age years", "age", "age at visit", "alter"),
    "sex": ("sex", "gender", "geschlecht"),
    "onset_site": ("onset site", "site of onset", "onset", "onset region"),
    "onset date": ("onset date", "date of onset", "symptom onset", "symptom onset date"),
    "arm": ("arm", "treatment arm", "group", "randomised arm", "study arm", "treatment"),
    "riluzole": ("riluzole", "on riluzole"),
    "death date": ("death date", "date of death", "died", "death", "deathdate", "dod"),
    "death flag": ("dead", "deceased", "cens", "status", "vital status", "alive", "event"),
}
"""Names under which spreadsheets hold what a study asks for."""

WORDS: Names[str, dict[str, str]] = {
    "sex": {
        "m": "male",
        "male": "male",
        "f": "female",
        "w": "female",
        "female": "female",
        "männlich": "male",
        "weiblich": "female",
    },
    "onset_site": {"bulbar": "bulbar", "limb": "limb", "spinal": "limb", "respiratory": "respiratory", "other": "other"},
}

DATES = ("%Y-%m-%d", "%d.%m.%Y", "%m.%d.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d-%b-%Y", "%Y/%m/%d")
_ALIKE = 0.8
_SERIALS = (15_000, 60_000)
_BRACKETED = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]\s*$")


@dataclass(frozen=True)
class Guess:
    """What a column may mean, the keys that say how to read it (as TOML), why, and what is doubtful; empty where nothing is."""

    source: str
    meaning: str
    keys: dict[str, str]
    why: tuple[str, ...]
    doubt: tuple[str, ...] = ()


def guess_column(name: str, cells: pl.Series) -> Guess | None:
    """The best guess by name, then what the values say of it; None where no name is like it."""
    meaning, likeness = _by_name(name)
    if likeness < _ALIKE:
        return None
    text = pl.DataFrame({"text": cells}).filter(said(pl.col("text")))["text"]
    why = [f"the name {name} is like {meaning}"] if likeness < 1 else [f"the name {name}"]
    doubt = [] if likeness >= 0.9 else ["the name is only alike"]
    if text.is_empty():
        return Guess(name, meaning, {}, tuple(why), (*doubt, "the column is empty"))
    judge = _JUDGES.get(meaning)
    keys, reasons, doubts = judge(name, text, meaning) if judge else ({}, [], [])
    return Guess(name, meaning, keys, (*why, *reasons), (*doubt, *doubts))


Judged = tuple[dict[str, str], list[str], list[str]]


def _by_name(name: str) -> tuple[str, float]:
    plain = " ".join(re.sub(r"[^a-zäöü0-9%]+", " ", _BRACKETED.sub("", name).lower()).split())
    scored = [(SequenceMatcher(None, plain, known).ratio(), meaning) for meaning, names in NAMES.items() for known in names]
    items = [(1.0 if plain in (item, f"alsfrs {item}", f"item {item[1:]}") else 0.0, item) for item in ITEMS]
    ratio, meaning = max([*scored, *items], key=lambda each: each[0])
    return meaning, ratio


def _judge_date(_name: str, text: pl.Series, _meaning: str) -> Judged:
    """The one format that reads every cell; where day and month could change places there is no telling."""
    frame = pl.DataFrame({"text": text})
    number = frame.select(as_number(pl.col("text")).is_between(*_SERIALS).fill_null(value=False)).to_series()
    written = frame.filter(~number)
    fits = [form for form in DATES if _reads_all(written, form)] if written.height else []
    keys = {"date": fits[0]} if fits else {}
    why = [f"all written dates fit {fits[0]}"] if fits else []
    doubt = [] if fits or not written.height else [f"not all dates fit one format, as {written['text'][0]}"]
    if len({_order(form) for form in fits}) > 1:
        doubt = [f"day and month could change places: {', '.join(fits)} all fit"]
    if number.any():
        keys["serials"] = "1900"
        doubt.append(f"{number.sum()} bare numbers may be day numbers of a spreadsheet; the system of 1900 is assumed")
    return keys, why, doubt


def _order(form: str) -> str:
    return "".join(letter for letter in form if letter in "dmbY").replace("b", "m")


def _reads_all(frame: pl.DataFrame, form: str) -> bool:
    return not frame.select(as_days(pl.col("text"), pattern=form, serials=None).is_null().any()).item()


def _judge_number(name: str, text: pl.Series, meaning: str) -> Judged:
    keys, why, doubt = _unit_of(name, meaning)
    comma = text.str.contains(r"^-?\d+,\d+$")
    if comma.any():
        keys["decimal"] = ","
        why.append("decimals are written with a comma")
    numbers = pl.DataFrame({"t": text.str.replace(",", ".")}).select(as_number(pl.col("t"))).to_series()
    unread = numbers.null_count()
    if unread:
        doubt.append(f"{unread} of {len(text)} cells are no numbers")
    limits = _limits(meaning)
    known = numbers.drop_nulls()
    if limits and len(known):
        outside = int((~known.is_between(*limits)).sum())
        (doubt if outside else why).append(
            f"{outside} values lie outside {limits[0]:g} to {limits[1]:g}"
            if outside
            else f"all values lie from {limits[0]:g} to {limits[1]:g}"
        )
    return keys, why, doubt


def _unit_of(name: str, meaning: str) -> Judged:
    ending = meaning.rsplit("_", 1)[-1]
    units = UNITS.get(ending, {})
    said_unit = unit_in_header(name) or next((unit for unit in units if unit in re.split(r"[^a-z%]+", name.lower())), "")
    said_unit = {
        "lbs": "lb",
        "pounds": "lb",
        "% predicted": "%",
        "% pred": "%",
        "d": "days",
        "yrs": "years",
        "months": "months",
    }.get(said_unit, said_unit)
    if said_unit in VOLUMES and ending == "percent":
        return {}, [], [f"the header says {said_unit}: a volume is no percentage of predicted"]
    if said_unit in units:
        return {"unit": said_unit}, [f"the header says {said_unit}"], []
    return ({}, [], ["the header names no unit of time"]) if ending == "months" else ({}, [], [])


def _limits(meaning: str) -> tuple[float, float] | None:
    for table in ("visits", "patients"):
        declared = TABLES[table].schema.columns.get(meaning)
        for check in declared.checks if declared else ():
            given = check.statistics or {}
            if "max_value" in given:
                return given["min_value"], given["max_value"]
    return None


def _judge_words(_name: str, text: pl.Series, meaning: str) -> Judged:
    words = WORDS[meaning]
    found = sorted(set(text.str.to_lowercase().str.strip_chars().to_list()))
    known = {word: words[word] for word in found if word in words}
    if not known:
        return {}, [], [f"the values are {', '.join(found[:5])}: say in words what they mean"]
    strange = [word for word in found if word not in words]
    keys = {"words": "{ " + ", ".join(f'"{left}" = "{right}"' for left, right in known.items()) + " }"}
    doubt = [f"not understood: {', '.join(strange[:5])}"] if strange else []
    return keys, [f"its words are {', '.join(known)}"], doubt


def _judge_flag(_name: str, text: pl.Series, _meaning: str) -> Judged:
    found = sorted(set(text.to_list()))[:4]
    return {}, [], [f"its values are {', '.join(found)}: which of them means death cannot be told"]


_JUDGES = {
    **dict.fromkeys(("visit date", "onset date", "death date"), _judge_date),
    **dict.fromkeys(("time_months", "alsfrs_r", "fvc_percent", "weight_kg", "age_years", *ITEMS), _judge_number),
    **dict.fromkeys(("sex", "onset_site"), _judge_words),
    "death flag": _judge_flag,
}
