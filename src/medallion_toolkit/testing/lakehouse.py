"""A lakehouse for one Python test: feed files or give rows, run to a dataset, read it.

Streams, stored tables and progress are those of a real run; only the place is the test's own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import VIEWS
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.run import LocalRun, local_volumes
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.engine.update import DatasetResult, Update
from medallion_toolkit.errors import Place, RunError, UsageError, did_you_mean
from medallion_toolkit.graph.order import find_dataset, pipeline_order
from medallion_toolkit.testing.given import rows_as_frame
from medallion_toolkit.testing.held import hold
from medallion_toolkit.testing.schemas import schema_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from medallion_toolkit.engine.binding import Binder

HERE = Place("lakehouse")


class Lakehouse:
    """An empty lakehouse of a project, in a folder of its own. Names are those on screen: `silver.orders`."""

    def __init__(self, run: LocalRun, folder: Path) -> None:
        self._run = run.in_store(Store.open(folder / "lakehouse"))
        self._files = folder / "files"
        self._given: set[str] = set()

    @property
    def spark(self) -> SparkSession:
        """The session that all tests share."""
        return self._run.spark_source.spark()

    def feed(self, path: str, content: str | bytes | Sequence[Mapping[str, object]]) -> Path:
        """Put a file where the pipelines look for it: `landing/orders/day1.json`, the volume's key first.

        Rows become JSON lines, or CSV with a header in a file that ends in `.csv`. A file of that name that is
        there already is refused: a stream would not read it again.
        """
        key, _, inside = path.partition("/")
        volumes = self._run.project.bundle.volumes
        if key not in volumes or not inside:
            raise UsageError(
                "MED439",
                f"{path} does not begin with a volume of the project",
                help=did_you_mean(key, volumes) or f"volumes: {', '.join(volumes) or 'none'}",
            )
        file = self._files / key / inside
        if file.exists():
            raise UsageError(
                "MED471", f"{path} has been fed before", help="streams read a file once; give it a new name"
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else _text(content, file.suffix).encode())
        return file

    def given(self, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Let these rows arrive in a dataset, whatever makes it; from now on `run` leaves it alone."""
        key = self._key(name)
        node = self._run.project.graph.nodes[key]
        schema = schema_of(self._run.project, key, self._binder(node.dataset.pipeline))
        with translated(HERE):
            frame = hold(rows_as_frame(self.spark, schema, tuple(rows), name, HERE))
            frame.write.format("delta").mode("append").save(str(self._run.store.table(key)))
        self._given.add(key)

    def run(self, *names: str) -> Mapping[str, DatasetResult]:
        """Run the datasets and all that they are made of; without names the whole project. Results by name.

        The error of the first dataset that fails is raised after the others have run.
        """
        project = self._run.project
        wanted = self._needed([self._key(name) for name in names] or list(project.graph.nodes))
        results: dict[str, DatasetResult] = {}
        for pipeline in pipeline_order(project.graph, project.depends):
            mine = [key for key in project.graph.of_pipeline(pipeline) if key in wanted]
            if mine:
                results |= self._update(pipeline, mine)
        failed = next((result.error for result in results.values() if result.error is not None), None)
        if failed is not None:
            raise failed
        return results

    def read(self, name: str) -> list[dict[str, object]]:
        """The rows of a dataset or view as Python has them."""
        return [row.asDict(recursive=True) for row in self.frame(name).collect()]

    def frame(self, name: str) -> DataFrame:
        """The same as a DataFrame; RunError MED413 before anything made the table."""
        key = self._key(name)
        node = self._run.project.graph.nodes[key]
        with translated(node.dataset.place):
            if node.dataset.kind in VIEWS and key not in self._given:
                return self._binder(node.dataset.pipeline).view(node)
            if not self._run.store.exists(key):
                raise RunError("MED413", f"{name} has no rows here yet", next=f'lakehouse.run("{name}")')
            return read_table(self.spark, self._run.store, key)

    def _key(self, name: str) -> str:
        return find_dataset(self._run.project.graph, name, self._run.project.display)

    def _needed(self, wanted: Iterable[str]) -> set[str]:
        """The wanted datasets and what feeds them; given ones end the search."""
        project = self._run.project
        found: set[str] = set()
        todo = list(wanted)
        while todo:
            key = todo.pop()
            if key in found or key in self._given:
                continue
            found.add(key)
            node = project.graph.nodes[key]
            todo += project.depends[key] if node.reads is not None else project.graph.of_pipeline(node.dataset.pipeline)
        return found

    def _update(self, pipeline: str, keys: Sequence[str]) -> dict[str, DatasetResult]:
        project, display = self._run.project, self._run.project.display
        log = EventLog(self._run.store.events(pipeline), f"test-{pipeline}", self._run.pipeline(pipeline).name)
        log.create_update(False)
        update = Update(project.graph, keys, project.depends, log, lambda _result: None)
        done = update.run(lambda: self._binder(pipeline, update), pipeline)
        return {display[result.key]: result for result in done.datasets}

    def _binder(self, pipeline: str, update: Update | None = None) -> Binder:
        bundle = self._run.project.bundle
        paths = {bundle.volumes[key]: self._files / key for key in bundle.volumes}
        nothing = self._files / "nothing"
        nothing.mkdir(parents=True, exist_ok=True)
        return replace(
            self._run.binder(pipeline, update),
            volumes={**local_volumes(self._run.project), **paths},
            given=frozenset(self._given),
            empty=nothing,
        )


def _text(content: str | Sequence[Mapping[str, object]], suffix: str) -> str:
    if isinstance(content, str):
        return content
    if suffix != ".csv":
        return "".join(json.dumps(row, default=str) + "\n" for row in content)
    written = io.StringIO()
    columns = list(dict.fromkeys(name for row in content for name in row))
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(content)
    return written.getvalue()
