"""One update of one pipeline: datasets in the order of their inputs, independent ones side by side.

A dataset that fails keeps its old rows; its descendants are skipped, everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Literal

from medallion_toolkit.engine.auto_cdc import apply_changes
from medallion_toolkit.engine.binding import Binder, NotReady, stream_options
from medallion_toolkit.engine.declared_columns import check_declared, require_not_null
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.expectations import Counts, check_conditions
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.writing import append_once, append_stream, replace_table
from medallion_toolkit.errors import MedallionError, PipelineError, UnsupportedError
from medallion_toolkit.graph.model import Graph, Node
from medallion_toolkit.model import Flow

Outcome = Literal["ok", "failed", "skipped"]
VIEWS = ("temporary_view", "view")
WORKERS = 2


@dataclass(frozen=True)
class DatasetResult:
    """What happened to one dataset in one update; `offset` is when it began, in seconds of the update."""

    key: str
    kind: str
    outcome: Outcome
    seconds: float
    counts: Counts = field(default_factory=Counts)
    error: MedallionError | None = None
    skipped_for: str | None = None
    offset: float = 0.0


@dataclass(frozen=True)
class UpdateResult:
    """One update: its id, pipeline and the datasets in the order they finished; views are not listed."""

    pipeline: str
    update_id: str
    datasets: tuple[DatasetResult, ...]

    @property
    def ok(self) -> bool:
        return all(result.outcome == "ok" for result in self.datasets)


Listener = Callable[[DatasetResult], None]


class Update:
    """Runs the chosen nodes of one pipeline and keeps its books."""

    def __init__(
        self,
        graph: Graph,
        chosen: Sequence[str],
        depends: Mapping[str, Sequence[str]],
        log: EventLog,
        listener: Listener,
    ) -> None:
        self._graph = graph
        self._log = log
        self._listener = listener
        self._waiting = {key: {other for other in depends[key] if other in chosen} for key in chosen}
        self._done: dict[str, DatasetResult] = {}
        self._started = time.monotonic()

    def is_ready(self, key: str) -> bool:
        """Whether a query may read the node now: it is not part of this update, or done."""
        result = self._done.get(key)
        return key not in self._waiting and (result is None or result.outcome == "ok")

    def run(self, binder: Binder, pipeline: str) -> UpdateResult:
        self._log.update_progress("RUNNING")
        running: dict[Future[DatasetResult], str] = {}
        with ThreadPoolExecutor(WORKERS) as pool:
            while self._waiting or running:
                for key in self._startable(running.values()):
                    running[pool.submit(self._run_node, binder, key)] = key
                if not running:
                    self._give_up()
                    break
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._finish(running.pop(future), future)
        results = tuple(result for result in self._done.values() if result.kind not in VIEWS or result.error)
        ok = all(result.outcome == "ok" for result in results)
        self._log.update_progress("COMPLETED" if ok else "FAILED")
        return UpdateResult(pipeline, self._log.update_id, results)

    def _startable(self, running: Iterable[str]) -> list[str]:
        busy = set(running)
        found = []
        for key, needs in list(self._waiting.items()):
            if key in busy:
                continue
            broken = next((other for other in needs if other in self._done and self._done[other].outcome != "ok"), None)
            if broken is not None:
                self._skip(key, broken)
            elif all(other in self._done for other in needs):
                found.append(key)
        return found

    def _run_node(self, binder: Binder, key: str) -> DatasetResult:
        node = self._graph.nodes[key]
        started = time.monotonic()
        try:
            counts = Counts() if node.dataset.kind in VIEWS else self._run_flows(binder, node)
        except MedallionError as error:
            return self._result(node, key, "failed", started, Counts(), error)
        return self._result(node, key, "ok", started, counts)

    def _result(
        self,
        node: Node,
        key: str,
        outcome: Outcome,
        started: float,
        counts: Counts,
        error: MedallionError | None = None,
    ) -> DatasetResult:
        seconds, offset = time.monotonic() - started, started - self._started
        return DatasetResult(key, node.dataset.kind, outcome, seconds, counts, error, offset=offset)

    def _run_flows(self, binder: Binder, node: Node) -> Counts:
        counts = Counts()
        for flow in node.flows:
            self._log.flow_progress(node.name, flow.name, "RUNNING")
            try:
                with translated(flow.query.place if flow.query else flow.place):
                    found = run_flow(binder, node, flow)
            except MedallionError as error:
                self._log.flow_progress(node.name, flow.name, "FAILED", error=str(error))
                raise
            self._log.flow_progress(node.name, flow.name, "COMPLETED", found, is_cdc=flow.cdc is not None)
            counts = counts + found
        return counts

    def _finish(self, key: str, future: Future[DatasetResult]) -> None:
        error = future.exception()
        if isinstance(error, NotReady):
            self._waiting[key].add(error.key)
            return
        if error is not None:
            raise error
        self._record(future.result())

    def _record(self, result: DatasetResult) -> None:
        del self._waiting[result.key]
        self._done[result.key] = result
        if result.kind not in VIEWS or result.error:
            self._listener(result)

    def _skip(self, key: str, broken: str) -> None:
        node = self._graph.nodes[key]
        cause = self._done[broken].skipped_for or broken
        for flow in node.flows:
            self._log.flow_progress(node.name, flow.name, "SKIPPED")
        self._record(DatasetResult(key, node.dataset.kind, "skipped", 0.0, skipped_for=cause))

    def _give_up(self) -> None:
        """Only nodes that wait for each other are left; reads found at run time closed a circle."""
        for key, needs in list(self._waiting.items()):
            node = self._graph.nodes[key]
            names = ", ".join(sorted(needs))
            error = PipelineError("MED233", f"{node.name} waits in a circle for {names}", place=node.dataset.place)
            self._record(DatasetResult(key, node.dataset.kind, "failed", 0.0, error=error))


def run_flow(binder: Binder, node: Node, flow: Flow) -> Counts:
    """Execute one flow into its dataset."""
    spark, store, expectations = binder.spark, binder.store, node.dataset.expectations
    if node.dataset.kind == "sink" or flow.kind == "auto_cdc_from_snapshot":
        what = "a sink" if node.dataset.kind == "sink" else "AUTO CDC FROM SNAPSHOT"
        raise UnsupportedError("MED402", f"{what} is not supported locally yet", place=flow.place)
    if not store.exists(flow.target):
        store.drop(flow.target)
    if flow.cdc is not None:
        options = stream_options(flow.options, flow.place)
        source = binder.table(flow.cdc.source, "stream", flow.place, options=options)
        check_declared(node.dataset, source, is_cdc=True)
        check_conditions(source, expectations)
        return apply_changes(spark, store, flow, source, expectations)
    frame = binder.frame(flow)
    check_declared(node.dataset, frame)
    check_conditions(frame, expectations)
    frame = require_not_null(node.dataset, frame)
    if node.dataset.kind == "materialized_view":
        return replace_table(store, flow, frame, expectations)
    if flow.once:
        return append_once(spark, store, flow, frame, expectations)
    return append_stream(spark, store, flow, frame, expectations)
