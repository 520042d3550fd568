import numpy as np
import pytest

from stallpoint.core.errors import PathError, StallpointError
from stallpoint.exposure.intrathecal.doses import dose_schedule
from stallpoint.exposure.intrathecal.people import typical_people
from stallpoint.exposure.intrathecal.solve import concentration, simulate_course
from stallpoint.knowledge.linear_model_file import read_linear_model

MODEL = """\
name = "own"
species = "human"
dose_state = "csf"
dose_range_mg = [10, 100]

[parameters.cl_csf]
value = 0.02
unit = "L/h"
between = 0.3
between_scale = "cv"
evidence = "human"
tag = "seen"
source = "yamamoto2023"

[parameters.v_csf]
value = 0.15
unit = "L"

[states.csf]
matrix = "CSF"
volume = "v_csf"
conc_unit = "ng/mL"

[[flows]]
origin = "csf"
destination = "out"
clearance = "cl_csf"
volume = "v_csf"

[[covariates]]
parameter = "cl_csf"
covariate = "age_years"
form = "exponential"
coefficient = -0.0055
reference = 49
"""


@pytest.fixture
def write(tmp_path):
    def write_model(text):
        place = tmp_path / "own.toml"
        place.write_text(text, encoding="utf-8")
        return place

    return write_model


def test_a_model_of_ones_own_runs_like_any_other(write):
    people = typical_people(read_linear_model(write(MODEL)))
    csf = concentration(simulate_course(people, dose_schedule(0, 50), [10.0]), "csf")[0, 0]
    assert csf == pytest.approx(50 / 0.15 * 1000 * np.exp(-0.02 / 0.15 * 10))


def test_numbers_without_a_source_count_as_assumed(write):
    parameters = read_linear_model(write(MODEL)).parameters
    assert (parameters["cl_csf"].tag, parameters["cl_csf"].source) == ("seen", "yamamoto2023")
    assert (parameters["v_csf"].tag, parameters["v_csf"].evidence) == ("assumed", "assumed")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value = 0.02", "value = -0.02", "above 0"),
        ("value = 0.02", 'value = "0.02"', "give a number"),
        ("value = 0.02", "value = true", "give a number"),
        ("value = 0.02", "", "no value"),
        ("value = 0.02", "valeu = 0.02", "did you mean value"),
        ('unit = "L/h"', 'unit = "L"', "do not make a rate"),
        ('between_scale = "cv"', "", "its scale"),
        ('tag = "seen"', 'tag = "sen"', "did you mean seen"),
        ('source = "yamamoto2023"', 'source = "yamamoto2024"', "did you mean yamamoto2023"),
        ('dose_state = "csf"', 'dose_state = "csv"', "did you mean csf"),
        ("dose_range_mg = [10, 100]", "dose_range_mg = [100, 10]", "lowest and the highest"),
        ("dose_range_mg = [10, 100]", "dose_range_mg = 100", "two numbers"),
        ('conc_unit = "ng/mL"', 'conc_unit = "ug/g"', "cannot be had from a volume in L"),
        ('clearance = "cl_csf"', 'clearance = "cl_cfs"', "did you mean cl_csf"),
        ('destination = "out"', 'destination = "plasma"', "no compartment 'plasma'"),
        ('form = "exponential"', 'form = "exponental"', "did you mean exponential"),
        ("name =", "nmae =", "did you mean name"),
        ("[states.csf]", "[states]", "not made of tables"),
        ("[[flows]]", "[flows", "not TOML"),
    ],
)
def test_mistakes_are_one_message(write, old, new, said):
    with pytest.raises(StallpointError, match=said):
        read_linear_model(write(MODEL.replace(old, new, 1)))


def test_the_same_compartment_twice_is_refused(write):
    twice = MODEL.replace("[states.csf]", '[[states]]\nkey = "csf"')
    twice += '\n[[states]]\nkey = "csf"\nmatrix = "CSF"\nvolume = "v_csf"\nconc_unit = "ng/mL"\n'
    with pytest.raises(StallpointError, match="compartment csf is there twice"):
        read_linear_model(write(twice))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(PathError, match="cannot read"):
        read_linear_model(tmp_path / "none.toml")


def test_a_covariate_beyond_what_its_effect_can_bear_is_refused(write):
    steep = MODEL.replace('form = "exponential"', 'form = "linear"').replace("-0.0055", "-0.1")
    with pytest.raises(StallpointError, match="0, negative or infinite"):
        typical_people(read_linear_model(write(steep)), {"age_years": 60})
