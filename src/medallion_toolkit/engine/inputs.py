"""What a dataset's last run read, and in which version: enough to know, without Spark, that nothing is new.

The version of a Delta table is the newest file of its log; that of a folder, the names, sizes and times of
the files in it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from medallion_toolkit.engine.commits import latest_version
from medallion_toolkit.engine.files.globs import split_pattern
from medallion_toolkit.engine.store import Store

TABLE, FOLDER, VIEW = "table:", "folder:", "view:"
ABSENT = "absent"

_seen: ContextVar[dict[str, str] | None] = ContextVar("inputs", default=None)


@contextmanager
def watched_inputs() -> Iterator[Mapping[str, str]]:
    """Inputs read inside, in this thread, with their versions at that time."""
    seen: dict[str, str] = {}
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def note_table(store: Store, name: str) -> None:
    """A query of this thread reads the local table `name`."""
    _note(TABLE + name, lambda: table_version(store.table(name)))


def note_folder(folder: Path) -> None:
    """A query of this thread reads files of `folder`, or one file."""
    _note(FOLDER + str(folder), lambda: folder_version(folder))


def note_view(key: str) -> None:
    """A query of this thread contains the query of the view `key`; its version is its fingerprint."""
    _note(VIEW + key, lambda: "")


def _note(name: str, version: Callable[[], str]) -> None:
    seen = _seen.get()
    if seen is not None and name not in seen:
        seen[name] = version()


def table_version(table: Path) -> str:
    """The newest commit of a Delta table: its number and when it was made, since a table may be made anew."""
    number = latest_version(table)
    if number < 0:
        return ABSENT
    made = (table / "_delta_log" / f"{number:020}.json").stat()
    return f"{number}:{made.st_mtime_ns}:{made.st_size}"


def folder_version(folder: Path) -> str:
    """A digest over the files below `folder`; of a pattern, over all below its fixed part."""
    root = _fixed_part(folder)
    if not root.exists():
        return ABSENT
    digest = hashlib.sha256()
    for line in sorted(_files(str(root))):
        digest.update(line.encode())
    return digest.hexdigest()


def _fixed_part(folder: Path) -> Path:
    return folder if folder.exists() else Path(split_pattern(folder.as_posix())[0])


def _files(path: str) -> Iterator[str]:
    if not Path(path).is_dir():
        found = Path(path).stat()
        yield f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n"
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.is_file():
                found = entry.stat()
                yield f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\n"
