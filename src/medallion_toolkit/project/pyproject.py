"""What a project's pyproject.toml states for the toolkit, under `[tool.medallion]`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place

PYPROJECT = "pyproject.toml"


def tool_settings(root: Path, section: str) -> Mapping[str, object]:
    """`[tool.medallion.<section>]`, empty where it is not stated; ConfigError when the file is not TOML."""
    path = root / PYPROJECT
    document: object = _read(path) if path.is_file() else {}
    for key in ("tool", "medallion", section):
        document = document.get(key, {}) if isinstance(document, Mapping) else {}
    return document if isinstance(document, Mapping) else {}


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        place = Place(str(path), int(line[1]) if line else 0)
        raise ConfigError("MED102", "The file is not valid TOML.", place=place, found=str(error)) from error
