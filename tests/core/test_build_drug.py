from __future__ import annotations

import tomllib

import pytest

from stallpoint.core.build_drug import LARGEST_DOSE_MG, DrugFileError, build_drug, check_cited
from stallpoint.core.drug import Drug
from stallpoint.core.errors import StallpointError

HEAD = '[drug]\nname = "examplamine"\nkind = "small molecule"\n'
ORIGIN = 'evidence = "human"\ntag = "seen"\nsource = "work"\n'


def build(text: str) -> Drug:
    return build_drug(tomllib.loads(text), where="x.toml")


def dose(**keys: str) -> str:
    said = {"name": '"a"', "dose": '"50 mg"', "interval": '"12 h"', "route": '"oral"', "tag": '"seen"', "source": '"work"'} | keys
    return HEAD + "[[dose]]\n" + "".join(f"{key} = {value}\n" for key, value in said.items())


def parameter(name: str = "clearance", value: str = '"5 L/h"', more: str = "") -> str:
    return HEAD + f'[[parameter]]\nname = "{name}"\nvalue = {value}\n{ORIGIN}{more}'


def test_a_drug_needs_no_more_than_a_name_and_a_kind() -> None:
    drug = build(HEAD)
    assert (drug.name, drug.kind, drug.parameters, drug.molar_mass_g_mol) == ("examplamine", "small molecule", (), None)


def test_quantities_are_turned_into_the_unit_of_their_name() -> None:
    made = build(parameter(value='"170 mL/min"', more='low = "100 mL/min"\nbetween_cv = "40%"\nspecies = "human"\n'))
    assert made.parameters[0].value == pytest.approx(10.2)
    assert made.parameters[0].low == pytest.approx(6)
    assert (made.parameters[0].unit, made.parameters[0].between_cv, made.parameters[0].high) == ("L/h", 0.4, None)


def test_a_dose_keeps_its_cycles_loading_and_infusion() -> None:
    keys = {"infusion": '"60 min"', "cycles": "[[14, 14], [10, 18]]", "first_days": "[0, 14, 28]", "interval": '"28 days"'}
    (pattern,) = build(dose(**keys)).patterns
    assert (pattern.infusion_h, pattern.interval_h) == (pytest.approx(1), pytest.approx(672))
    assert (pattern.cycles, pattern.first_days) == (((14, 14), (10, 18)), (0, 14, 28))


def test_the_first_of_several_numbers_is_used_and_the_others_are_kept() -> None:
    second = parameter(value='"7 L/h"').removeprefix(HEAD)
    drug = build(parameter() + second)
    found = drug.parameter("clearance")
    assert found is not None
    assert found.value == 5
    assert [each.value for each in drug.alternatives("clearance")] == [7]
    assert drug.parameter("half_life") is None


@pytest.mark.parametrize(
    ("text", "place", "what", "do"),
    [
        (HEAD + 'smile = "C"\n', "[drug]", "unknown key smile", "did you mean smiles?"),
        (HEAD + "[[parametr]]\n", "x.toml", "unknown key parametr", "did you mean parameter?"),
        ("", "[drug]", "name, kind missing", "add it"),
        ("drug = 3\n", "x.toml", "there is one [drug]", "write [drug]"),
        ('[[drug]]\nname = "x"\n', "x.toml", "there is one [drug]", "write [drug]"),
        (HEAD + "[dose]\n", "x.toml", "must be written [[dose]]", "double the brackets"),
        ("parameter = [1, 2]\n" + HEAD, "x.toml", "must be written [[parameter]]", "double the brackets"),
        (HEAD.replace("small molecule", "smal molecule"), "[drug]", "kind 'smal molecule'", "did you mean small molecule?"),
        (HEAD.replace('"examplamine"', '""'), "[drug]", "name '' is not a text", "put words"),
        (HEAD.replace('"examplamine"', '["a"]'), "[drug]", "name ['a'] is not a text", "put words"),
        (HEAD + 'also = "EX-1"\n', "[drug]", "also 'EX-1' is not a list of texts", 'also = ["one"'),
        (HEAD + 'molar_mass = "200"\n', "[drug] molar_mass", "has no unit", "g/mol"),
        (parameter("clearence"), "[[parameter]] 1", "name 'clearence'", "did you mean clearance?"),
        (parameter(value='"51.4"'), "clearance value", "has no unit", "L/h"),
        (parameter(value='"5 L"'), "clearance value", "cannot be turned into L/h", "L/h"),
        (parameter(value='"-5 L/h"'), "clearance value", "-5 is not above 0", "leave the entry out"),
        (parameter(value='"0 L/h"'), "clearance value", "0 is not above 0", "leave the entry out"),
        (parameter(value="nan"), "clearance value", "is not a number with its unit", "L/h"),
        (parameter("bioavailability", "1.4"), "bioavailability value", "1.4 is outside 0 to 1", "check the number"),
        (parameter("bioavailability", '"140%"'), "bioavailability value", "1.4 is outside 0 to 1", "check the number"),
        (parameter("bioavailability", "nan"), "bioavailability value", "not a finite number", "leave out"),
        (parameter("brain_plasma_ratio", "-1"), "brain_plasma_ratio value", "-1 is outside 0 to inf", "check the number"),
        (parameter(more='low = "6 L/h"\n'), "clearance", "not in order", "check which is which"),
        (parameter(more='high = "4 L/h"\n'), "clearance", "not in order", "check which is which"),
        (parameter(more="between_cv = 0\n"), "clearance between_cv", "0 is not above 0", "leave the entry out"),
        (parameter(more="note = 3\n"), "clearance", "note 3 is not a text", "put words"),
        (parameter().replace('"seen"', '"sene"'), "clearance", "tag 'sene'", "did you mean seen?"),
        (parameter().replace('"human"', "3"), "clearance", "evidence 3 is not known", "choose one of"),
        (parameter().replace('tag = "seen"\n', ""), "[[parameter]] 1", "tag missing", "needs its tag and source"),
        (dose(dose='"5 kg"'), "[[dose]] 1", "a dose of 5000 g is larger", "check the unit"),
        (dose(dose='"-5 mg"'), "[[dose]] 1 dose", "-5 is not above 0", "leave the entry out"),
        (dose(dose='"5 mmol"'), "[[dose]] 1 dose", "cannot be turned into mg", "mg"),
        (dose(interval='"0 h"'), "[[dose]] 1 interval", "0 is not above 0", "leave the entry out"),
        (dose(infusion='"13 h"'), "[[dose]] 1", "does not end before the next", "check infusion"),
        (dose(route='"orl"'), "[[dose]] 1", "route 'orl'", "did you mean oral?"),
        (dose(cycles="[[14]]"), "[[dose]] 1 cycles", "[14] is not a cycle", "[[14, 14], [10, 18]]"),
        (dose(cycles="[[0, 14]]"), "[[dose]] 1 cycles", "[0, 14] is not a cycle", "[[14, 14], [10, 18]]"),
        (dose(cycles="[[14, -1]]"), "[[dose]] 1 cycles", "[14, -1] is not a cycle", "[[14, 14], [10, 18]]"),
        (dose(cycles='"14"'), "[[dose]] 1 cycles", "'14' is not a cycle", "[[14, 14], [10, 18]]"),
        (dose(first_days="[14, 0]"), "[[dose]] 1 first_days", "are not days in order", "[0, 14, 28]"),
        (dose(first_days='["0"]'), "[[dose]] 1 first_days", "are not days in order", "[0, 14, 28]"),
        (HEAD + '[[gap]]\nlink = "deliverd"\nwhat = "a"\nmeasure = "b"\n', "[[gap]] 1", "link 'deliverd'", "delivered"),
        (HEAD + '[[source]]\nid = "a"\ntitle = "b"\nyear = "2001"\n', "[[source]] 1", "year '2001'", "without quotes"),
        (HEAD + '[[source]]\nid = "a"\ntitle = "b"\nkind = "blog"\n', "[[source]] 1", "kind 'blog'", "choose one of"),
    ],
)
def test_a_slip_is_one_message_with_place_fault_and_remedy(text: str, place: str, what: str, do: str) -> None:
    with pytest.raises(StallpointError) as caught:
        build(text)
    assert place in caught.value.where
    assert what in caught.value.what
    assert do in caught.value.do
    assert caught.value.exit_code == 8


def test_the_largest_dose_is_allowed_and_a_little_more_is_not() -> None:
    assert build(dose(dose=f'"{LARGEST_DOSE_MG} mg"')).patterns[0].dose_mg == LARGEST_DOSE_MG
    with pytest.raises(DrugFileError, match="larger than any"):
        build(dose(dose=f'"{LARGEST_DOSE_MG + 1} mg"'))


def test_a_log_hazard_ratio_may_be_negative() -> None:
    assert build(parameter("largest_log_hazard_ratio", "-0.67")).parameters[0].value == -0.67


def test_every_cited_work_must_be_known_or_listed() -> None:
    drug = build(parameter())
    check_cited(drug, ["work"], where="x.toml")
    check_cited(build(parameter() + '[[source]]\nid = "work"\ntitle = "t"\n'), [], where="x.toml")
    with pytest.raises(DrugFileError) as caught:
        check_cited(drug, ["works"], where="x.toml")
    assert caught.value.what == "source 'work' is not known"
    assert caught.value.do == "add a [[source]] with id 'work', or write 'works' if that was meant"


def test_a_work_is_listed_once() -> None:
    twice = HEAD + '[[source]]\nid = "a"\ntitle = "t"\n' * 2
    with pytest.raises(DrugFileError, match="listed twice"):
        check_cited(build(twice), [], where="x.toml")
