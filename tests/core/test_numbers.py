from stallpoint.core.numbers import count_decimals, format_number


def test_no_minus_zero():
    assert format_number(-0.001, 2) == "0.00"


def test_decimals_never_negative():
    assert count_decimals(0, 1e6) == 0


def test_a_real_minus_and_thousands():
    assert format_number(-1234.5, 1) == "\u22121,234.5"
