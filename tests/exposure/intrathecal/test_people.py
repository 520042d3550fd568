import math

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.people import typical_people, virtual_people
from stallpoint.knowledge.intrathecal import find_linear_model

TOMINERSEN = find_linear_model("tominersen")
NUSINERSEN = find_linear_model("nusinersen")
PERSON = {"weight_kg": 60, "age_years": 64, "csf_protein_g_l": 0.54, "female": 1, "antidrug_antibodies": 1}


def test_the_reference_person_has_the_typical_values():
    people = typical_people(TOMINERSEN)
    for key, one in TOMINERSEN.parameters.items():
        np.testing.assert_allclose(people.parameters[key], [one.value])


def test_covariates_of_tominersen_follow_the_published_equations():
    found = typical_people(TOMINERSEN, PERSON).parameters
    cl_csf = 0.0176577 * math.exp(-0.539797 * 0.19) * math.exp(-0.005498 * 15) * (1 - 0.100697)
    assert found["cl_csf"][0] == pytest.approx(cl_csf)
    assert found["cl_plasma"][0] == pytest.approx(10.7 * (60 / 75) ** 0.687 * (1 - 0.186) * (1 - 0.673))
    assert found["q2_plasma"][0] == pytest.approx(13.4 * (60 / 75) ** 0.687)
    assert found["v3_plasma"][0] == pytest.approx(613 * (60 / 75) ** 0.866)
    assert found["v1_csf"][0] == pytest.approx(0.0436042)


def test_weight_in_nusinersen_follows_the_published_equations():
    found = typical_people(NUSINERSEN, {"weight_kg": [15.2, 40]}).parameters
    np.testing.assert_allclose(found["v_csf"], [0.433, 0.433 * (40 / 15.2) ** 0.596])
    np.testing.assert_allclose(found["cl_plasma"], [2.36, 2.36 * (40 / 15.2) ** 0.689])
    np.testing.assert_allclose(found["v_plasma"], [29.0, 29.0 * (1 + 0.047 * (40 - 15.2))])


def test_csf_protein_above_2_g_l_is_ignored_as_the_authors_did():
    found = typical_people(TOMINERSEN, {**PERSON, "csf_protein_g_l": [0.35, 2.0, 2.1]}).parameters["cl_csf"]
    assert found[1] < found[0]
    assert found[2] == pytest.approx(found[0])


def test_virtual_people_vary_as_published():
    n = 20_000
    for model, key, log_sd in [
        (TOMINERSEN, "cl_csf", 0.165),
        (TOMINERSEN, "q2_plasma", 2.39),
        (NUSINERSEN, "v_csf", math.sqrt(math.log1p(0.881**2))),
    ]:
        logs = np.log(virtual_people(model, n, rng=np.random.default_rng(7)).parameters[key])
        assert logs.std() == pytest.approx(log_sd, abs=4 * log_sd / math.sqrt(2 * n))
        assert logs.mean() == pytest.approx(math.log(model.parameters[key].value), abs=4 * log_sd / math.sqrt(n))


def test_what_was_estimated_without_variability_has_none():
    assert np.ptp(virtual_people(TOMINERSEN, 5, rng=np.random.default_rng(1)).parameters["v3_csf"]) == 0


def test_the_same_generator_makes_the_same_people():
    one, other = (virtual_people(NUSINERSEN, 3, rng=np.random.default_rng(5)).parameters for _ in range(2))
    np.testing.assert_array_equal(one["v_csf"], other["v_csf"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"csf_protein_g_l": 35}, "35 mg/dL is 0.35 g/L"),
        ({"weight_kg": 0}, "weight_kg is 0"),
        ({"age_years": math.nan}, "age_years is nan"),
        ({"female": 0.5}, "1 for a woman"),
        ({"antidrug_antibodies": 2}, "tested and absent"),
        ({"wieght_kg": 60}, "did you mean weight_kg"),
    ],
)
def test_a_covariate_that_cannot_be_is_refused(changed, said):
    with pytest.raises(StallpointError, match=said):
        typical_people(TOMINERSEN, {**PERSON, **changed})


def test_an_unknown_covariate_is_not_taken_for_the_usual_one():
    known = {name: value for name, value in PERSON.items() if name != "antidrug_antibodies"}
    with pytest.raises(StallpointError, match="antidrug_antibodies not given"):
        typical_people(TOMINERSEN, known)


def test_covariates_of_another_number_of_people_are_refused():
    with pytest.raises(StallpointError, match="2 people for 3"):
        virtual_people(NUSINERSEN, 3, rng=np.random.default_rng(1), covariates={"weight_kg": [10, 20]})
