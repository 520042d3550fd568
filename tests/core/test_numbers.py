import pytest

from stallpoint.core.numbers import count_decimals, format_chance, format_number, format_p


def test_no_minus_zero():
    assert format_number(-0.001, 2) == "0.00"


def test_decimals_never_negative():
    assert count_decimals(0, 1e6) == 0


def test_a_real_minus_and_thousands():
    assert format_number(-1234.5, 1) == "\u22121,234.5"


@pytest.mark.parametrize(
    ("p_value", "said"),
    [(None, ""), (1e-9, "<0.001"), (0.0017, "0.002"), (0.0123, "0.012"), (0.05, "0.05"), (0.28, "0.28"), (1.0, "1.00")],
)
def test_p_values(p_value, said):
    assert format_p(p_value) == said


@pytest.mark.parametrize(("chance", "said"), [(0.0, "0%"), (0.0004, "<1%"), (0.0051, "1%"), (0.12, "12%"), (1.0, "100%")])
def test_what_can_be_is_never_said_to_be_impossible(chance, said):
    assert format_chance(chance) == said
