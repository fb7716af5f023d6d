"""The files a project gets: the template's tree with names and texts rendered, skipped ones left out."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.scaffold.go_template import render

_EXTENSION = ".tmpl"
_OWNER_WRITES = 0o200


@dataclass(frozen=True)
class NewFile:
    """A file to write; `path` is relative with slashes, `mode` as in the template."""

    path: str
    content: bytes
    mode: int


@dataclass(frozen=True)
class Tree:
    """Everything to write: folders too, since an empty one is part of a project's shape."""

    folders: tuple[str, ...]
    files: tuple[NewFile, ...]


def render_tree(template: Path, values: Mapping[str, str]) -> Tree:
    """The project that these answers give. Folder by folder, so that a file can skip folders below it."""
    walk = _Walk(template, values)
    waiting = deque(["."])
    while waiting:
        waiting.extend(walk.visit(waiting.popleft()))
    return Tree(tuple(walk.folders), tuple(file for file in walk.files if not walk.is_skipped(file.path)))


class _Walk:
    def __init__(self, template: Path, values: Mapping[str, str]) -> None:
        self._template = template
        self._values = values
        self._patterns: list[re.Pattern[str]] = []
        self.folders: list[str] = []
        self.files: list[NewFile] = []

    def is_skipped(self, path: str) -> bool:
        return any(pattern.fullmatch(path) for pattern in self._patterns)

    def visit(self, folder: str) -> list[str]:
        """Render the files of a folder; answer the folders in it."""
        name = self._render(folder, folder)
        if self.is_skipped(name):
            return []
        if name != ".":
            self.folders.append(name)
        below: list[str] = []
        for entry in sorted((self._template / folder).iterdir(), key=lambda path: path.name):
            path = posixpath.normpath(posixpath.join(folder, entry.name))
            if entry.is_dir():
                below.append(path)
            else:
                self.files.append(self._file(path, folder))
        return below

    def _file(self, path: str, folder: str) -> NewFile:
        source = self._template / path
        mode = source.stat().st_mode & 0o777 | _OWNER_WRITES
        name = self._render(path, path)
        if not path.endswith(_EXTENSION):
            return NewFile(name, source.read_bytes(), mode)

        def skip(pattern: str) -> None:
            rendered = self._render(posixpath.normpath(posixpath.join(folder, pattern)), path)
            self._patterns.append(path_pattern(rendered))

        text = render(source.read_bytes().decode("utf-8"), self._values, f"template/{path}", skip)
        return NewFile(name.removesuffix(_EXTENSION), text.encode(), mode)

    def _render(self, text: str, path: str) -> str:
        return render(text, self._values, f"template/{path}")


def path_pattern(pattern: str) -> re.Pattern[str]:
    """A shell pattern as Go's path.Match reads it: `*` and `?` stay within one folder, `[^…]` means none of these.

    >>> bool(path_pattern("sql/*/[^.]*").fullmatch("sql/gold/dim_date.sql"))
    True
    """
    parts = re.split(r"(\\.|\[\^?(?:\\.|[^\]\\])+\]|\*|\?)", pattern)
    return re.compile("".join(_translated(part) for part in parts), re.DOTALL)


def _translated(part: str) -> str:
    if part == "*":
        return "[^/]*"
    if part == "?":
        return "[^/]"
    if part.startswith("[") and part.endswith("]"):
        return part
    return re.escape(part[1:] if len(part) == 2 and part.startswith("\\") else part)
