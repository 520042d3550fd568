"""JSON files to people: a phenopacket, a family, a cohort, or a list of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stallpoint.core.errors import TableError
from stallpoint.io.source_files import SourceFiles

Packet = dict[str, Any]


def read_packets(files: SourceFiles) -> Iterator[tuple[str, Packet]]:
    """Each person's phenopacket with the name of its file; keys as protobuf's JSON writes them.

    Raises:
        TableError: no JSON file, a file that is no JSON, or JSON that is no phenopacket of version 2.
    """
    found = {name: path for name, path in sorted(files.files.items()) if path.suffix.lower() == ".json"}
    if not found:
        raise TableError(
            "holds no .json file", where=files.place, do="phenopackets are JSON files, one for each person, family or cohort"
        )
    for name, path in found.items():
        said = _parse(path, name)
        for each in said if isinstance(said, list) else [said]:
            for packet in _people(each, name):
                yield name, packet


def _parse(path: Path, name: str) -> Any:
    raw = path.read_bytes()
    if b"\x00" in raw:
        raise TableError("a NUL byte: a binary or damaged file", where=name, do="export it again as JSON")
    try:
        return _camel(json.loads(raw.decode("utf-8-sig")))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise TableError(f"is not JSON: {fault}", where=name, do="export it again; it may have been cut short") from fault


def _people(said: Any, name: str) -> Iterator[Packet]:
    if isinstance(said, dict):
        _require_second_version(said, name)
        if "subject" in said:
            yield said
            return
        members = [("proband", said["proband"])] if "proband" in said else []
        members += [("relative", each) for each in said.get("relatives", [])] + [("", each) for each in said.get("members", [])]
        for relation, packet in members:
            if isinstance(packet, dict) and "subject" in packet:
                yield packet | ({"_family": str(said.get("id", "")), "_relation": relation} if relation else {})
        if members:
            return
    raise TableError(
        "is no phenopacket: it has no subject, proband or members", where=name, do="leave other JSON files out of the folder"
    )


def _require_second_version(said: Mapping[str, Any], name: str) -> None:
    meta = said.get("metaData")
    stated = str(meta.get("phenopacketSchemaVersion", "2")) if isinstance(meta, dict) else "2"
    if stated.startswith("1"):
        raise TableError(
            f"a phenopacket of version {stated}; version 2 is read", where=name, do="convert it with phenopacket-tools"
        )


def _camel(said: Any) -> Any:
    """Names of fields as in JSON: protobuf allows time_observed for timeObserved."""
    if isinstance(said, list):
        return [_camel(each) for each in said]
    if isinstance(said, dict):
        return {
            re.sub(r"(?<=[a-z0-9])_([a-z])", lambda match: match.group(1).upper(), key): _camel(each)
            for key, each in said.items()
        }
    return said
