import re

from stallpoint.core.bibtex import render_bibtex
from stallpoint.core.source import Source
from stallpoint.knowledge.sources import load_sources


def test_authors_are_taken_apart_and_the_place_too():
    entry = render_bibtex(
        Source(
            "a2020",
            "Gain & loss",
            authors="van Eijk RPA, Al-Chalabi A, et al.",
            year=2020,
            venue="J Stat Softw 35(9):1-33",
            doi="10.1/x",
        )
    )
    assert entry.splitlines() == [
        "@article{a2020,",
        "  author = {van Eijk, R. P. A. and Al-Chalabi, A. and others},",
        r"  title = {{Gain \& loss}},",
        "  journal = {J Stat Softw},",
        "  volume = {35},",
        "  number = {9},",
        "  pages = {1--33},",
        "  year = {2020},",
        "  doi = {10.1/x}",
        "}",
    ]


def test_an_organisation_stays_whole():
    assert "author = {{International Council for Harmonisation}}" in render_bibtex(load_sources()["iche9r1"])


def test_a_book_has_a_publisher():
    entry = render_bibtex(load_sources()["rizopoulos2012"])
    assert entry.startswith("@book{")
    assert "publisher = {Chapman and Hall/CRC}" in entry


def test_every_source_gives_balanced_braces_and_no_bare_specials():
    for source in load_sources().values():
        entry = render_bibtex(source)
        assert entry.count("{") == entry.count("}")
        assert not re.search(r"(?<!\\)[&%#]", entry.replace(source.url, "").replace(source.doi, ""))
