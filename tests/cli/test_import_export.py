from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from stallpoint.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "import_table.md"
CSV = PAGE.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]


def test_a_table_is_proposed_then_imported_then_exported(tmp_path: Path) -> None:
    (tmp_path / "clinic.csv").write_text(CSV, encoding="utf-8")
    arguments = ["import", "table", str(tmp_path / "clinic.csv"), "--out", str(tmp_path / "STUDY")]
    proposed = CliRunner().invoke(app, arguments)
    assert proposed.exit_code == 2
    assert "nothing was imported yet" in proposed.stderr
    assert "Status -> death flag" in proposed.stdout
    assert not (tmp_path / "STUDY").exists()
    done = CliRunner().invoke(app, [*arguments, "--mapping", str(tmp_path / "STUDY-mapping.toml")])
    assert done.exit_code == 0, done.stderr
    exported = CliRunner().invoke(
        app, ["export", str(tmp_path / "STUDY"), "--to", "csv", "--out", str(tmp_path / "OUT"), "--json"]
    )
    assert exported.exit_code == 0, exported.stderr
    assert "data/visits.csv" in json.loads(exported.stdout)["files"]


def test_an_unknown_format_is_one_message(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["export", str(tmp_path), "--to", "sas", "--out", str(tmp_path / "OUT")])
    assert said.exit_code == 2
    assert "choose one of" in said.stderr
