"""Which project files the code read: contracts, rule lists, helper modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_WATCHING: list[set[str]] = []
_NOT_OURS = ("site-packages", "__pycache__", ".git", ".medallion")


@contextmanager
def watched_files() -> Iterator[set[str]]:
    """For the block, the set fills with every path that is opened."""
    _install_hook()
    opened: set[str] = set()
    _WATCHING.append(opened)
    try:
        yield opened
    finally:
        _WATCHING.remove(opened)


def project_files(opened: set[str], root: Path) -> tuple[Path, ...]:
    """The existing files below `root` among `opened`, sorted, without libraries and caches."""
    base = root.absolute()
    paths = {Path(name).absolute() for name in opened}
    inside = (path for path in paths if path.is_relative_to(base))
    return tuple(sorted(path for path in inside if path.is_file() and not _is_foreign(path, base)))


def _is_foreign(path: Path, base: Path) -> bool:
    return any(part in _NOT_OURS for part in path.relative_to(base).parts)


@lru_cache(maxsize=1)
def _install_hook() -> None:
    sys.addaudithook(_note_open)


def _note_open(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _WATCHING and isinstance(arguments[0], str):
        for opened in _WATCHING:
            opened.add(os.path.normpath(Path(arguments[0]).absolute()))
