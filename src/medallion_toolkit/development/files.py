"""Which files of a project changed: two listings compared, told once they have settled."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Stamp = tuple[int, int]
Listing = Mapping[Path, Stamp]
Purpose = Literal["project", "tests", "data"]

INTERVAL = 0.25
SETTLING = 0.1
BUSY_SHARE = 5
DEFINITIONS = (".sql", ".py", ".ipynb", ".yml", ".yaml", ".toml", ".json")
PASSING = ("~", ".tmp", ".part", ".swp", ".swx", ".pyc", ".crc")
FOREIGN = ("__pycache__", "node_modules", "venv", "build", "dist")


def list_files(folders: Iterable[Path]) -> dict[Path, Stamp]:
    """Files below the folders with the time of their last change (ns) and size; hidden and passing ones left out."""
    found: dict[Path, Stamp] = {}
    for folder in folders:
        found.update(_below(str(folder)))
    return found


def _below(folder: str) -> Iterator[tuple[Path, Stamp]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.endswith(PASSING):
            continue
        if entry.is_dir():
            if entry.name not in FOREIGN:
                yield from _below(entry.path)
            continue
        try:
            facts = entry.stat()
        except OSError:
            continue
        yield Path(entry.path), (facts.st_mtime_ns, facts.st_size)


def purpose_of(path: Path, root: Path, data: Sequence[Path]) -> Purpose | None:
    """What a changed file is for; None when nothing that runs depends on it."""
    if any(path.is_relative_to(folder) for folder in data):
        return "data"
    if path.suffix not in DEFINITIONS or not path.is_relative_to(root):
        return None
    return "tests" if path.relative_to(root).parts[0] == "tests" else "project"


@dataclass
class WatchedFiles:
    """The files of a project and of the folders that stand for its volumes."""

    root: Path
    data: tuple[Path, ...] = ()
    clock: Callable[[], float] = time.monotonic
    _known: Listing = field(default_factory=dict)
    _latest: Listing = field(default_factory=dict)
    _next: float = 0.0
    _wanted: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        self._known = self._latest = self._listing()

    def watch(self, data: Sequence[Path]) -> None:
        """Watch these folders too, from the next look on; what is in them then is not news."""
        self._wanted = tuple(data)

    def _widen(self) -> None:
        if self._wanted != self.data:
            new = list_files(folder for folder in self._wanted if folder not in self.data)
            self.data = self._wanted
            self._known, self._latest = {**new, **self._known}, {**new, **self._latest}

    def changes(self) -> frozenset[Path]:
        """Files that were added, changed or removed since the last answer, once two listings agree."""
        started = self.clock()
        if started < self._next:
            return frozenset()
        self._widen()
        now = self._listing()
        took = self.clock() - started
        is_moving = now != self._latest
        self._next = started + max(SETTLING if is_moving else INTERVAL, took * BUSY_SHARE)
        self._latest = now
        if is_moving:
            return frozenset()
        changed = {path for path in {*now, *self._known} if now.get(path) != self._known.get(path)}
        self._known = now
        return frozenset(changed)

    def _listing(self) -> Listing:
        return list_files((self.root, *(folder for folder in self.data if not folder.is_relative_to(self.root))))
