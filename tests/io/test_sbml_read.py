"""What is refused of SBML, and with which words; what hostile files meet."""

from pathlib import Path

import pytest
from sbml_world import sbml_text, write_mapped

from stallpoint.core.errors import StallpointError
from stallpoint.io.mechanism_file import read_user_mechanism
from stallpoint.io.sbml.errors import SbmlError
from stallpoint.io.sbml.read import read_sbml

libsbml = pytest.importorskip("libsbml")

PLAIN = sbml_text(states={"x": 1.0}, constants={"k": 0.1}, rates={"x": "-k * x"})
MAPPING = '[drug]\nid = "k"\nas = "engagement"\n[outputs]\nalsfrs_r = "x"\n'


def refused(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "model.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SbmlError) as fault:
        read_sbml(path)
    return str(fault.value)


def with_added(xml: str) -> str:
    return PLAIN.replace("</model>", f"{xml}</model>")


def math(formula: str) -> str:
    return str(libsbml.writeMathMLToString(libsbml.parseL3Formula(formula)).split("?>", 1)[1])


LAUGHS = '<!DOCTYPE sbml [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE sbml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, '<!DOCTYPE sbml SYSTEM "http://127.0.0.1:9/x.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_even_parsed(tmp_path: Path, doctype: str, encoding: str) -> None:
    body = PLAIN.split("?>", 1)[1]
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{body}'
    assert "document type" in refused(tmp_path, text.encode(encoding))


def test_depth_size_and_what_is_no_xml(tmp_path: Path) -> None:
    assert "more than" in refused(tmp_path, "<a>" * 5000 + "</a>" * 5000)
    assert "is not XML" in refused(tmp_path, "model")
    assert "is not XML" in refused(tmp_path, b"")
    older = PLAIN.replace("level3/version2/core", "level2/version4").replace('level="3" version="2"', 'level="2" version="4"')
    assert "Level 2" in refused(tmp_path, older)


EVENT = (
    '<listOfEvents><event id="jump" useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">'
    f"{math('x < 0.5')}</trigger></event></listOfEvents>"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_added(EVENT), "event jump"),
        (
            with_added(f"<listOfRules><algebraicRule metaid='balance'>{math('x - 1')}</algebraicRule></listOfRules>"),
            "algebraic|sound",
        ),
        (sbml_text(states={"x": 1.0}, rates={"x": "delay(x, 3)"}), "rule for x: uses delay"),
        (sbml_text(states={"x": 1.0}, rates={"x": "-x * ghost"}), "ghost, which has no value"),
        (sbml_text(states={"x": 1.0}, rates={"x": "f(x)"}), "calls f|sound"),
        (sbml_text(states={"x": 1.0}, rates={"x": "a"}, rules={"a": "b + 1", "b": "a + 1"}), "circle: a, b"),
        (sbml_text(states={"x": 1.0}, rates={"x": "a"}, rules={"a": "a + 1"}), "circle: a"),
        (sbml_text(rates={"x": "1"}, rules={}), "changes x, which is not there"),
        (sbml_text(constants={"x": 1.0}, rates={"x": "1"}), "x, which is constant"),
        (sbml_text(states={"x": 1.0}, rates={"x": "x"}, rules={}).replace('value="1"', ""), "no value|has no value"),
        (PLAIN.replace('id="k"', 'id="x"'), "x is declared twice|sound"),
        (PLAIN.replace('id="k"', ""), "no id|sound"),
    ],
)
def test_each_refusal_names_its_element(tmp_path: Path, text: str, said: str) -> None:
    import re

    assert re.search(said, refused(tmp_path, text))


def test_fast_reactions_and_changing_compartments(tmp_path: Path) -> None:
    text = sbml_text(species={"s": (1.0, True)}, reactions={"go": (["s"], [], "s")})
    fast = (
        text.replace("level3/version2", "level3/version1")
        .replace('version="2"', 'version="1"')
        .replace('id="go"', 'id="go" fast="true"')
    )
    assert "reaction go: fast" in refused(tmp_path, fast)
    assert "stoichiometry" in refused(tmp_path, text.replace('stoichiometry="1" ', ""))
    growing = text.replace('size="1" constant="true"', 'size="1" constant="false"').replace(
        "<listOfReactions>", f'<listOfRules><rateRule variable="home">{math("1")}</rateRule></listOfRules><listOfReactions>'
    )
    assert "compartment home: sizes that change" in refused(tmp_path, growing)


def test_functions_that_call_each_other_or_double_it(tmp_path: Path) -> None:
    circle = {"f": "lambda(y, g(y))", "g": "lambda(y, f(y))"}
    assert "circle: f, g" in refused(tmp_path, sbml_text(states={"x": 1.0}, functions=circle, rates={"x": "f(x)"}))
    doubling = {"f0": "lambda(y, y + 1)", **{f"f{i}": f"lambda(y, f{i - 1}(y) + f{i - 1}(y))" for i in range(1, 40)}}
    assert "operations at every step" in refused(
        tmp_path, sbml_text(states={"x": 1.0}, functions=doubling, rates={"x": "f39(x)"})
    )


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (MAPPING.replace('"x"', '"y"'), "the model has no y"),
        (MAPPING.replace("alsfrs_r", "neurons"), "no alsfrs_r"),
        (MAPPING.replace('id = "k"', 'id = "x"'), "cannot be set"),
        (MAPPING.replace('"engagement"', '"dose"'), "engagement, concentration"),
        (MAPPING.replace('as = "engagement"', 'as = "concentration"'), "unit of k is not declared"),
        (MAPPING.replace('as = "engagement"', 'as = "concentration"\nunit = "mg"'), "unit"),
        (MAPPING + '[outputs.hazard]\nid = "x"\n', "unit of x is not declared"),
        (MAPPING + '[outputs.hazard]\nid = "x"\nunit = "1/week"\n', "not per the model's unit of time"),
        (MAPPING + "[between]\nk = 0.3\n", "no constant that may differ"),
        (MAPPING + "[range]\nk2 = [1, 2]\n", "no constant that may differ"),
        ('time_unit = "hour"\n' + MAPPING, "declares another unit"),
        ("speed = 1\n" + MAPPING, "unknown key speed"),
        ("start = -1\n" + MAPPING, "not a number from 0"),
        ("[drug", "is not TOML"),
        (f'name = "{"long " * 50}"\n' + MAPPING, "name of the model"),
        ('name = "\\u001b[2Jgone"\n' + MAPPING, "name of the model"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told_where(tmp_path: Path, mapping: str, said: str) -> None:
    with pytest.raises(StallpointError, match=said) as fault:
        read_user_mechanism(write_mapped(tmp_path, PLAIN, mapping))
    assert "own.toml" in str(fault.value)


def test_units_that_the_model_declares_are_read(tmp_path: Path) -> None:
    hours = sbml_text(states={"x": 1.0}, constants={"k": 0.1}, rates={"x": "-k * x"}, time_unit="")
    with pytest.raises(StallpointError, match="time is not declared"):
        read_user_mechanism(write_mapped(tmp_path, hours, MAPPING))
    own = read_user_mechanism(write_mapped(tmp_path, hours, 'time_unit = "hour"\n' + MAPPING))
    assert own.days_per_time == pytest.approx(1 / 24)
    assert read_user_mechanism(write_mapped(tmp_path, PLAIN, MAPPING)).days_per_time == 1.0


def test_a_model_elsewhere_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    for named in ("/etc/passwd", "../model.xml"):
        path.write_text(f'model = "{named}"\n' + MAPPING, encoding="utf-8")
        with pytest.raises(StallpointError, match="beside"):
            read_user_mechanism(path)
