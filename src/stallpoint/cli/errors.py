"""Faults as one message on stderr and a documented exit code; never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from stallpoint.core.errors import INTERRUPTED_EXIT_CODE, UNREAD_EXIT_CODE, StallpointError

Arguments = ParamSpec("Arguments")

EPILOG = (
    "Exit codes: 0 done; 1 any other fault; 2 study.toml or the command line; 3 a data table; 4 a file or folder that does not "
    "exist; 5 an output folder that cannot be written; 6 a question these data cannot answer; 7 a model that cannot be fitted; "
    "8 a drug, profile, scenario, fact or quantity; 130 interrupted (the same command goes on from there); "
    "141 nobody read the rest, as behind head. "
    "Research use only, not medical advice."
)


def plainly(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """The same command, with every fault said in one message. STALLPOINT_DEBUG=1 shows the traceback of unforeseen ones."""

    @wraps(command)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except StallpointError as fault:
            _leave(fault.text, fault.exit_code)
        except KeyboardInterrupt as interrupt:
            _leave(getattr(interrupt, "text", "Interrupted. The same command starts again."), INTERRUPTED_EXIT_CODE)
        except BrokenPipeError:
            _leave_unread()
        except typer.Exit:
            raise
        except Exception as fault:
            if os.environ.get("STALLPOINT_DEBUG") == "1":
                raise
            _leave(_unforeseen(fault), 1)

    return wrapped


def _leave(text: str, exit_code: int) -> None:
    typer.echo(text, err=True)
    raise typer.Exit(exit_code)


def _leave_unread() -> None:
    """Whoever read the output has closed it, as head does: what is still buffered goes nowhere, and nothing is said."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    raise typer.Exit(UNREAD_EXIT_CODE)


def _unforeseen(fault: Exception) -> str:
    said = " ".join(str(fault).split())[:300]
    return (
        f"A fault of stallpoint, not of your data: {type(fault).__name__}: {said}\n"
        "What to do: run again with STALLPOINT_DEBUG=1 and report what it prints, with the command, without any patient's data."
    )
