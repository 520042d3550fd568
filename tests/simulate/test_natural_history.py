import pytest

from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.simulate.natural_history import NaturalHistory, default_natural_history

BUILT = {"death", "withdrawal", "genes"}


def test_every_plain_parameter_is_the_fact_of_its_name():
    facts, history = load_natural_history(), default_natural_history()
    for name in set(NaturalHistory.__dataclass_fields__) - BUILT:
        assert getattr(history, name) == facts[name].value


def test_hazards_and_genes_come_from_facts():
    facts, history = load_natural_history(), default_natural_history()
    assert history.death.log_hazard_per_point == facts["death_log_hazard_per_point"].value
    assert history.withdrawal.shape == facts["withdrawal_shape"].value
    assert {gene.gene: gene.share for gene in history.genes} == pytest.approx(
        {
            "C9orf72": facts["c9orf72_share"].value,
            "SOD1": facts["sod1_share"].value,
            "TARDBP": facts["tardbp_share"].value,
            "FUS": facts["fus_share"].value,
            "UNC13A": facts["unc13a_cc_share"].value,
        }
    )


def test_shares_are_shares():
    history = default_natural_history()
    shares = [getattr(history, name) for name in NaturalHistory.__dataclass_fields__ if name.endswith("_share")]
    assert all(0 < share < 1 for share in shares)
    assert history.bulbar_share + history.respiratory_share + history.other_onset_share < 1
