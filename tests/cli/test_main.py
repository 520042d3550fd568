from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from stallpoint.cli.errors import plainly
from stallpoint.cli.main import app
from stallpoint.core import errors

HEAVY = {"jax", "altair", "fastapi", "sklearn", "rdkit", "polars", "pandas", "pandera", "lifelines", "scipy", "numpy", "pydantic"}
COMMANDS = (
    "demo",
    "new",
    "check",
    "run",
    "score",
    "explain",
    "facts",
    "profile",
    "expose",
    "combine",
    "simulate",
    "cite",
    "import",
    "export",
)


@pytest.mark.parametrize(
    "code", ["import stallpoint", "import sys; sys.argv = ['stallpoint', '--help']; from stallpoint.cli.main import main; main()"]
)
def test_nothing_heavy_is_imported(code: str) -> None:
    script = f"import atexit, sys\natexit.register(lambda: print('LOADED', *sys.modules))\n{code}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    loaded = {name.split(".")[0] for name in done.stdout.split("LOADED")[-1].split()}
    assert done.returncode == 0, done.stderr
    assert "stallpoint" in loaded
    assert not loaded & HEAVY


def test_the_command_is_installed() -> None:
    assert [each.value for each in entry_points(group="console_scripts", name="stallpoint")] == ["stallpoint.cli.main:main"]


def test_every_command_has_its_own_help_with_the_exit_codes() -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["--help"]).stdout
    for command in COMMANDS:
        assert f"  {command} " in listed
        said = runner.invoke(app, [command, "--help"]).stdout
        assert "--json" in said
        assert "Exit codes: 0 done" in said
    assert set(typer.main.get_command(app).commands) == set(COMMANDS)  # type: ignore[attr-defined]


def test_every_class_of_error_has_its_documented_exit_code() -> None:
    said = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.StallpointError)]
    assert all(f" {kind.exit_code} " in said for kind in kinds)
    assert str(errors.INTERRUPTED_EXIT_CODE) in said
    tree = Path(str(errors.__file__)).read_text(encoding="utf-8").split('"""')[1]
    assert all(f"{kind.__name__:<23}"[:14] in tree and f"exit {kind.exit_code}" in tree for kind in kinds)


@pytest.mark.parametrize(
    ("arguments", "code"), [("facts search riluzole", 141), ("facts drug riluzole --json", 141), ("explain --help", 1)]
)
def test_output_that_nobody_reads_to_its_end_is_no_fault(arguments: str, code: int) -> None:
    """The reader has closed the pipe, so that the first line that is written finds nobody."""
    script = f"import sys; sys.argv = ['stallpoint', *{arguments.split()!r}]; from stallpoint.cli.main import main; main()"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        done = subprocess.run([sys.executable, "-c", script], stdout=nobody, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    assert (done.stderr, done.returncode) == ("", code)


def test_every_command_says_its_faults_plainly() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert [name for name, each in commands.items() if plainly.__name__ not in _wrappers(each.callback)] == []


def _wrappers(function: Callable[..., object] | None) -> set[str]:
    """Names of the functions that a command's callback passes through."""
    found = set()
    while function is not None:
        found.add(function.__code__.co_qualname.split(".")[0])
        function = getattr(function, "__wrapped__", None)
    return found
