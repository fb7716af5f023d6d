"""Sinks: append flows that leave the pipeline, each batch exactly once.

Delta tables and files below mapped volumes are written for real, a foreach-batch sink calls its function;
what lies outside of a laptop (Kafka, custom sources) is recorded as JSON lines under `.medallion/sinks/`.
A full refresh forgets the progress and keeps what was written: the rows are appended again, as documented.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.batch_flows import check_batch
from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.expectations import Counts, counts_of, observed
from medallion_toolkit.engine.handler_writes import mapped_writes
from medallion_toolkit.engine.tables import last_batch
from medallion_toolkit.engine.writing import BatchWriter, run_stream, write_counted
from medallion_toolkit.errors import PipelineError, Place, UnsupportedError
from medallion_toolkit.graph.model import Node, node_key
from medallion_toolkit.graph.names import full_name
from medallion_toolkit.model import Dataset, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FILE_FORMATS = ("json", "csv", "parquet", "orc", "text", "avro", "xml")
RECORDED = {"ignoreNullFields": "false"}


@dataclass(frozen=True)
class Sink:
    """A declared sink in the terms of a local run."""

    dataset: Dataset
    binder: Binder
    place: Place

    @property
    def format(self) -> str:
        return self.dataset.clauses.get("using", "").lower()

    @property
    def options(self) -> dict[str, str]:
        """What the format is to know besides where it writes."""
        return {name: value for name, value in self.dataset.properties.items() if name not in ("path", "tableName")}

    def option(self, name: str) -> str | None:
        found = (value for known, value in self.dataset.properties.items() if known.lower() == name.lower())
        return next(found, None)


def write_to_sink(binder: Binder, node: Node, flow: Flow) -> Counts:
    """Run one append flow into its sink; counts are those of the rows handed over."""
    own = replace(flow, target=node_key(node.dataset))
    sink = Sink(node.dataset, binder, flow.place)
    write = _writer(sink)
    frame = binder.frame(flow)
    check_batch(flow, frame)
    _check_columns(sink, frame)
    if not flow.once:
        return run_stream(binder.store, own, frame, write)
    if sink.dataset.handler is not None:
        what = "a ONCE flow into a foreach-batch sink"
        raise UnsupportedError("MED402", f"{what} is not supported locally", place=flow.place)
    return _write_once(binder.store.checkpoint(own.target, own.name), frame, write)


def _write_once(progress: Path, frame: DataFrame, write: BatchWriter) -> Counts:
    """A backfill: written when its progress was forgotten, repeated under the same id when it did not get to an end."""
    done, name = progress / "done", progress / "id"
    if done.exists():
        return Counts()
    progress.mkdir(parents=True, exist_ok=True)
    if not name.exists():
        name.write_text(str(uuid.uuid4()), encoding="utf-8")
    counts = write(frame, name.read_text(encoding="utf-8"), 0)
    done.touch()
    return counts


def _writer(sink: Sink) -> BatchWriter:
    if sink.dataset.handler is not None:
        return _handled(sink.binder, sink.dataset.handler)
    if sink.format == "delta":
        return _into_delta(_delta_path(sink), sink.options)
    if sink.format in FILE_FORMATS:
        folder = sink.binder.folder(_required(sink, "path"), sink.place)
        return _into_files(folder, sink.format, sink.options, _staging(sink))
    return _into_files(sink.binder.store.root / "sinks" / sink.dataset.name, "json", RECORDED, _staging(sink))


def _staging(sink: Sink) -> Path:
    return sink.binder.store.root / "sinks" / ".staging" / sink.dataset.pipeline / sink.dataset.name


def _handled(binder: Binder, handler: Callable[[object, int], object]) -> BatchWriter:
    def write(batch: DataFrame, _application: str, number: int) -> Counts:
        with mapped_writes(binder):
            handler(batch, number)
        return Counts()

    return write


def _into_delta(path: Path, options: Mapping[str, str]) -> BatchWriter:
    def write(batch: DataFrame, application: str, number: int) -> Counts:
        if last_batch(batch.sparkSession, path, application) >= number:
            return Counts()
        once = {"txnAppId": application, "txnVersion": str(number)}
        return write_counted(batch, str(path), "append", {**options, **once}, ())

    return write


def _delta_path(sink: Sink) -> Path:
    table = sink.option("tableName")
    if table is None:
        return sink.binder.folder(_required(sink, "path"), sink.place)
    name = full_name(table, sink.binder.catalog, sink.binder.schema)
    if name in sink.binder.graph.nodes:
        raise PipelineError(
            "MED284",
            f"the sink {sink.dataset.name} writes to {name}, which a pipeline of the project maintains",
            place=sink.place,
            help="make the flow's target that dataset, or give the sink a table of its own",
        )
    return sink.binder.store.table(name)


def _into_files(folder: Path, file_format: str, options: Mapping[str, str], staging: Path) -> BatchWriter:
    """Files named after batch: a batch that is repeated replaces its own files."""

    def write(batch: DataFrame, application: str, number: int) -> Counts:
        from pyspark.sql import Observation

        observation = Observation()
        rows = observed(batch, observation, ())
        rows.write.format(file_format).options(**options).mode("overwrite").save(str(staging))
        _publish(staging, folder, f"{application[:8]}-{number:06d}")
        return counts_of(observation.get, ())

    return write


def _publish(staging: Path, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*"):
        old.unlink()
    for number, part in enumerate(sorted(staging.glob("part-*"))):
        if part.stat().st_size:
            part.rename(folder / f"{name}-{number}{''.join(part.suffixes)[-20:]}")
    shutil.rmtree(staging)


def _required(sink: Sink, name: str) -> str:
    value = sink.option(name)
    if value is None:
        raise PipelineError(
            "MED287",
            f"the sink {sink.dataset.name} has no option {name}",
            place=sink.dataset.place,
            expected='create_sink(…, "delta", {"tableName": "catalog.schema.table"}) or {"path": "/Volumes/…"}',
        )
    return value


def _check_columns(sink: Sink, frame: DataFrame) -> None:
    """Kafka takes key, value and topic; the value is required."""
    if sink.format == "kafka" and "value" not in {column.lower() for column in frame.columns}:
        raise PipelineError(
            "MED288",
            f"the flow into the Kafka sink {sink.dataset.name} gives no column value",
            place=sink.place,
            found=", ".join(frame.columns),
            help="for example SELECT CAST(id AS STRING) AS key, to_json(struct(*)) AS value",
        )
