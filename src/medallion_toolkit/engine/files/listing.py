"""Which local files a source sees, found without Spark.

Ten thousand files take a tenth of a second: one `scandir` a folder, no object a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from medallion_toolkit.engine.files.globs import has_pattern, pattern, split_pattern
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.errors import RunError

_OUTSIDE_URI = re.compile(r"[^A-Za-z0-9_.!~'()*,;:$&+=/@\-\u0080-\U0010ffff]")


def seen_files(source: FileSource) -> list[Path]:
    """Files the source reads: recursive, nothing hidden, in the order of their paths. RunError without a folder."""
    return [Path(path) for path in seen_paths(source)]


def seen_paths(source: FileSource) -> list[str]:
    """The same as text, with `/` between the names."""
    matches = pattern(source.glob).fullmatch if source.glob is not None else None
    found = (path for root in roots(source) for path in _files(root, source.is_recursive))
    return sorted(path for path in found if matches is None or matches(path.rpartition("/")[2]))


def roots(source: FileSource) -> list[str]:
    """The folders and files the path names; RunError when it is no pattern and names nothing."""
    text = source.folder.as_posix()
    if has_pattern(text) and not source.folder.exists():
        base, names = split_pattern(text)
        return sorted(_matching(base, names))
    if not source.folder.exists():
        raise RunError(
            "MED403",
            f"the folder {text} does not exist",
            place=source.place,
            help="the workspace stops here too; make the folder or correct the path",
            next="medallion deliver",
        )
    return [text]


def _matching(base: str, names: list[str]) -> Iterator[str]:
    if not names:
        yield base
        return
    if not Path(base).is_dir():
        return
    deeper = pattern("/".join(names)) if "/" in names[0] else None
    matches = pattern(names[0]).fullmatch
    for entry in _visible(base):
        path = f"{base.rstrip('/')}/{entry.name}"
        if deeper is None and matches(entry.name):
            yield from _matching(path, names[1:])
        elif deeper is not None:
            yield from (file for file in _files(path, True) if deeper.fullmatch(file[len(base.rstrip("/")) + 1 :]))


def _files(path: str, is_recursive: bool) -> Iterator[str]:
    """Files at or below `path`; partition folders are always entered."""
    if not Path(path).is_dir():
        yield path
        return
    folders = []
    for entry in _visible(path):
        if entry.is_dir():
            folders.append(entry)
        else:
            yield f"{path.rstrip('/')}/{entry.name}"
    for folder in folders:
        if is_recursive or "=" in folder.name:
            yield from _files(f"{path.rstrip('/')}/{folder.name}", is_recursive)


def _visible(path: str) -> Iterator[os.DirEntry[str]]:
    """Names that begin with a dot or an underscore are hidden; `_name=value` is a partition."""
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if name[0] != "." and (name[0] != "_" or "=" in name) and not name.endswith("._COPYING_"):
                yield entry


def uri_path(path: str) -> str:
    """The path of a file as `_metadata.file_path` shows it, behind `file:` and its slashes."""
    return _OUTSIDE_URI.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), path)
