"""Which file holds which table, whatever the release calls it."""

from __future__ import annotations

import pytest

from stallpoint.io.proact.files import table_of_file


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("PROACT_2013_08_12_ALSFRS_Data.xlsx", "alsfrs"),
        ("AlsHistory.csv", "history"),
        ("demographics.csv", "demographics"),
        ("2022_07_29_PROACT_ALL_FORMS/PROACT_DEATHDATA.csv", "death"),
        ("PROACT_ALL_FORMS/F_PROACT_Neurofilament.csv", "neurofilament"),
        ("f_proact_handgripstrength.CSV", "grip"),
        ("PROACT_2013_08_12_Labs_Data.csv", "labs"),
        ("PROACT_2013_08_12_ALSFRS_Dictionary.csv", None),
        ("readme.txt", None),
        ("notes.pdf", None),
    ],
)
def test_names(name: str, table: str | None) -> None:
    assert table_of_file(name) == table
