"""Which local files a source sees, and how a CSV file names its columns."""

from __future__ import annotations

import csv
import glob
from pathlib import Path

from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.errors import RunError, UnsupportedError


def source_files(source: FileSource) -> list[Path]:
    """Files Spark would list: recursive, nothing hidden, sorted. RunError when the folder is missing."""
    text = str(source.folder)
    if glob.has_magic(text):
        found = list(Path(source.folder.anchor).glob(str(source.folder.relative_to(source.folder.anchor))))
    elif not source.folder.exists():
        raise RunError(
            "MED403",
            f"the folder {source.folder} does not exist",
            place=source.place,
            help="the workspace stops here too; make the folder or correct the path",
            next="medallion deliver",
        )
    else:
        found = [source.folder]
    files = sorted(file for path in found for file in ([path] if path.is_file() else path.rglob("*")))
    visible = [file for file in files if file.is_file() and not _is_hidden(file, source.folder)]
    _refuse_partition_folders(visible, source)
    return [file for file in visible if source.glob is None or file.match(source.glob)]


def _is_hidden(file: Path, folder: Path) -> bool:
    inner = file.relative_to(folder) if file.is_relative_to(folder) else Path(file.name)
    return any(part.startswith(("_", ".")) for part in inner.parts)


def _refuse_partition_folders(files: list[Path], source: FileSource) -> None:
    for file in files:
        inner = file.relative_to(source.folder) if file.is_relative_to(source.folder) else Path(file.name)
        if any("=" in part for part in inner.parts[:-1]):
            raise UnsupportedError(
                "MED402",
                "partition columns taken from folder names are not supported locally yet",
                place=source.place,
                found=str(inner.parent),
            )


def csv_header(file: Path, source: FileSource) -> tuple[str, ...]:
    """Column names in the first line of `file`; empty for an empty file."""
    options = source.passed
    separator = options.get("sep", options.get("delimiter", ","))
    encoding = options.get("encoding", options.get("charset", "utf-8"))
    with file.open(encoding=encoding, errors="replace", newline="") as lines:
        first = next(csv.reader(lines, delimiter=separator, quotechar=options.get("quote", '"')), [])
    return tuple(name.strip().removeprefix("\ufeff") for name in first)
