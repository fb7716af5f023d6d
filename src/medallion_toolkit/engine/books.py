"""The book of a dataset: what its last good run was made of, and how far its commits have been reported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from medallion_toolkit.engine.inputs import FOLDER, TABLE, VIEW, folder_version, table_version
from medallion_toolkit.engine.store import Store, write_whole


@dataclass(frozen=True)
class Book:
    """`fingerprint` of the code, `inputs` and `output` with their versions; empty after a run that failed.

    `reported` is the last version of the table whose counts stand in the event log, `definition` what decides
    whether its rows and checkpoints still fit; see `definitions`.
    """

    fingerprint: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    output: str = ""
    reported: int = -1
    definition: Mapping[str, object] = field(default_factory=dict)


def read_book(store: Store, key: str) -> Book:
    """The book of a node; an empty one before its first run, or when it was written by another version."""
    path = store.book(key)
    if not path.exists():
        return Book()
    try:
        return Book(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError):
        return Book()


def write_book(store: Store, key: str, book: Book) -> None:
    write_whole(store.book(key), json.dumps(asdict(book)))


def is_current(store: Store, key: str, fingerprint: Callable[[str], str]) -> bool:
    """Whether code, inputs and rows of a node are those of its last good run. Needs no session."""
    book = read_book(store, key)
    if not book.fingerprint or book.fingerprint != fingerprint(key):
        return False
    if book.output != table_version(store.table(key)):
        return False
    return all(_version(store, name, fingerprint) == version for name, version in book.inputs.items())


def _version(store: Store, name: str, fingerprint: Callable[[str], str]) -> str:
    if name.startswith(TABLE):
        return table_version(store.table(name.removeprefix(TABLE)))
    if name.startswith(VIEW):
        return fingerprint(name.removeprefix(VIEW))
    return folder_version(Path(name.removeprefix(FOLDER)))
