"""Where local state lives: one folder a table, a checkpoint a flow, an event log a pipeline.

`.medallion/format` holds the number of the layout; a newer one is refused, never guessed at.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import EnvironmentProblem, Place

LAYOUT = 1


@dataclass(frozen=True)
class Store:
    """Paths under `.medallion/` of a project; names are full workspace names."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> Store:
        """The store at `root`, made when it is not there; EnvironmentProblem when its layout is not ours."""
        root = root.absolute()
        marker = root / "format"
        ours = f"layout {LAYOUT} of {root}"
        found = marker.read_text(encoding="utf-8").strip() if marker.exists() else ours
        if found != ours:
            raise EnvironmentProblem(
                "MED508",
                "the local state belongs to another version of medallion or to another folder",
                place=Place(str(marker)),
                found=found,
                expected=ours,
                help="streams remember files by their full path; remove the folder .medallion to start over",
            )
        root.mkdir(parents=True, exist_ok=True)
        (root / ".gitignore").write_text("*\n", encoding="utf-8")
        if not marker.exists():
            write_whole(marker, f"{ours}\n")
        return cls(root)

    def table(self, name: str) -> Path:
        return self.root.joinpath("tables", *(_folder(part) for part in name.split(".")))

    def exists(self, name: str) -> bool:
        """Whether the table has a commit; a first write that failed leaves a log without one."""
        return any((self.table(name) / "_delta_log").glob("*.json"))

    def checkpoint(self, target: str, flow: str) -> Path:
        return self.checkpoints(target) / _folder(flow)

    def checkpoints(self, target: str) -> Path:
        return self.root.joinpath("checkpoints", *(_folder(part) for part in target.split(".")))

    def source_schema(self, target: str, flow: str, position: int) -> Path:
        """Where the inferred schema of a flow's file source is kept between runs."""
        return self.root / "schemas" / f"{_folder(target)}.{_folder(flow)}.{position}.json"

    def events(self, pipeline: str) -> Path:
        return self.root / "events" / f"{_folder(pipeline)}.jsonl"

    def book(self, key: str) -> Path:
        """What is known of a node's last good run."""
        return self.root / "books" / f"{_folder(key)}.json"

    def runs(self) -> Path:
        return self.root / "runs"

    def report(self) -> Path:
        return self.root / "report.html"

    def scratch(self) -> Path:
        return self.root / "spark"

    def drop(self, name: str) -> None:
        """Forget a table with its progress, as a full refresh does."""
        self.book(name).unlink(missing_ok=True)
        shutil.rmtree(self.table(name), ignore_errors=True)
        shutil.rmtree(self.checkpoints(name), ignore_errors=True)
        for kept in self.root.glob(f"schemas/{_folder(name)}.*.json"):
            kept.unlink()


def write_whole(path: Path, text: str) -> None:
    """Put `text` at `path` at once: whoever reads it, or comes after a crash, finds the old or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _folder(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.\-]", lambda match: f"%{ord(match.group()):02x}", name)
