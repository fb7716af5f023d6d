"""The tables of one test, made where they are asked for: each asks for its inputs, down to the given rows.

A dataset whose rows depend on the rows of its inputs only is computed in memory from all of them at once. What
keeps state from one batch or run to the next (AUTO CDC, aggregating or joining streams, a second run) is
stored and streamed as in a real run. An input is made in a context of its own: the dataset function that asks
for it may not write, its input may.
"""

from __future__ import annotations

from contextvars import Context
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import VIEWS, Binder
from medallion_toolkit.engine.expectations import Counts, counted, enforced
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.table_properties import honoured_properties
from medallion_toolkit.engine.tables import empty_frame, read_table
from medallion_toolkit.engine.update import flow_rows, run_flow
from medallion_toolkit.errors import ConfigError, MedallionError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.testing.held import empty_stream, hold, hold_many, is_storable, prepare_session
from medallion_toolkit.testing.known import Constant, Known
from medallion_toolkit.testing.schemas import reads_only_files, schema_of
from medallion_toolkit.testing.stateless import is_stateless

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from medallion_toolkit.model import ReadMode, SqlQuery

    StandIn = Callable[[str, ReadMode, Mapping[str, str]], DataFrame | None]

# Options that say how much of a stream to read at a time, or what to do about changed rows: given rows never change.
WITHOUT_EFFECT = frozenset(
    ("skipChangeCommits", "ignoreDeletes", "ignoreChanges", "maxFilesPerTrigger", "maxBytesPerTrigger")
)


@dataclass(frozen=True)
class Manner:
    """How a test is run.

    `in_memory`: rows come once, so what is stateless needs no stream. `keeps_rows`: the rows of an earlier update
    may be asked for, so everything is stored. `changed`: datasets whose rows or query the test gives.
    """

    in_memory: bool
    keeps_rows: bool
    changed: frozenset[str]


class CaseTables:
    """The datasets of a project as one test sees them, in a store of its own."""

    def __init__(self, run: LocalRun, known: Known, manner: Manner) -> None:
        self._run = run
        self._nodes = run.project.graph.nodes
        self._known = known
        self._manner = manner
        self.spark = run.spark_source.spark()
        self._arrived: Mapping[str, DataFrame] = {}
        self._given: dict[str, DataFrame] = {}
        self._frames: dict[str, DataFrame] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._judged: dict[str, list[DataFrame]] = {}
        self._counts: dict[str, Counts] = {}
        self._stored: set[str] = set()
        self._open: list[set[str]] = [set()]
        self._failed: dict[str, MedallionError] = {}
        self._edited: dict[str, Node] = {}
        self._binders: dict[str, Binder] = {}
        prepare_session(self.spark)

    def begin_run(self, given: Mapping[str, DataFrame]) -> None:
        """Start a run in which these rows (held) arrive; what earlier runs stored stays."""
        self._arrived = given
        for key, frame in self._arrived.items():
            self._given[key] = self._given[key].unionByName(frame) if key in self._given else frame
        for key in [key for key, ancestors in self._ancestors.items() if ancestors & self._manner.changed]:
            del self._ancestors[key]
            self._frames.pop(key, None)
            self._stored.discard(key)
        self._judged = {}
        self._failed = {}

    def edit(self, key: str, node: Node) -> None:
        """Let the dataset be made by another query in this test. Only what is computed in memory can be."""
        self._edited[key] = node

    def node(self, key: str) -> Node:
        """The dataset as this test makes it."""
        return self._edited.get(key, self._nodes[key])

    def make(self, key: str) -> None:
        """Make the rows of a dataset in this run, and those of all that it reads."""
        if self._nodes[key].dataset.kind in VIEWS:
            self.rows(key)
        else:
            self._make(key)

    def failure(self, key: str) -> MedallionError | None:
        """Why the dataset could not be made in this run: its own error, or that of an input."""
        return self._failed.get(key)

    def failed_first(self, error: MedallionError) -> str:
        """The dataset that the error comes from."""
        return next(key for key, found in self._failed.items() if found is error)

    def rows(self, key: str) -> DataFrame:
        """The rows of a dataset or view after this run."""
        node = self._nodes[key]
        if node.dataset.kind in VIEWS and key not in self._given:
            with translated(node.dataset.place):
                return self._binder(node, self._in_memory).view(self.node(key))
        return self._read(key)

    def query(self, key: str, query: SqlQuery) -> DataFrame:
        """The rows of a query over what the dataset can read."""
        node = self._nodes[key]
        with translated(query.place):
            return self._without_files(self._binder(node, self._in_memory).sql(query, node.flows[0], node.name))

    def stored_rows(self, key: str) -> DataFrame | None:
        """The rows that the updates so far left in the table, None when none has made it; a view's rows as they are."""
        if self._nodes[key].dataset.kind in VIEWS:
            return self.rows(key)
        commits = (self._run.store.table(key) / "_delta_log").glob("*.json")
        return read_table(self.spark, self._run.store, key) if any(commits) else None

    def counts(self, key: str) -> Counts:
        """What expectations found: in all runs, or in the last one of a dataset that each run makes anew."""
        node = self._nodes[key]
        if node.dataset.kind in VIEWS:
            node = self.node(key)
            frames = [self._binder(node, self._in_memory).view(node, is_enforced=False)]
        else:
            self._make(key)
            frames = self._judged.get(key, [])
        if not frames:
            return self._counts.get(key, Counts())
        with translated(node.dataset.place):
            return sum((counted(frame, node.dataset.expectations) for frame in frames), Counts())

    def schema(self, key: str) -> StructType:
        """Columns of a dataset whose rows are given or, since no file reaches a test, absent."""
        if key not in self._known.schemas:
            binder = self._binder(self._nodes[key], self._in_memory)
            self._known.schemas[key] = schema_of(self._run.project, key, binder)
        return self._known.schemas[key]

    def _read(self, key: str) -> DataFrame:
        self._make(key)
        if key not in self._frames:
            self._frames[key] = hold_many(read_table(self.spark, self._run.store, key))
        return self._frames[key]

    def _make(self, key: str) -> None:
        """Compute or store the rows of `key`, unless this run has; a failure is remembered and raised again."""
        if key in self._failed:
            raise self._failed[key]
        if key not in self._ancestors:
            constant = self._known.constant(key, self._manner.changed)
            if constant is not None:
                self._frames[key], self._ancestors[key] = constant.frame, constant.ancestors
            else:
                self._ancestors[key] = self._made_of(key)
        self._open[-1] |= self._ancestors[key]

    def _made_of(self, key: str) -> frozenset[str]:
        """Make the rows of `key`; the result is all that they were made of, itself included."""
        self._open.append({key})
        try:
            self._fill(key, self._nodes[key])
        except MedallionError as error:
            self._failed[key] = error
            raise
        finally:
            ancestors = frozenset(self._open.pop())
        if not self._is_reached(ancestors):
            if key not in self._frames:
                self._frames[key] = hold_many(read_table(self.spark, self._run.store, key))
            self._known.constants[key] = Constant(self._frames[key], ancestors)
        return ancestors

    def _is_reached(self, ancestors: Set[str]) -> bool:
        """Whether anything that the test gives or edits is among them."""
        return not self._manner.changed.isdisjoint(ancestors)

    def _fill(self, key: str, node: Node) -> None:
        if key in self._given:
            self._frames[key] = self._given[key]
        elif reads_only_files(self._run.project, node, key):
            self._frames[key] = empty_frame(self.spark, self.schema(key))
        elif not (self._is_plain(key, node) and self._is_computed(key, self.node(key))):
            if key in self._edited:
                raise _needs_streams(self._run.project.display[key], node)
            self._stream(key, node)

    def _is_plain(self, key: str, node: Node) -> bool:
        """Whether one batch of all rows makes what any stream of them makes, and memory holds what a table would."""
        if key not in self._known.plain:
            self._known.plain[key] = self._looks_plain(node)
        return self._known.plain[key]

    def _looks_plain(self, node: Node) -> bool:
        is_streaming = node.dataset.kind == "streaming_table"
        if not (is_streaming or (node.dataset.kind == "materialized_view" and len(node.flows) == 1)):
            return False
        if any(flow.once or flow.kind not in ("append", "complete") for flow in node.flows):
            return False
        binder = replace(self._binder(node, self._as_sources), graph=self._run.project.graph)
        try:
            if honoured_properties(node.dataset):
                return False
            frames = [flow_rows(binder, node, flow) for flow in node.flows]
        except MedallionError:
            return False
        if not all(is_stateless(frame) if is_streaming else not frame.isStreaming for frame in frames):
            return False
        return is_storable(frames[0].schema) and len({frame.schema.simpleString() for frame in frames}) == 1

    def _is_computed(self, key: str, node: Node) -> bool:
        """Compute the rows of a plain dataset in memory, where that shows what a real update would."""
        binder = self._binder(node, self._in_memory)
        try:
            with translated(node.dataset.place):
                frames = [self._without_files(flow_rows(binder, node, flow)) for flow in node.flows]
                if not self._may_stay_in_memory(node):
                    return False
                kept = [enforced(frame, node.dataset.expectations) for frame in frames]
                union = reduce(lambda left, right: left.unionByName(right), kept)
                self._frames[key] = hold_many(union) if node.dataset.kind == "materialized_view" else hold(union)
        except MedallionError:
            return False
        self._judged[key] = frames
        return True

    def _may_stay_in_memory(self, node: Node) -> bool:
        """Asked when the inputs have been made."""
        if not self._is_reached(self._open[-1]):
            return True
        return not self._manner.keeps_rows and (self._manner.in_memory or node.dataset.kind == "materialized_view")

    def _without_files(self, frame: DataFrame) -> DataFrame:
        """Tables stand in as batches here: what still streams are files, and none reaches a test."""
        return empty_frame(self.spark, frame.schema) if frame.isStreaming else frame

    def _stream(self, key: str, node: Node) -> None:
        """Run the flows, unless no event arrives and an earlier test of the session has shown what that leaves."""
        is_without = self._manner.in_memory and self._is_without_events(node)
        if is_without and key in self._known.without_events:
            self._frames[key] = self._known.without_events[key]
            return
        self._run_flows(key, node)
        if is_without:
            self._known.without_events[key] = hold_many(read_table(self.spark, self._run.store, key))

    def _is_without_events(self, node: Node) -> bool:
        if node.dataset.expectations or not all(flow.kind == "auto_cdc" for flow in node.flows):
            return False
        binder = self._binder(node, self._in_memory)
        sources = [(flow.cdc.source, flow) for flow in node.flows if flow.cdc is not None]
        try:
            with translated(node.dataset.place):
                events = [binder.table(name, "stream", flow.place, options=flow.options) for name, flow in sources]
                return all(self._without_files(frame).isEmpty() for frame in events)
        except MedallionError:
            return False

    def _run_flows(self, key: str, node: Node) -> None:
        """Store the rows as a real update does."""
        binder = self._binder(node, self._through_store)
        found = Counts()
        for flow in node.flows:
            with translated(flow.query.place if flow.query else flow.place):
                found = found + run_flow(binder, node, flow)
        is_anew = node.dataset.kind == "materialized_view"
        self._counts[key] = found if is_anew else self._counts.get(key, Counts()) + found
        self._stored.add(key)

    def _binder(self, node: Node, stand_in: StandIn) -> Binder:
        graph = replace(self._run.project.graph, nodes={**self._nodes, **self._edited})
        given = frozenset(self._given)
        pipeline = node.dataset.pipeline
        if pipeline not in self._binders:
            self._binders[pipeline] = self._run.binder(pipeline)
        return replace(self._binders[pipeline], graph=graph, stand_in=stand_in, given=given)

    def _is_view(self, key: str) -> bool:
        """Whether queries look through `key` to what it reads."""
        self._open[-1].add(key)
        return key not in self._given and self._nodes[key].dataset.kind in VIEWS

    def _in_memory(self, key: str, mode: ReadMode, options: Mapping[str, str]) -> DataFrame | None:
        """All rows as one batch; None, and so an error, where a batch is not what a stream would be."""
        if self._is_view(key):
            return None
        is_refused = mode == "stream" and self._nodes[key].dataset.kind == "materialized_view"
        return None if is_refused or options.keys() - WITHOUT_EFFECT else Context().run(self._read, key)

    def _as_sources(self, key: str, mode: ReadMode, options: Mapping[str, str]) -> DataFrame | None:
        """Streams where the query reads streams, to see what it does with them."""
        frame = self._in_memory(key, mode, options)
        return empty_stream(self.spark, frame.schema) if frame is not None and mode == "stream" else frame

    def _through_store(self, key: str, _mode: ReadMode, _options: Mapping[str, str]) -> None:
        """Have the table in the store, where the query then reads it as always."""
        if not self._is_view(key):
            Context().run(self._store, key)

    def _store(self, key: str) -> None:
        self._make(key)
        if key not in self._stored:
            self._store_rows(key, self._arrived[key] if key in self._arrived else self._read(key))
            self._stored.add(key)

    def _store_rows(self, key: str, frame: DataFrame) -> None:
        is_anew = self._nodes[key].dataset.kind == "materialized_view" and key not in self._given
        writer = frame.write.format("delta")
        path = str(self._run.store.table(key))
        if is_anew:
            writer.mode("overwrite").option("overwriteSchema", "true").save(path)
        elif not self._run.store.exists(key) or not frame.isEmpty():
            writer.mode("append").save(path)


def _needs_streams(shown: str, node: Node) -> ConfigError:
    return ConfigError(
        "MED437",
        f"rows cannot be given for a CTE of {shown}: its query keeps state between batches, or cannot be run",
        place=node.dataset.place,
        help="give rows to the tables it reads",
    )
