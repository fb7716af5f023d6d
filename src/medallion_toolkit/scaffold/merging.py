"""Three texts of one file: as the template had it, as the project has it, as the template has it now."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from medallion_toolkit.errors import EnvironmentProblem
from medallion_toolkit.project.git import git

Outcome = Literal["current", "updated", "added", "removed", "merged", "kept", "conflict"]
_LABEL = "this project"
_OPEN_CONFLICT = re.compile(rb"^<<<<<<< " + _LABEL.encode() + rb"$", re.MULTILINE)


@dataclass(frozen=True)
class Merged:
    """What becomes of a file; `content` None takes it away, `was` is its path in the project until now.

    `note` says what the outcome alone does not.
    """

    path: str
    outcome: Outcome
    content: bytes | None
    conflicts: int = 0
    was: str | None = None
    note: str = ""

    @property
    def is_written(self) -> bool:
        """Whether the project's file changes."""
        return self.outcome not in ("current", "kept")


def merge(path: str, base: bytes | None, mine: bytes | None, new: bytes | None, old_name: str, new_name: str) -> Merged:
    """The file after the upgrade.

    A file that the project changed and the template did not stays; one that both changed is merged line by
    line, what cannot be merged stands in it between markers as git writes them. A file the project took away
    stays away; one the template gave up goes unless the project changed it. A file that still has markers of an
    upgrade is left to its owner. Lines that end as on Windows are no change, and stay.
    """
    if mine is not None and b"\r\n" in mine and b"\r\n" not in (base or b"") + (new or b""):
        merged = merge(path, base, mine.replace(b"\r\n", b"\n"), new, old_name, new_name)
        return replace(merged, content=None if merged.content is None else merged.content.replace(b"\n", b"\r\n"))
    if mine == new:
        return Merged(path, "current", mine)
    if base == mine:
        outcome: Outcome = "added" if mine is None else "removed" if new is None else "updated"
        return Merged(path, outcome, new)
    if mine is None:
        return Merged(path, "kept", None, note="taken away in this project")
    if new is None:
        return Merged(
            path, "kept", mine, note="changed in this project; the template has it no more and does not use it"
        )
    if base == new:
        return Merged(path, "kept", mine)
    if left := len(_OPEN_CONFLICT.findall(mine)):
        return Merged(path, "conflict", mine, left)
    content, conflicts = _three_way(base or b"", mine, new, old_name, new_name)
    if content == mine:
        return Merged(path, "kept", mine)
    return Merged(path, "conflict" if conflicts else "merged", content, conflicts)


def _three_way(base: bytes, mine: bytes, new: bytes, old_name: str, new_name: str) -> tuple[bytes, int]:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, content in (("mine", mine), ("base", base), ("new", new)):
            (Path(folder) / name).write_bytes(content)
            names.append(str(Path(folder) / name))
        labels = ["-L", _LABEL, "-L", f"template {old_name}", "-L", f"template {new_name}"]
        done = git(Path(folder), "merge-file", "-p", "--diff3", *labels, *names)
    if done.returncode < 0 or done.returncode > 127:
        raise EnvironmentProblem("MED773", "git could not merge a file", found=done.stderr.decode().strip())
    return done.stdout, done.returncode
