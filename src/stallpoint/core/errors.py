"""The exception tree. Each class of error has one exit code, so that a script can act on it without reading text.

StallpointError                exit 1   anything of ours that has no narrower class
├── StudyFileError             exit 2   study.toml: unknown key, missing key, value of the wrong kind
├── TableError                 exit 3   a data table: unreadable, missing column, value that cannot be
├── PathError                  exit 4   a file or folder that does not exist
├── OutputError                exit 5   a folder that cannot be written
├── EstimandError              exit 6   a question these data or this version cannot answer
├── FitError                   exit 7   a model that cannot be fitted to these data
└── DrugError                  exit 8   a drug, profile, scenario, fact or quantity that is unknown or cannot be

An interrupt (Ctrl-C) ends with exit 130; what finished before it is kept and the next run resumes there.
Output that nobody reads to its end (a pipe into head) ends quietly with exit 141, as a signal would.
"""

from __future__ import annotations

from collections.abc import Sequence

ROWS_SHOWN = 5


class StallpointError(Exception):
    """A mistake that a person can mend: what is wrong, where, and what to do about it."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", rows: Sequence[str] = (), do: str = "") -> None:
        self.what = what
        self.where = where
        self.rows = tuple(rows)
        self.do = do
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """The whole message: place, fault, the first offending rows, remedy."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        shown = [f"  {row}" for row in self.rows[:ROWS_SHOWN]]
        hidden = len(self.rows) - len(shown)
        if hidden > 0:
            shown.append(f"  and {hidden} more")
        return "\n".join([head, *shown, *([f"What to do: {self.do}"] if self.do else [])])


class StudyFileError(StallpointError):
    """study.toml cannot be understood."""

    exit_code = 2


class TableError(StallpointError):
    """A data table cannot be read or holds a value that cannot be."""

    exit_code = 3


class PathError(StallpointError):
    """A file or folder that was named does not exist."""

    exit_code = 4


class OutputError(StallpointError):
    """A folder that was named for output cannot be written."""

    exit_code = 5


class EstimandError(StallpointError):
    """The question cannot be answered from these data, or not by this version."""

    exit_code = 6


class FitError(StallpointError):
    """A model cannot be fitted to these data."""

    exit_code = 7


class DrugError(StallpointError):
    """A drug, profile, scenario, fact or quantity is unknown or cannot be."""

    exit_code = 8


INTERRUPTED_EXIT_CODE = 130
UNREAD_EXIT_CODE = 141
