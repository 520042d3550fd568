"""study.toml: what a study is called, where its tables lie, and what is asked of them.

pydantic checks the kinds of the values here and nowhere else; what comes out are frozen dataclasses.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any, ClassVar

from stallpoint.core.cohort import Modifiers
from stallpoint.core.costs import Costs
from stallpoint.core.errors import StudyFileError
from stallpoint.core.estimand import DeathStrategy, Endpoint, StoppingStrategy
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.plan import Plan
from stallpoint.core.tables import TABLES
from stallpoint.io.study_folder import find_tables, require_path
from stallpoint.report.content import LEAST_SMALLEST_CELL
from stallpoint.response.exploration.plan import Exploration

STUDY_FILE = "study.toml"
PLANTED_FILE = "planted.json"
NEVER_RANDOMISED = ("proact", "omop")
"""Formats whose arms nobody was allocated to by chance, or whose trials cannot be told apart."""

NO_PLAN = Plan()
NO_COSTS = Costs()

MEANINGS: dict[str, dict[str, str]] = {
    "death": {
        "joint": "function while alive, modelled together with death",
        "composite": "function and survival combined into one ranking, in which death ranks below any score",
    },
    "stopping": {
        "treatment policy": "whoever stops treatment still counts, as randomised, with everything that was seen afterwards",
        "while on treatment": "what follows a person's last dose does not count",
    },
}
"""The two choices that have no default, and what each value means."""


@dataclass(frozen=True)
class StudySection:
    """[study]: the name in every heading, whether the data were simulated, and what every report must say of them.

    `not_randomised` is the reason why a contrast of arms is an association and no treatment effect; empty where people were randomised.
    `smallest_cell` is the smallest count of people who share something that a report may show; an agreement on data may ask for more.
    """

    name: str
    description: str = ""
    simulated: bool = False
    not_randomised: str = ""
    notices: tuple[str, ...] = ()
    smallest_cell: int = LEAST_SMALLEST_CELL


@dataclass(frozen=True)
class TrialSection:
    """[trial]: which arm is control, which is compared with it, and how people were allocated."""

    control: str
    treatment: str | None = None
    allocation: float = 0.5
    strata: tuple[str, ...] = ()


@dataclass(frozen=True)
class EstimandSection:
    """[estimand]: the question. Death and stopping have no default."""

    death: DeathStrategy
    stopping: StoppingStrategy
    horizon_months: float
    endpoint: Endpoint = "alsfrs_r"
    survival_events: tuple[str, ...] = ("death", "tracheostomy")
    population: str = ""


@dataclass(frozen=True)
class RunSection:
    """[run]: the seed of every random number."""

    seed: int = 1


@dataclass(frozen=True)
class CalibrateSection:
    """[calibrate]: how often the analysis is repeated on shuffled trials, and what is imposed on them.

    `points_per_month` is what everyone gains in one world; `difference` what one unit of `modifier` adds in another. `modifier` is the
    first that the study names unless it says otherwise.
    """

    trials: int = 200
    points_per_month: float = 0.3
    difference: float = 0.5
    modifier: str | None = None
    workers: int = 1


@dataclass(frozen=True)
class ImportSection:
    """[import]: the format that the tables were imported from."""

    format: str


@dataclass(frozen=True)
class CleaningSection:
    """[cleaning]: rules that the next import leaves out."""

    off: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Document:
    """The file as it is written; `import_` stands for the word that Python keeps for itself."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    study: StudySection
    data: dict[str, str] = field(default_factory=dict)
    trial: TrialSection | None = None
    estimand: EstimandSection | None = None
    modifiers: Modifiers = field(default_factory=Modifiers)
    exploration: Exploration | None = None
    chain: Plan = field(default_factory=Plan)
    costs: Costs = field(default_factory=Costs)
    run: RunSection = field(default_factory=RunSection)
    calibrate: CalibrateSection | None = None
    import_: ImportSection | None = None
    cleaning: CleaningSection = field(default_factory=CleaningSection)


@dataclass(frozen=True)
class StudyFile:
    """A study file that has been understood. `tables` maps a table to its file; `text` is the file as it was written."""

    path: Path
    text: str
    study: StudySection
    tables: Mapping[str, Path]
    trial: TrialSection | None
    estimand: EstimandSection | None
    modifiers: Modifiers
    run: RunSection
    imported: ImportSection | None = None
    cleaning: CleaningSection = CleaningSection()
    calibrate: CalibrateSection | None = None
    exploration: Exploration | None = None
    chain: Plan = NO_PLAN
    costs: Costs = NO_COSTS

    @property
    def name(self) -> str:
        """The study's name."""
        return self.study.name

    @property
    def planted(self) -> Path | None:
        """The file that says what was planted, beside the study file of simulated data."""
        path = self.path.parent / PLANTED_FILE
        return path if self.study.simulated and path.is_file() else None


def read_study_file(path: Path) -> StudyFile:
    """A study from its folder or its study.toml.

    Raises:
        PathError: the folder, the file or a table it names does not exist.
        StudyFileError: not TOML, an unknown or missing key, or a value of the wrong kind.
        TableError: a table that is there twice, or a file whose name nearly matches a table's.
    """
    require_path(path)
    file = require_path(path / STUDY_FILE) if path.is_dir() else path
    text = _read_text(file)
    document = _parse(text)
    _require_question(document)
    _require_told(document, file.parent)
    return StudyFile(
        file,
        text,
        document.study,
        _table_paths(file.parent, document.data),
        document.trial,
        document.estimand,
        document.modifiers,
        document.run,
        document.import_,
        document.cleaning,
        document.calibrate,
        document.exploration,
        document.chain,
        document.costs,
    )


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise StudyFileError(f"not UTF-8 at byte {fault.start + 1}", where=file.name, do="save it as UTF-8") from fault


def _parse(text: str) -> _Document:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise StudyFileError(
            f"not TOML: {fault}", where=STUDY_FILE, do="texts need quotation marks; see https://toml.io"
        ) from fault
    _require_known_keys(document, text)
    _require_choices(document)
    return _validated(document, text)


def _require_known_keys(document: Mapping[str, Any], text: str) -> None:
    sections = _known_keys()
    for section, content in document.items():
        if section not in sections or not isinstance(content, dict):
            raise StudyFileError(
                f"unknown key {section}", where=_where(text, section), do=ask_nearest(section, [f"[{name}]" for name in sections])
            )
        for key in content:
            if key not in sections[section]:
                raise StudyFileError(
                    f"unknown key {key} in [{section}]", where=_where(text, section, key), do=ask_nearest(key, sections[section])
                )


def _known_keys() -> dict[str, tuple[str, ...]]:
    return {
        "study": _field_names(StudySection),
        "data": ("folder", *TABLES),
        "trial": _field_names(TrialSection),
        "estimand": _field_names(EstimandSection),
        "modifiers": _field_names(Modifiers),
        "exploration": _field_names(Exploration),
        "chain": _field_names(Plan),
        "costs": _field_names(Costs),
        "run": _field_names(RunSection),
        "calibrate": _field_names(CalibrateSection),
        "import": _field_names(ImportSection),
        "cleaning": _field_names(CleaningSection),
    }


def _field_names(section: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields_of(section))


def _require_choices(document: Mapping[str, Any]) -> None:
    """A trial must say what death and stopping mean; the message lists what they can mean."""
    if "trial" not in document:
        return
    estimand = document.get("estimand", {})
    missing = [key for key in MEANINGS if estimand.get(key) not in MEANINGS[key]]
    if missing:
        raise StudyFileError(
            f"[estimand] must say what {' and '.join(missing)} mean{'s' if len(missing) == 1 else ''}",
            where=STUDY_FILE,
            rows=[f'{key} = "{value}": {meaning}' for key in missing for value, meaning in MEANINGS[key].items()],
            do="choose as the protocol says; the software has no default for it",
        )


def _validated(document: Mapping[str, Any], text: str) -> _Document:
    from pydantic import TypeAdapter, ValidationError

    renamed = {"import_" if section == "import" else section: content for section, content in document.items()}
    try:
        return TypeAdapter(_Document).validate_json(json.dumps(renamed, default=str), strict=True)
    except ValidationError as fault:
        first = fault.errors()[0]
        section, *key = (str(part).removesuffix("_") for part in first["loc"])
        name = f"{'.'.join(key)} in [{section}]" if key else f"[{section}]"
        what = f"{name} is missing" if "missing" in first["type"] else f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}"
        raise StudyFileError(what, where=_where(text, section, *key[:1]), do="correct this value") from fault


def _require_question(document: _Document) -> None:
    """Estimand, modifiers, exploration, calibration and the chain are about a comparison of arms."""
    given = {
        "estimand": document.estimand is not None,
        "modifiers": document.modifiers != Modifiers(),
        "exploration": document.exploration is not None,
        "calibrate": document.calibrate is not None,
        "chain": document.chain != NO_PLAN,
        "costs": document.costs != NO_COSTS,
    }
    asked = [name for name, there in given.items() if there]
    if document.trial is None and asked:
        raise StudyFileError(
            f"[{asked[0]}] without [trial]",
            where=STUDY_FILE,
            do="add [trial] with its control arm, or remove what asks for a comparison",
        )
    if document.calibrate is not None:
        _require_calibration(document.calibrate, document.modifiers)


def _require_told(document: _Document, folder: Path) -> None:
    """What the software itself knows of its data cannot be written out of the file."""
    study, source = document.study, document.import_.format if document.import_ else ""
    if not study.simulated and (folder / PLANTED_FILE).is_file():
        raise StudyFileError(
            f"{PLANTED_FILE} lies beside data that are not said to be simulated",
            where=STUDY_FILE,
            do="write simulated = true in [study], or move the file away if the data are of people",
        )
    if study.smallest_cell < LEAST_SMALLEST_CELL:
        raise StudyFileError(
            f"smallest_cell in [study] is {study.smallest_cell}, and so few people could be known again",
            where=STUDY_FILE,
            do=f"give {LEAST_SMALLEST_CELL} or more, or leave it out",
        )
    if source in NEVER_RANDOMISED and not study.not_randomised.strip():
        raise StudyFileError(
            f"an import of {source} holds no randomised comparison, but not_randomised in [study] is gone",
            where=STUDY_FILE,
            do="put the line back as the import wrote it",
        )


def _require_calibration(section: CalibrateSection, modifiers: Modifiers) -> None:
    for name, number in (("trials", section.trials), ("workers", section.workers)):
        if number < 1:
            raise StudyFileError(f"{name} in [calibrate] is {number}", where=STUDY_FILE, do="give 1 or more")
    named = (*modifiers.prespecified, *modifiers.explored)
    if section.modifier is not None and section.modifier not in named:
        raise StudyFileError(
            f"modifier in [calibrate] is {section.modifier}, which [modifiers] does not name",
            where=STUDY_FILE,
            do=ask_nearest(section.modifier, list(named)) if named else "name it under [modifiers]",
        )


def _table_paths(folder: Path, data: Mapping[str, str]) -> dict[str, Path]:
    named = {name: require_path(folder / file) for name, file in data.items() if name != "folder"}
    data_folder = folder / data.get("folder", "data")
    found = find_tables(data_folder) if data_folder.is_dir() or "patients" not in named else {}
    return {name: (found | named)[name] for name in TABLES if name in found | named}


def _where(text: str, section: str, key: str = "") -> str:
    """`study.toml, line 7`, where the key can be found."""
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        head = line.strip()
        if head.startswith("["):
            current = head.strip("[] \t").split("]")[0].strip()
        at_key = current == section and key and head.split("=")[0].strip() == key
        at_section = not key and section in (current, head.split("=")[0].strip())
        if at_key or at_section:
            return f"{STUDY_FILE}, line {number}"
    return STUDY_FILE
