"""Names in the eight letters and digits that SAS and CDISC allow."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST_NAME = 8


def short_names(wanted: Mapping[str, str]) -> dict[str, str]:
    """For each key a name of at most eight capital letters and digits, made from its value; no two alike.

    Args:
        wanted: text to shorten, by what it names; the first of two that would be alike keeps the plain name.
    """
    short: dict[str, str] = {}
    taken: set[str] = set()
    for key, text in wanted.items():
        plain = "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())
        plain = plain if plain[:1].isalpha() else f"V{plain}"
        numbered = (plain[: LONGEST_NAME - len(str(count))] + str(count) for count in range(2, 10_000))
        short[key] = next(each for each in (plain[:LONGEST_NAME], *numbered) if each not in taken)
        taken.add(short[key])
    return short
