"""A project from the template with examples/online_retail laid over it, run in this process."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from silent_watcher import Silent

from examples.online_retail.deliver import deliver
from medallion_toolkit.engine.run import LocalRun, RunOptions, RunResult, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import render_error
from medallion_toolkit.generate.files import write_files
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.scaffold.project import create_project

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.update import DatasetResult

EXAMPLE = Path("examples/online_retail")
NAME = "online_retail"


@dataclass(frozen=True)
class Shop:
    """The project folder, the data it is fed from and the session its runs share."""

    folder: Path
    data: Path
    source: SessionOnDemand

    @classmethod
    def create(cls, repository: Path, parent: Path, data: Path, source: SessionOnDemand) -> Shop:
        """An empty project of the template, the example's files over it, job SQL generated."""
        create_project(parent, {"project_name": NAME, "sample_data": "no"})
        folder = parent / NAME
        shutil.copytree(repository / EXAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        write_files(folder)
        return cls(folder, data, source)

    def opened(self) -> LocalRun:
        return LocalRun.open(self.folder, None, self.source)

    @cached_property
    def project(self) -> Project:
        """The project as its files stand; no test changes them."""
        return load_project(self.folder)

    def key(self, name: str) -> str:
        """The full name of `silver.invoice_lines`."""
        return find_dataset(self.project.graph, name, self.project.display)

    def deliver_and_run(self, days: int | None = None) -> RunResult:
        """Deliver the next `days`, all that are left without a number, and run everything; it has to succeed."""
        assert deliver(self.data, self.folder / "fixtures" / "landing", days)
        result = run_project(self.opened(), RunOptions(), Silent())
        assert result.ok, "\n".join(troubles(result, self.folder))
        return result

    def table(self, name: str) -> DataFrame:
        """The rows of a table as readers see them: `silver.invoice_lines`."""
        return read_table(self.source.spark(), Store.open(self.folder / ".medallion"), self.key(name))

    def rows(self, name: str, columns: Sequence[str] = ("*",)) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.table(name).selectExpr(*columns).collect()]


def troubles(result: RunResult, folder: Path) -> list[str]:
    """What went wrong in a run, for a test's message."""
    datasets = [one for update in result.updates for one in update.datasets]
    missed = [check for gate in result.gates for check in gate.checks if not check.ok]
    return [
        *(f"{one.key}\n{render_error(one.error, folder)}" for one in datasets if one.error),
        *(f"{gate.name}\n{render_error(gate.error, folder)}" for gate in result.gates if gate.error),
        *(f"{check.dataset} {check.check}: {check.observed}, limit {check.limit}" for check in missed),
    ]


def dataset_result(shop: Shop, result: RunResult, name: str) -> DatasetResult:
    """What a run did with one dataset."""
    key = shop.key(name)
    return next(one for update in result.updates for one in update.datasets if one.key == key)
