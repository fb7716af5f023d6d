"""One update of one pipeline: datasets in the order of their inputs, independent ones side by side.

A dataset that fails keeps its old rows; its descendants are skipped, everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from medallion_toolkit.engine.auto_cdc import run_cdc
from medallion_toolkit.engine.batch_flows import check_batch, replace_rows
from medallion_toolkit.engine.binding import Binder, NotReady
from medallion_toolkit.engine.bookkeeping import Bookkeeper
from medallion_toolkit.engine.changes import check_columns
from medallion_toolkit.engine.commits import Origin, written_by
from medallion_toolkit.engine.complete_mode import rewrite_stream, rewrites_table
from medallion_toolkit.engine.computed_columns import stored_rows
from medallion_toolkit.engine.declared_columns import check_declared
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.expectations import Counts, check_conditions, of_a_rule
from medallion_toolkit.engine.inputs import watched_inputs
from medallion_toolkit.engine.notes import collecting
from medallion_toolkit.engine.sinks import write_to_sink
from medallion_toolkit.engine.snapshots import run_snapshots
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.spark_settings import check_settings
from medallion_toolkit.engine.table_properties import honoured_properties, prepare_table
from medallion_toolkit.engine.view_expectations import count_view
from medallion_toolkit.engine.writing import append_once, append_stream, replace_table
from medallion_toolkit.errors import MedallionError, PipelineError
from medallion_toolkit.graph.model import Graph, Node, has_figures
from medallion_toolkit.model import Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Outcome = Literal["ok", "unchanged", "failed", "skipped"]
GOOD = ("ok", "unchanged")
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
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpdateResult:
    """One update: its id, pipeline and the datasets in the order they finished; of views only those with figures."""

    pipeline: str
    update_id: str
    datasets: tuple[DatasetResult, ...]

    @property
    def ok(self) -> bool:
        return all(result.outcome in GOOD for result in self.datasets)

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing had to run."""
        return all(result.outcome == "unchanged" for result in self.datasets)


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
        books: Bookkeeper | None = None,
    ) -> None:
        self._books = books
        self._graph = graph
        self._log = log
        self._listener = listener
        self._waiting = {key: {other for other in depends[key] if other in chosen} for key in chosen}
        self._done: dict[str, DatasetResult] = {}
        self._started = time.monotonic()

    def is_ready(self, key: str) -> bool:
        """Whether a query may read the node now: it is not part of this update, or done."""
        result = self._done.get(key)
        return key not in self._waiting and (result is None or result.outcome in GOOD)

    def run(self, open_binder: Callable[[], Binder], pipeline: str) -> UpdateResult:
        """Run the update; `open_binder` is called when the first node has to run."""
        open_binder = cache(open_binder)
        self._log.update_progress("RUNNING")
        running: dict[Future[DatasetResult], str] = {}
        with ThreadPoolExecutor(WORKERS) as pool:
            while self._waiting or running:
                for key in self._startable(running.values()):
                    running[pool.submit(self._run_node, open_binder, key)] = key
                if not running:
                    self._give_up()
                    break
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._finish(running.pop(future), future)
        results = tuple(result for result in self._done.values() if self._is_told(result))
        ok = all(result.outcome in GOOD for result in results)
        self._log.update_progress("COMPLETED" if ok else "FAILED")
        return UpdateResult(pipeline, self._log.update_id, results)

    def _startable(self, running: Iterable[str]) -> list[str]:
        busy = set(running)
        found = []
        for key, needs in list(self._waiting.items()):
            if key in busy:
                continue
            broken = next(
                (other for other in needs if other in self._done and self._done[other].outcome not in GOOD), None
            )
            if broken is not None:
                self._skip(key, broken)
            elif all(other in self._done for other in needs):
                found.append(key)
        return found

    def _await(self, tables: Sequence[str], key: str) -> None:
        """NotReady while this update has yet to make one of the tables, read through a view or found at run time."""
        late = next((table for table in tables if table in self._waiting and table != key), None)
        if late is not None:
            raise NotReady(late)

    def _run_node(self, open_binder: Callable[[], Binder], key: str) -> DatasetResult:
        node = self._graph.nodes[key]
        started = time.monotonic()
        if not has_figures(node.dataset):
            return self._result(node, key, "ok", started, Counts())
        if self._books is not None and self._books.is_unchanged(key):
            self._await(self._books.tables_read(key), key)
            return self._unchanged(node, key, started)
        try:
            if self._books is not None:
                self._books.check(key)
            with watched_inputs() as inputs, collecting() as notes:
                counts = self._run_flows(open_binder(), key, node)
        except MedallionError as error:
            return self._result(node, key, "failed", started, Counts(), error)
        if self._books is not None:
            self._books.close(key, inputs)
        for text in notes:
            self._log.note(node.name, text)
        return replace(self._result(node, key, "ok", started, counts), notes=tuple(notes))

    def _unchanged(self, node: Node, key: str, started: float) -> DatasetResult:
        """The workspace runs such flows and finds nothing: the event log says the same."""
        for flow in node.flows:
            self._log.flow_progress(node.name, flow.name, "COMPLETED", Counts(), is_cdc=flow.cdc is not None)
        return self._result(node, key, "unchanged", started, Counts())

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

    def _run_flows(self, binder: Binder, key: str, node: Node) -> Counts:
        counts = Counts()
        self._recover(key, node)
        for flow in node.flows:
            self._log.flow_progress(node.name, flow.name, "RUNNING")
            try:
                origin = Origin(self._log.update_id, flow.name)
                with written_by(origin), translated(flow.query.place if flow.query else flow.place):
                    found = run_flow(binder, node, flow)
            except MedallionError as error:
                self._recover(key, node)
                self._log.flow_progress(node.name, flow.name, "FAILED", error=str(error))
                raise
            self._log.flow_progress(node.name, flow.name, "COMPLETED", found, is_cdc=flow.cdc is not None)
            counts = counts + found
        return counts

    def _recover(self, key: str, node: Node) -> None:
        if self._books is not None:
            self._books.recover(key, node)

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
        if self._is_told(result):
            self._listener(result)

    def _is_told(self, result: DatasetResult) -> bool:
        return has_figures(self._graph.nodes[result.key].dataset) or result.error is not None

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
    store = binder.store
    check_settings(flow)
    if node.dataset.kind == "sink":
        return write_to_sink(binder, node, flow)
    if node.dataset.kind in VIEWS:
        return count_view(binder, node)
    honoured_properties(node.dataset)
    if not store.exists(flow.target):
        store.drop(flow.target)
    if flow.kind == "auto_cdc_from_snapshot":
        return run_snapshots(binder, node, flow)
    if flow.cdc is not None:
        return run_cdc(binder, node, flow)
    return _write(binder, node, flow, flow_rows(binder, node, flow))


def _write(binder: Binder, node: Node, flow: Flow, frame: DataFrame) -> Counts:
    """Write a flow's rows the way its kind asks for."""
    spark, store, expectations = binder.spark, binder.store, node.dataset.expectations
    check_batch(flow, frame)
    is_rewritten = rewrites_table(spark, frame)
    if node.dataset.kind == "streaming_table" and store.exists(flow.target) and not is_rewritten:
        check_columns(spark, store, node, frame, binder.display(node.name))
    prepare_table(spark, store, node.dataset, frame)
    if flow.kind == "replace_where":
        return replace_rows(store, flow, frame, expectations)
    if node.dataset.kind == "materialized_view":
        return replace_table(store, flow, frame, expectations)
    if flow.once:
        return append_once(spark, store, flow, frame, expectations)
    if is_rewritten:
        return rewrite_stream(spark, store, node, flow, frame, expectations)
    return append_stream(spark, store, flow, frame, expectations)


def flow_rows(binder: Binder, node: Node, flow: Flow) -> DataFrame:
    """The rows of a flow's query as its dataset stores them, before expectations; errors where they do not fit."""
    try:
        frame = binder.frame(flow)
    except PipelineError as error:
        raise of_a_rule(error, node.dataset.expectations) from error
    check_declared(node.dataset, frame)
    check_conditions(frame, node.dataset.expectations)
    return stored_rows(node.dataset, frame)
