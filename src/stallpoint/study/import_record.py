"""What an import left on record: the audit of each change, and the rules with their counts."""

from __future__ import annotations

import json
from pathlib import Path

from stallpoint.core.check import Check

AUDIT_FILE = "import/audit.parquet"
RECORD_FILE = "import/record.json"
MAPPING_FILE = "import/mapping.toml"


def read_import_checks(folder: Path) -> tuple[Check, ...]:
    """What cleaning did to the study in this folder, one check for each rule that did something or was turned off.

    Empty where the study was not imported.
    """
    path = folder / RECORD_FILE
    if not path.is_file():
        return ()
    record = json.loads(path.read_text(encoding="utf-8"))
    lost = [_lost(name, count) for name, count in record["lost"].items() if count]
    return (*lost, *(_check(rule) for rule in record["rules"] if rule["off"] or rule["changes"]))


def _lost(name: str, count: int) -> Check:
    return Check(name, "warning", f"Import, {name.replace('_', ' ')}: {count:,} cells count as missing.", count)


def _check(rule: dict[str, object]) -> Check:
    name = f"cleaning_{rule['name']}"
    if rule["off"]:
        return Check(name, "warning", f"Cleaning rule {rule['name']} was turned off in study.toml.")
    changes = int(str(rule["changes"]))
    return Check(name, "passed", f"Cleaning, {rule['name']}: {changes:,} entries in the audit; {rule['why']}.", changes)
