"""Files of combinations: three ways to write them, and what is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.dose_matrix.read import read_dose_matrices

DOSES = (0.0, 1.0, 3.0, 10.0)


def surface(first: float, second: float) -> float:
    return 1 / (1 + first / 2) / (1 + second / 4)


def rows(*, factor: float = 1.0, inhibition: bool = False) -> list[tuple[float, float, float]]:
    found = []
    for first in DOSES:
        for second in DOSES:
            left = surface(first, second)
            found.append((first, second, factor * ((1 - left) if inhibition else left)))
    return found


def long_text(response: str = "viability", **kinds: object) -> str:
    lines = [f"drug_1,drug_2,dose_1,dose_2,unit,{response}"]
    lines += [f"riluzole,minocycline,{a:g},{b:g},uM,{value!r}" for a, b, value in rows(**kinds)]  # type: ignore[arg-type]
    return "\n".join(lines) + "\n"


@pytest.fixture
def read(tmp_path: Path):
    def write_and_read(text: str, **said: str):
        path = tmp_path / "wells.csv"
        path.write_text(text, encoding="utf-8")
        return read_dose_matrices(path, **said)

    return write_and_read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (long_text(), {}),
        (long_text(factor=100.0), {}),
        (long_text("inhibition", inhibition=True), {}),
        (long_text("inhibition_percent", inhibition=True, factor=100.0), {}),
        (long_text("response", inhibition=True, factor=100.0), {"response": "inhibition"}),
    ],
)
def test_every_sign_and_scale_gives_the_same_matrix(read, text, said):
    (matrix,) = read(text, **said)
    assert matrix.drugs == ("riluzole", "minocycline")
    assert matrix.units == ("uM", "uM")
    assert np.allclose(matrix.left, [surface(a, b) for a, b in matrix.doses])


def test_drugcomb_and_synergyfinder_names_and_a_plate_layout_give_the_same_matrix(read):
    comb = ["block_id,drug_row,drug_col,cell_line_name,conc_r,conc_c,conc_r_unit,conc_c_unit,inhibition"]
    comb += [f"1,A,B,MN,{a:g},{b:g},uM,nM,{value!r}" for a, b, value in rows(inhibition=True, factor=100.0)]
    finder = ["PairIndex,Drug1,Drug2,Conc1,Conc2,ConcUnit,Response"]
    finder += [f"1,A,B,{a:g},{b:g},uM,{value!r}" for a, b, value in rows(factor=100.0)]
    plate = ["Drug1: A", "Drug2: B", "ConcUnit: uM", "Response: viability", "," + ",".join(f"{dose:g}" for dose in DOSES)]
    plate += [",".join([f"{a:g}", *(repr(surface(a, b)) for b in DOSES)]) for a in DOSES]
    found = [
        read("\n".join(comb) + "\n"),
        read("\n".join(finder) + "\n", response="viability"),
        read("\n".join(plate) + "\n"),
    ]
    for (matrix,) in found:
        assert matrix.drugs == ("A", "B")
        assert np.allclose(matrix.left, [surface(a, b) for a, b in matrix.doses])
    assert found[0][0].units == ("uM", "nM")
    assert found[0][0].sample == "MN"


def test_plates_are_each_set_against_their_own_controls(read):
    lines = ["drug_1,drug_2,dose_1,dose_2,plate,control,signal"]
    for plate, gain in (("P1", 1000.0), ("P2", 1700.0)):
        lines += [f"A,B,{a:g},{b:g},{plate},,{200 + gain * value!r}" for a, b, value in rows()]
        lines += [f",,0,0,{plate},positive,{200 + shift}" for shift in (-1, 1)]
        lines += [f",,0,0,{plate},negative,{200 + gain + shift}" for shift in (-7, 7)]
    (matrix,) = read("\n".join(lines) + "\n")
    assert np.allclose(matrix.left[~matrix.untreated], [surface(a, b) for a, b in matrix.doses[~matrix.untreated]])
    assert matrix.untreated.sum() == 6


def test_order_of_rows_and_missing_wells_do_not_matter(read):
    lines = long_text().splitlines()
    shuffled = [lines[0], *reversed(lines[1:])]
    shuffled[4] = shuffled[4].rsplit(",", 1)[0] + ",NA"
    (matrix,) = read("\n".join(shuffled) + "\n")
    assert len(matrix.left) == 15
    assert any("1 wells without a response" in note for note in matrix.notes)
    assert (np.diff(matrix.doses[:, 0]) >= 0).all()


def replaced(text: str, line: int, cells: str) -> str:
    lines = text.splitlines()
    lines[line - 1] = cells
    return "\n".join(lines) + "\n"


def only(text: str, keep: str) -> str:
    lines = text.splitlines()
    wanted = {
        "first": lambda cells: cells[3] == "0",
        "no untreated": lambda cells: (cells[2], cells[3]) != ("0", "0"),
        "no single": lambda cells: cells[2] != "0" or cells[3] == "0",
    }[keep]
    return "\n".join([lines[0], *(line for line in lines[1:] if wanted(line.split(",")))]) + "\n"


MIXED = (
    long_text(factor=100.0)
    .replace(f"{100 * surface(1, 1)!r}", f"{surface(1, 1)!r}")
    .replace(f"{100 * surface(0, 1)!r}", f"{surface(0, 1)!r}")
)

FAULTS = {
    "inhibition given as viability": (long_text("viability", inhibition=True), "looks like inhibition"),
    "percent of it": (long_text("viability", inhibition=True, factor=100.0), "looks like inhibition"),
    "viability given as inhibition": (long_text("inhibition"), "looks like viability"),
    "sign not said": (long_text("response"), "does not say whether"),
    "fractions among percents": (MIXED, "fractions stand among percents"),
    "scale that cannot be told": (long_text("inhibition", inhibition=True, factor=3.0), "cannot be told"),
    "zero missing": (only(long_text(), "no untreated"), "no untreated well"),
    "one drug": (only(long_text(), "first"), "0 in every well"),
    "no single curve": (only(long_text(), "no single"), "no well has minocycline alone"),
    "negative dose": (replaced(long_text(), 3, "riluzole,minocycline,0,-1,uM,0.8"), "dose_2 is below 0"),
    "duplicated": (long_text() + long_text().splitlines()[3] + "\n", "wells are duplicated"),
    "mixed units": (long_text().replace("10,10,uM", "10,10,nM"), "units are mixed"),
    "no number": (replaced(long_text(), 4, "riluzole,minocycline,0,3,uM,high"), "no number"),
    "infinite": (replaced(long_text(), 4, "riluzole,minocycline,inf,3,uM,0.4"), "no number"),
    "no drug name": (replaced(long_text(), 4, ",minocycline,0,3,uM,0.4"), "has no name"),
    "two responses": (long_text().replace("unit,", "inhibition,").replace("uM,", "0.5,"), "more than one response"),
    "no dose": (long_text().replace("dose_2", "dosis"), "no column dose_2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_named(read, fault):
    text, named = FAULTS[fault]
    with pytest.raises(TableError, match=named) as raised:
        read(text)
    assert "What to do" in raised.value.text


def test_a_constant_response_is_named(read):
    lines = long_text().splitlines()
    with pytest.raises(TableError, match="the same in every well"):
        read("\n".join([lines[0], *(line.rsplit(",", 1)[0] + ",1.0" for line in lines[1:])]) + "\n")


def test_replicates_are_kept_where_they_differ_or_are_numbered(read):
    lines = long_text().splitlines()
    noisy = [line.rsplit(",", 1)[0] + f",{float(line.rsplit(',', 1)[1]) * 1.01!r}" for line in lines[1:]]
    (matrix,) = read("\n".join([*lines, *noisy]) + "\n")
    assert len(matrix.left) == 32


def test_sign_of_the_file_and_of_the_command_must_agree(read, tmp_path):
    with pytest.raises(TableError, match="the file says viability"):
        read(long_text(), response="inhibition")
    with pytest.raises(TableError, match="cannot be viabilty"):
        read(long_text("response"), response="viabilty")
    with pytest.raises(PathError):
        read_dose_matrices(tmp_path)
    with pytest.raises(PathError):
        read_dose_matrices(tmp_path / "absent.csv")


PLATE = "Drug1: A\nDrug2: B\nResponse: viability\n,0,1\n0,1,0.5\n1,0.6,0.3\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PLATE.replace("1,0.6,0.3", "1,0.6"), "has 1 wells where 2 doses"),
        (PLATE.replace("Drug2: B\n", ""), "does not name drug_2"),
        (PLATE.replace("viability", "deadness"), "is not known"),
        (PLATE.replace("Response: viability\n", ""), "does not say whether"),
        ("Drug1: A\nDrug2: B\n", "has no wells"),
    ],
)
def test_a_broken_layout_is_named(read, text, named):
    with pytest.raises(TableError, match=named):
        read(text)
