"""Brain, cord and CSF against plasma, as the page shows them."""

import numpy as np
import pytest

from stallpoint.core.parameter import Parameter
from stallpoint.exposure.fluid_ratios import fluid_ratios
from stallpoint.knowledge.drugs import load_drug


def ratios_of(name, kpuu=0.3):
    drug = load_drug(name)
    return fluid_ratios(drug, drug.patterns[0], np.full(512, kpuu), np.random.default_rng(1))


def test_brain_stands_where_the_chain_puts_it_and_csf_elsewhere():
    found = {row.place: row for row in ratios_of("riluzole").rows}
    assert list(found) == ["brain", "spinal cord", "cranial CSF", "lumbar CSF"]
    assert found["brain"].middle == pytest.approx(0.3, rel=1e-6)
    assert found["lumbar CSF"].high - found["lumbar CSF"].low > found["brain"].high - found["brain"].low
    assert all(0 < row.low <= row.middle <= row.high <= 1 for row in found.values())
    assert {row.evidence for row in found.values()} == {"assumed"}


def test_a_measured_unbound_ratio_keeps_its_class_of_evidence():
    drug = load_drug("riluzole")
    measured = Parameter("unbound_brain_plasma_ratio", 0.3, "ratio", "animal", "seen", "milane2009")
    drug = type(drug)(name="x", kind="small molecule", patterns=drug.patterns, parameters=(measured,))
    found = fluid_ratios(drug, drug.patterns[0], np.full(512, 0.3), np.random.default_rng(1))
    assert [row.evidence for row in found.rows] == ["animal", "assumed", "assumed", "assumed"]


def test_csf_that_was_measured_is_shown_and_what_lacks_is_named():
    found = ratios_of("memantine")
    assert [row.place for row in found.rows] == ["CSF, measured"]
    assert "Kp,uu" in found.missing[0]
    memantine = load_drug("memantine")
    expected = memantine.parameter("csf_plasma_ratio").value / memantine.parameter("fraction_unbound_plasma").value
    assert found.rows[0].middle == pytest.approx(expected, rel=0.05)


def test_without_any_number_nothing_is_computed_and_all_that_lacks_is_named():
    found = ratios_of("ibudilast")
    assert found.rows == found.sources == ()
    assert "Kp,uu" in found.missing[0]


@pytest.mark.parametrize("name", ["tofersen", "lithium carbonate", "zilucoplan"])
def test_nothing_is_said_of_what_is_no_small_molecule(name):
    assert ratios_of(name) is None
