"""Files that resources name: paths count from the YAML file they are written in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from medallion_toolkit.errors import ConfigError, UnsupportedError
from medallion_toolkit.project.nodes import Node

_PIPELINE_SUFFIXES = (".sql", ".py", ".ipynb")
_REMOTE = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|/)")


def local_path(node: Node, bundle_root: Path, file_path: str) -> Path:
    """The file or folder a path means on this machine; one that only the workspace has is refused."""
    text = node.text or ""
    if file_path and (text == file_path or text.startswith(f"{file_path}/")):
        return _normal(bundle_root / text[len(file_path) :].lstrip("/"))
    if _REMOTE.match(text) and not Path(text).is_relative_to(bundle_root):
        raise UnsupportedError(
            "MED134",
            f"{text} is not part of this bundle and exists in the workspace only.",
            place=node.place,
            found=text,
            expected="a path relative to this file",
        )
    return _normal(Path(node.place.path).parent / text)


def existing_files(node: Node, bundle_root: Path, file_path: str) -> tuple[Path, ...]:
    """The one file of a `file` or `notebook` library, or those its pattern matches; none is an error."""
    path = local_path(node, bundle_root, file_path)
    if path.is_file():
        return (path,)
    matches = _matches(path) if any(character in path.name for character in "*?[") else ()
    if not matches:
        raise ConfigError(
            "MED133",
            f"The file {node.text} of this pipeline does not exist.",
            place=node.place,
            found=node.text,
            expected="a file, counted from the folder of this YAML file",
        )
    return matches


def glob_files(node: Node, bundle_root: Path, file_path: str) -> tuple[Path, ...]:
    """Every SQL and Python file that a `glob` library includes, sorted; none is fine."""
    path = local_path(node, bundle_root, file_path)
    if path.is_file():
        return (path,)
    return _matches(path / "**" if path.is_dir() else path)


def _matches(pattern: Path) -> tuple[Path, ...]:
    base = _fixed_part(pattern)
    matcher = _matcher(pattern.relative_to(base).as_posix())
    files = (path for path in _files_below(base) if path.suffix in _PIPELINE_SUFFIXES)
    return tuple(sorted(path for path in files if matcher.fullmatch(path.relative_to(base).as_posix())))


def _fixed_part(pattern: Path) -> Path:
    base = Path(pattern.parts[0])
    for part in pattern.parts[1:]:
        if any(character in part for character in "*?["):
            break
        base /= part
    return base


def _files_below(base: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(base, followlinks=True):
        names[:] = [name for name in names if not name.startswith(".") and name != "__pycache__"]
        yield from (Path(folder) / name for name in files)


@lru_cache(maxsize=64)
def _matcher(pattern: str) -> re.Pattern[str]:
    """`**` crosses folders, `*` and `?` stay inside one name."""
    parts = re.split(r"(\*\*/?|\*|\?|\[[^\]]*\])", pattern)
    forms = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(forms.get(part) or _literal(part) for part in parts))


def _literal(part: str) -> str:
    is_set = part.startswith("[") and part.endswith("]")
    return part.replace("[!", "[^") if is_set else re.escape(part)


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))
