"""Which project files the code read: contracts, rule lists, helper modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_WATCHING: list[set[str]] = []
_NOT_OURS = ("site-packages", "dist-packages", "__pycache__", ".git", ".medallion")
_TEXTS = (".py", ".ipynb", ".sql", ".yml", ".yaml", ".json", ".toml", ".csv", ".txt", ".cfg", ".ini")
_FOREIGN = (
    *(Path(prefix) for prefix in {sys.prefix, sys.base_prefix}),
    Path(__file__).parents[1],
    *(Path(name) for name in ("/proc", "/sys", "/dev", "/etc", "/usr")),
)


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
    """The existing files among `opened` that the user's code consists of or reads, sorted.

    Below `root` every file counts, elsewhere only text that is no part of Python, a library or the toolkit.
    A module that came from bytecode counts as its source.
    """
    base = root.absolute()
    paths = {_source_of(Path(name)) for name in opened}
    return tuple(sorted(path for path in paths if _is_ours(path, base) and path.is_file()))


def _source_of(path: Path) -> Path:
    """The `.py` file behind a compiled module."""
    if path.suffix != ".pyc" or path.parent.name != "__pycache__":
        return path
    return path.parent.parent / f"{path.name.partition('.')[0]}.py"


def _is_ours(path: Path, base: Path) -> bool:
    if path.is_relative_to(base):
        return not any(part in _NOT_OURS for part in path.relative_to(base).parts)
    foreign = any(path.is_relative_to(folder) for folder in _FOREIGN) or any(part in _NOT_OURS for part in path.parts)
    return path.suffix in _TEXTS and not foreign


@lru_cache(maxsize=1)
def _install_hook() -> None:
    sys.addaudithook(_note_open)


def _note_open(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _WATCHING and isinstance(arguments[0], str):
        for opened in _WATCHING:
            opened.add(os.path.normpath(Path(arguments[0]).absolute()))
