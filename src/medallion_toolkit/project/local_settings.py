"""`[tool.medallion.local]` of pyproject.toml: which folders stand for which volumes, paths and sources here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, did_you_mean
from medallion_toolkit.project.pyproject import PYPROJECT, tool_settings

_KEYS = ("paths", "sources", "volumes")
_SOURCE_KEYS = ("format", "path", "schema")


@dataclass(frozen=True)
class RecordedSource:
    """Recorded rows of something outside the project: an absolute folder or file, its format and columns if stated."""

    path: Path
    format: str | None = None
    schema: str | None = None


@dataclass(frozen=True)
class LocalSettings:
    """Local folders by the resource key of the volume, or by the path, that they stand for; folders are absolute.

    `sources` are recorded rows by `kind:name`, kind or table.
    """

    volumes: Mapping[str, Path] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    sources: Mapping[str, RecordedSource] = field(default_factory=dict)


def read_local_settings(folder: Path, volume_keys: Iterable[str]) -> LocalSettings:
    """The settings of a project; without pyproject.toml or without the table there are none."""
    path, table = folder / PYPROJECT, tool_settings(folder, "local")
    for key in table:
        if key not in _KEYS:
            raise _unknown(path, key, _KEYS, "setting")
    volumes, paths = _entries(path, table, "volumes"), _entries(path, table, "paths")
    known = tuple(volume_keys)
    for key in volumes:
        if key not in known:
            raise _unknown(path, key, known, "volume of this bundle")
    return LocalSettings(
        {key: _folder(path, key, value) for key, value in volumes.items()},
        {key.rstrip("/"): _folder(path, key, value) for key, value in paths.items()},
        {key: _source(path, key, value) for key, value in _entries(path, table, "sources").items()},
    )


def recorded_table(sources: Mapping[str, RecordedSource], name: str) -> RecordedSource | None:
    """Recorded rows of the table `name` (three parts), mapped with or without its catalog; names ignore case."""
    known = {key.lower(): source for key, source in sources.items() if ":" not in key}
    return known.get(name.lower(), known.get(name.lower().partition(".")[2]))


def _source(path: Path, key: str, value: object) -> RecordedSource:
    if not isinstance(value, Mapping):
        return RecordedSource(_folder(path, key, value))
    for name in value:
        if name not in _SOURCE_KEYS:
            raise _unknown(path, name, _SOURCE_KEYS, "setting of a source")
    texts = {name: str(text) for name, text in value.items()}
    return RecordedSource(_folder(path, key, value.get("path")), texts.get("format"), texts.get("schema"))


def _entries(path: Path, table: Mapping[str, object], name: str) -> Mapping[str, object]:
    entries = table.get(name, {})
    if not isinstance(entries, Mapping):
        raise ConfigError("MED132", f"{name} is a table of names and folders.", place=_place(path, name))
    return entries


def _folder(path: Path, key: str, value: object) -> Path:
    if not isinstance(value, str) or not value:
        raise ConfigError("MED132", f"The folder of {key} is text.", place=_place(path, key), found=repr(value))
    return (path.parent / Path(value).expanduser()).absolute()


def _unknown(path: Path, key: str, known: Iterable[str], kind: str) -> ConfigError:
    return ConfigError(
        "MED132",
        f"{key} is no {kind}.",
        place=_place(path, key),
        found=key,
        expected=", ".join(sorted(known)) or None,
        help=did_you_mean(key, known),
    )


def _place(path: Path, key: str) -> Place:
    """The line of a key after the table's headline."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next((number for number, line in enumerate(lines) if "tool.medallion.local" in line), 0)
    for number, line in enumerate(lines[start:], start=start + 1):
        found = re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", line)
        if found and number > start:
            return Place(str(path), number, found.start() + 1, len(key))
    return Place(str(path))
