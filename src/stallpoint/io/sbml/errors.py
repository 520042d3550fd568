"""What is wrong with an SBML file."""

from __future__ import annotations

from stallpoint.core.errors import StudyFileError


class SbmlError(StudyFileError):
    """An SBML file that cannot be read, or that asks for more than is understood here."""
