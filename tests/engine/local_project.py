"""A small project that is run in the test's process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from small_project import make_project, write_files

from medallion_toolkit.engine.changes import Change
from medallion_toolkit.engine.gates import GateResult
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun, RunOptions, RunResult, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.update import DatasetResult
from medallion_toolkit.graph.project import Project


@dataclass
class Heard:
    """What a run told its watcher."""

    total: int = 0
    results: list[DatasetResult] = field(default_factory=list)
    gates: list[GateResult] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def planned(self, project: Project, total: int) -> None:
        self.total = total

    def changed(self, change: Change) -> None:
        self.changes.append(change)

    def finished(self, result: DatasetResult) -> None:
        self.results.append(result)

    def judged(self, result: GateResult) -> None:
        self.gates.append(result)


class LocalProject:
    """Write files, deliver rows, run, look at rows."""

    def __init__(self, root: Path, source: SessionOnDemand, files: Mapping[str, str]) -> None:
        self.root, self.source = make_project(root, files), source

    def write(self, files: Mapping[str, str]) -> None:
        write_files(self.root, files)

    def deliver(self, name: str, rows: Sequence[Mapping[str, object]], folder: str = "orders") -> None:
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        self.write({f"landing/{folder}/{name}.json": lines})

    def open(self) -> LocalRun:
        return LocalRun.open(self.root, None, self.source)

    def run(self, **options: object) -> RunResult:
        return run_project(self.open(), RunOptions(**options), Heard())

    def results(self, **options: object) -> dict[str, DatasetResult]:
        """Results of a run by short name."""
        result = self.run(**options)
        return {one.key.removeprefix("shop."): one for update in result.updates for one in update.datasets}

    def rows(self, name: str, *columns: str) -> list[tuple[object, ...]]:
        found = read_rows(self.open(), name, 10_000)
        return sorted((tuple(row[column] for column in columns or found.columns) for row in found.values), key=str)
