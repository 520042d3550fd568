import polars as pl

from stallpoint.io.terms import build_terms, match_terms


def match(code, text, *rows):
    names = ("domain", "code", "pattern", "table", "column")
    terms = build_terms(dict(zip(names, row, strict=True)) for row in rows)
    frame = pl.DataFrame({"code": [code], "text": [text]}, schema={"code": pl.String, "text": pl.String})
    return match_terms(frame, terms, codes=("code",), texts=("text",))["column"].item()


def test_a_code_outranks_words_and_the_first_of_each_stands():
    words, code = ("finding", "", "walking", "visits", "q8"), ("finding", "42", "", "visits", "q1")
    assert match("42", "Walking", words, code) == "q1"
    assert match("43", "Walking", words, code) == "q8"
    assert match("43", "Walking", ("finding", "", "walk", "visits", "q9"), words) == "q9"


def test_what_no_term_names_means_nothing():
    row = ("finding", "42", "", "visits", "q1")
    assert match("421", "x", row) is None
    assert match(None, None, row) is None
