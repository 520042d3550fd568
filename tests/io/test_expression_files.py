from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.expression import Expression
from stallpoint.io.expression_table import read_expression_table
from stallpoint.io.gmt import read_gmt
from stallpoint.io.h5ad import read_h5ad
from stallpoint.io.probe_map import read_probe_map
from stallpoint.io.series_matrix import is_series_matrix, read_series_matrix
from stallpoint.profile.expression.gene_symbols import drop_damaged, is_damaged, likely_gene
from stallpoint.profile.expression.probes import collapse_probes

KNOWN = {"SOD1", "FUS", "OPTN"}
BY_SAMPLE = "sample,group,SOD1,FUS\na,ALS,1.5,2\nb,control,0.5,\n"


def written(tmp_path: Path, text: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def test_both_ways_of_laying_a_table_say_the_same(tmp_path: Path) -> None:
    across = read_expression_table(written(tmp_path, BY_SAMPLE), rows="samples", known_genes=KNOWN)
    down = read_expression_table(
        written(tmp_path, "gene\ta\tb\nSOD1\t1.5\t0.5\nFUS\t2\t\n", "a.tsv.gz"), rows="genes", known_genes=KNOWN
    )
    assert across.genes == down.genes == ("SOD1", "FUS")
    assert across.samples == down.samples == ("a", "b")
    assert np.array_equal(across.values, down.values, equal_nan=True)
    assert across.about == {"group": ("ALS", "control")}


@pytest.mark.parametrize(
    ("text", "rows", "says"),
    [
        (BY_SAMPLE, "genes", "swapped"),
        ("gene,a,b\nSOD1,1,2\nFUS,3,4\n", "samples", "swapped"),
        ("sample,ENSG1,ENSG2\na,1,2\n", "samples", "no known gene symbol"),
        ("sample,SOD1,FUS\na,1,high\n", "samples", "values that are no numbers"),
        ("gene,a,b\nSOD1,1,high\n", "genes", "'high' is no number"),
        ("sample,SOD1,SOD1\na,1,2\n", "samples", "names a gene twice"),
        ("gene,a,a\nSOD1,1,2\n", "genes", "names a sample twice"),
        ("sample,SOD1\na,1,2\n", "samples", "no table"),
        ("", "samples", "no table"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, text: str, rows: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_expression_table(written(tmp_path, text), rows=rows, known_genes=KNOWN)  # type: ignore[arg-type]
    with pytest.raises(PathError):
        read_expression_table(tmp_path / "nothing.csv", rows="samples", known_genes=KNOWN)


@pytest.mark.parametrize(
    "symbol", ["1-Sep", "Mar-02", "2-MAR", "2023-09-01", "2023-09-01 00:00:00", "9/1/2023", "44256", "2.31E+13"]
)
def test_dates_of_spreadsheets_are_seen(symbol: str) -> None:
    assert is_damaged(symbol)


@pytest.mark.parametrize("symbol", ["SEPT1", "SEPTIN1", "MARCHF1", "SOD1", "A1BG", "C9orf72", "HLA-A", "1-Acp", "7SK"])
def test_gene_symbols_are_not_dates(symbol: str) -> None:
    assert not is_damaged(symbol)


def test_damaged_symbols_are_left_out_and_named() -> None:
    found = drop_damaged(Expression(("a",), ("SOD1", "1-Sep", "2-Mar", "4-Jul"), np.ones((1, 4))))
    assert found.genes == ("SOD1",)
    assert found.notes == (
        "left out, gene symbols that a spreadsheet turned into dates: 1-Sep (SEPTIN1?), 2-Mar (MARCHF2?), 4-Jul",
    )
    assert likely_gene("Dec-1") == "DELEC1"
    clean = Expression(("a",), ("SOD1",), np.ones((1, 1)))
    assert drop_damaged(clean) is clean


def test_gene_sets(tmp_path: Path) -> None:
    assert read_gmt(written(tmp_path, "one\tabout\tSOD1\tFUS,1.0\n\n", "a.gmt")) == {"one": {"SOD1", "FUS"}}
    faults = (("", "is empty"), ("\n\n", "is empty"), ("one\tabout\n", "sets without genes"), ("a\t\tX\na\t\tY\n", "a set twice"))
    for text, says in faults:
        with pytest.raises(TableError, match=says):
            read_gmt(written(tmp_path, text, "a.gmt"))
    with pytest.raises(PathError):
        read_gmt(tmp_path / "nothing.gmt")


def test_h5ad_says_the_same_as_a_table(tmp_path: Path) -> None:
    anndata, pd = pytest.importorskip("anndata"), pytest.importorskip("pandas")
    values = np.array([[1.5, 2.0], [0.5, 3.0]])
    obs, var = pd.DataFrame({"group": ["ALS", "control"]}, index=["a", "b"]), pd.DataFrame(index=["SOD1", "FUS"])
    data = anndata.AnnData(values, obs=obs, var=var)
    data.write_h5ad(tmp_path / "a.h5ad")
    found = read_h5ad(tmp_path / "a.h5ad")
    assert (found.samples, found.genes, found.about) == (("a", "b"), ("SOD1", "FUS"), {"group": ("ALS", "control")})
    assert np.array_equal(found.values, values)
    (tmp_path / "b.h5ad").write_text("nothing", encoding="utf-8")
    with pytest.raises(TableError, match=r"no .h5ad file"):
        read_h5ad(tmp_path / "b.h5ad")


MATRIX = """!Series_platform_id\t"GPL570"
!Sample_title\t"one"\t"two"
!Sample_characteristics_ch1\t"tissue: cord"\t"tissue: cortex"
!Sample_characteristics_ch1\t"group: ALS"\t"group: control"
!series_matrix_table_begin
"ID_REF"\t"GSM1"\t"GSM2"
"p1"\t1.0\t2.0
"p2"\t5.0\t6.0
"p3"\t3.0\tnull
!series_matrix_table_end
"""


def test_a_series_matrix_and_a_map_give_genes(tmp_path: Path) -> None:
    """Of p1 and p2 the higher stands for SOD1; p4 measures two genes, as p6 does on two lines; p5 has none."""
    map_ = "probe\tsymbol\np1\tSOD1\np2\tSOD1\np3\tFUS\np4\tA /// B\np5\t---\np6\tC\np6\tD\n"
    probes = read_probe_map(written(tmp_path, map_, "map.tsv"))
    assert (probes.symbols, probes.several) == ({"p1": "SOD1", "p2": "SOD1", "p3": "FUS"}, {"p4", "p6"})
    matrix = MATRIX.replace("!series_matrix_table_end", '"p4"\t9\t9\n"p5"\t9\t9\n!series_matrix_table_end')
    path = written(tmp_path, matrix, "m.txt.gz")
    assert is_series_matrix(path)
    found = collapse_probes(read_series_matrix(path), probes)
    assert (found.samples, found.genes) == (("GSM1", "GSM2"), ("FUS", "SOD1"))
    assert found.values[:, 1].tolist() == [5.0, 6.0]
    assert found.values[0, 0] == 3.0
    assert np.isnan(found.values[1, 0])
    assert found.about == {"title": ("one", "two"), "tissue": ("cord", "cortex"), "group": ("ALS", "control")}
    assert "3 of 5 probes measure one gene each, 2 genes in all" in found.notes[0]
    assert "1 probes of several genes and 1 without a gene" in found.notes[0]


MATRIX_FAULTS = {
    "cut short": (MATRIX.replace("!series_matrix_table_end\n", ""), "is no whole GEO series matrix"),
    "a short line": (MATRIX.replace('"p2"\t5.0\t6.0', '"p2"\t5.0'), "p2: 1 values"),
    "text": (MATRIX.replace("5.0", "high"), "a value is no number"),
    "a probe twice": (MATRIX.replace("p3", "p2"), "names a probe twice"),
    "a sample twice": (MATRIX.replace("GSM2", "GSM1"), "names a sample twice"),
    "no values": (MATRIX[: MATRIX.index('"p1"')] + "!series_matrix_table_end\n", "supplementary files"),
}


@pytest.mark.parametrize("fault", MATRIX_FAULTS)
def test_a_damaged_series_matrix_is_refused(tmp_path: Path, fault: str) -> None:
    text, says = MATRIX_FAULTS[fault]
    with pytest.raises(TableError) as raised:
        read_series_matrix(written(tmp_path, text, "m.txt"))
    assert says in str(raised.value)


def test_a_map_that_is_none_is_refused(tmp_path: Path) -> None:
    for text, says in (("a,b\n1,2\n", "has no columns probe and symbol"), ("probe,symbol\np1,\n", "names no symbol")):
        with pytest.raises(TableError, match=says):
            read_probe_map(written(tmp_path, text, "map.csv"))
    with pytest.raises(PathError):
        read_probe_map(tmp_path / "nothing.tsv")
    other = read_probe_map(written(tmp_path, "probe,symbol\nx,SOD1\n", "map.csv"))
    with pytest.raises(TableError, match="none of its probes is in the map"):
        collapse_probes(read_series_matrix(written(tmp_path, MATRIX, "m.txt")), other)
