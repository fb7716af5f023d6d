"""Differences that a project declares to be none: `[tool.medallion.drift] ignore` of its pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from medallion_toolkit.deployment.drift.model import Drifted
from medallion_toolkit.errors import ConfigError, Place
from medallion_toolkit.project.pyproject import PYPROJECT, tool_settings


def ignored_patterns(root: Path) -> tuple[str, ...]:
    """The patterns of the project, none where it states none; ConfigError when they are no list of texts."""
    stated = tool_settings(root, "drift").get("ignore", [])
    if not isinstance(stated, list) or not all(isinstance(one, str) and one for one in stated):
        raise ConfigError(
            "MED751",
            "[tool.medallion.drift] ignore is a list of patterns",
            place=Place(PYPROJECT),
            found=repr(stated),
            expected='ignore = ["resources.jobs.daily.schedule.*"]',
        )
    return tuple(stated)


def ignored(differences: Iterable[Drifted], patterns: Iterable[str]) -> tuple[Drifted, ...]:
    """The differences whose place a pattern covers."""
    compiled = [pattern_of(text) for text in patterns]
    return tuple(one for one in differences if any(pattern.fullmatch(one.where) for pattern in compiled))


def pattern_of(text: str) -> re.Pattern[str]:
    """`*` is any text, everything else is itself; brackets too, which a field's name may hold.

    >>> bool(pattern_of("resources.jobs.*.tasks[task_key='a'].*").fullmatch("resources.jobs.x.tasks[task_key='a'].b"))
    True
    """
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)
