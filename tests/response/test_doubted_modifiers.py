"""Contrasts shrunk together: what the family takes from one, and that units do not matter."""

import pytest

from stallpoint.core.effect import Effect
from stallpoint.knowledge.subgroup_priors import load_subgroup_priors
from stallpoint.knowledge.tsv import read_bundled_rows
from stallpoint.response.doubted_modifiers import doubt_contrasts, say_doubt, say_method


def contrast(name, estimate, error):
    reach = 1.96 * error
    return Effect(
        name,
        name,
        estimate,
        estimate - reach,
        estimate + reach,
        "points per month",
        300,
        "",
        "",
        role="modifier",
        std_error=error,
    )


def test_more_looks_without_a_signal_shrink_the_one_that_stands_out_further():
    one = doubt_contrasts([contrast("a", 0.3, 0.1)], [1.0])
    many = doubt_contrasts([contrast("a", 0.3, 0.1), *(contrast(f"b{i}", 0.02, 0.1) for i in range(9))], [1.0] * 10)
    assert 0 < many[0].effect.estimate < one[0].effect.estimate < 0.3
    assert many[0].false_alarm > one[0].false_alarm > one[0].false_alarm_even


def test_the_unit_of_a_modifier_does_not_matter():
    small, large = doubt_contrasts([contrast("a", 0.3, 0.1)], [1.0]), doubt_contrasts([contrast("a", 3.0, 1.0)], [0.1])
    assert large[0].effect.estimate == pytest.approx(10 * small[0].effect.estimate)
    assert large[0].false_alarm == pytest.approx(small[0].false_alarm)


def test_what_is_said_names_the_family_and_both_risks():
    found = doubt_contrasts([contrast("a", 0.3, 0.1), contrast("b", 0.0, 0.1)], [1.0, 1.0])[0]
    text = say_doubt(found, 2)
    assert "one of 2" in text
    assert f"{found.false_alarm:.0%}" in text
    assert f"{found.false_alarm_even:.0%}" in text
    assert "10%" in say_method()
    assert doubt_contrasts([], []) == ()


@pytest.mark.parametrize("row", read_bundled_rows("subgroup_priors.tsv"), ids=lambda row: row["key"])
def test_every_assumption_is_owned_up_to(row):
    assert row["tag"] == "assumed"
    assert row["note"]
    assert 0 < load_subgroup_priors()[row["key"]] < 1
