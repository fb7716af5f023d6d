"""The files of this repository as a checkout has them, for the tests of the repository itself."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is tracked or would be: what `.gitignore` names is left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in sorted(listed.split("\0")) if name and (path := ROOT / name).is_file())


def files_ending(*endings: str) -> list[Path]:
    """The repository's files with one of these endings."""
    return [path for path in repository_files() if path.suffix in endings]


def shown(path: Path) -> str:
    """The path from the repository's root."""
    return path.relative_to(ROOT).as_posix()
