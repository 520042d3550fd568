"""The files of a source: a folder, a zip archive or one file, looked at before anything is read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from stallpoint.core.errors import TableError
from stallpoint.io.study_folder import require_path

LARGEST_BYTES = 20 * 2**30
MOST_FILES = 10_000
LARGEST_RATIO = 200
"""An archive that grows by more than this is refused; tables of text shrink about tenfold, repeats of one row fiftyfold."""

_CHUNK = 2**20
_SMALL_BYTES = 64 * 2**20


@dataclass(frozen=True)
class SourceFiles:
    """The files of a source by their path inside it; `place` is what to call the source in messages."""

    place: str
    files: dict[str, Path]

    def hashes(self) -> dict[str, str]:
        """The sha256 of each file."""
        return {name: hash_file(path) for name, path in self.files.items()}


@contextmanager
def open_source(source: Path) -> Iterator[SourceFiles]:
    """The files of a folder (with its subfolders), of a zip archive (unpacked while the context lasts), or the one file.

    Raises:
        PathError: no such file or folder.
        TableError: no files, too many, too large, or an archive that is broken, encrypted, or unpacks to far more than it is.
    """
    require_path(source)
    if source.is_dir():
        yield _of_folder(source)
    elif zipfile.is_zipfile(source) and source.suffix.lower() not in (".xlsx", ".xlsm", ".ods"):
        with TemporaryDirectory(prefix="stallpoint-") as folder:
            _unpack(source, Path(folder))
            yield _of_folder(Path(folder), place=source.name)
    elif source.suffix.lower() == ".zip":
        raise TableError("not a whole zip archive", where=source.name, do="fetch it again; it may have been cut short")
    else:
        yield SourceFiles(source.name, {source.name: _checked_size(source)})


def hash_file(path: Path) -> str:
    """The sha256 of a file, read piece by piece."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _of_folder(folder: Path, *, place: str = "") -> SourceFiles:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path.relative_to(folder)))
    place = place or folder.name
    if not paths:
        raise TableError("holds no files", where=place, do="give the folder or archive that holds the exported tables")
    if len(paths) > MOST_FILES:
        raise TableError(f"holds more than {MOST_FILES:,} files", where=place, do="give the folder of the export alone")
    return SourceFiles(place, {path.relative_to(folder).as_posix(): _checked_size(path) for path in paths})


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _checked_size(path: Path) -> Path:
    if path.stat().st_size > LARGEST_BYTES:
        raise TableError(f"larger than {LARGEST_BYTES // 2**30} GiB", where=path.name, do="split it, or give it as Parquet")
    return path


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            _require_harmless(members, archive)
            for member in members:
                _unpack_member(packed, member, folder, archive.name)
    except (zipfile.BadZipFile, EOFError, OSError) as fault:
        raise TableError(f"a broken zip archive: {fault}", where=archive.name, do="fetch it again") from fault


def _require_harmless(members: list[zipfile.ZipInfo], archive: Path) -> None:
    """Sizes as the archive states them; what is really unpacked is counted again on the way."""
    total = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or total > LARGEST_BYTES:
        raise TableError(
            f"unpacks to {len(members):,} files and {total / 2**30:.1f} GiB",
            where=archive.name,
            do="unpack it yourself if that is right",
        )
    if total > _SMALL_BYTES and total > LARGEST_RATIO * archive.stat().st_size:
        raise TableError(
            f"unpacks to {total / archive.stat().st_size:,.0f} times its size, as no table of measurements does",
            where=archive.name,
            do="look at what is in it; unpack it yourself if that is right",
        )
    for member in members:
        if member.flag_bits & 1:
            raise TableError(f"{member.filename} is encrypted", where=archive.name, do="unpack it with its password first")


def _unpack_member(packed: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, place: str) -> None:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        raise TableError(f"{member.filename} would be written outside its folder", where=place, do="do not trust this archive")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(member) as stream, path.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if written > member.file_size:
                raise TableError(
                    f"{member.filename} is larger than the archive says", where=place, do="do not trust this archive"
                )
            out.write(chunk)
