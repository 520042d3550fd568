"""A look at an XML file before a parser builds anything of it: no entities, no depth or size that could bring it down."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from stallpoint.io.sbml.errors import SbmlError
from stallpoint.io.study_folder import require_path

MOST_BYTES = 20_000_000
MOST_ELEMENTS = 200_000
MOST_DEPTH = 150


def read_safe_text(path: Path) -> str:
    """The text of an XML file that declares no document type.

    Raises:
        PathError: no such file.
        SbmlError: too large or too deep, not well-formed, not UTF-8, or with a document type, which is where entities come from.
    """
    require_path(path)
    if path.is_dir() or path.stat().st_size > MOST_BYTES:
        raise SbmlError(f"is a folder, or larger than {MOST_BYTES // 10**6} MB", where=path.name, do="name an SBML file")
    content = path.read_bytes()
    _scan(content, path.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SbmlError("is not in UTF-8", where=path.name, do="save it as UTF-8") from fault


def _scan(content: bytes, place: str) -> None:
    parser = expat.ParserCreate()
    depth, elements = 0, 0

    def refuse_doctype(*_: object) -> None:
        raise SbmlError("declares a document type (entities); that is not read", where=place, do="take <!DOCTYPE ...> out")

    def begin(*_: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MOST_DEPTH or elements > MOST_ELEMENTS:
            limits = f"more than {MOST_DEPTH} levels or {MOST_ELEMENTS} elements"
            raise SbmlError(f"has {limits}", where=place, do="split formulas by assignment rules, or make the model smaller")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise SbmlError(f"is not XML: {fault}", where=place, do="export it again from the tool that made it") from fault
    except UnicodeDecodeError as fault:
        raise SbmlError("is not in UTF-8", where=place, do="save it as UTF-8") from fault
