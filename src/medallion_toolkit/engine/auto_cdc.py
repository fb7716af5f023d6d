"""AUTO CDC: apply change events to a table, whatever order they arrive in.

Type 1 keeps one stored row a key (deletes stay as tombstones); type 2 keeps every event and marks which of
them are versions, so that a late event changes exactly the versions beside it. The result depends on the set
of events only: not on their order, nor on how they are split into batches. Of events with equal key and
sequence one counts: a delete before an upsert, then the greatest by its columns as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.engine.expectations import Counts, counts_of, observed
from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.scd import merge_type_1, merge_type_2
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import HIDDEN, SEQUENCE, STATE, empty_frame
from medallion_toolkit.engine.writing import run_stream
from medallion_toolkit.errors import PipelineError, UnsupportedError
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.model import Cdc, Expectation, Flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

DELETED = f"{HIDDEN}is_delete"
TIE = f"{HIDDEN}tie"


@dataclass(frozen=True)
class Target:
    """The stored columns of an AUTO CDC target: its keys, all data columns, and those whose change opens a version."""

    path: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    tracked: tuple[str, ...]

    @property
    def compared(self) -> tuple[str, ...]:
        """Columns that decide between events of equal sequence: metadata (`_…`) never does."""
        return tuple(column for column in self.columns if not column.startswith("_")) or self.columns


def apply_changes(
    spark: SparkSession, store: Store, flow: Flow, source: DataFrame, expectations: Sequence[Expectation]
) -> Counts:
    """Apply the change events that arrived since the last update to the flow's target."""
    cdc = _checked(flow)
    target = _target(cdc, source, str(store.table(flow.target)), flow)
    events = _events(source, cdc, target)
    _make_target(spark, store, flow, cdc, target, events)
    merge = merge_type_1 if cdc.scd_type == 1 else merge_type_2

    def write(batch: DataFrame, _application: str, _number: int) -> Counts:
        from pyspark.sql import Observation

        observation = Observation()
        rows = observed(_guarded(batch, flow), observation, expectations).persist()
        try:
            deleted = rows.where(DELETED).count()
            merge(spark, rows, target)
        finally:
            rows.unpersist()
        counts = counts_of(observation.get, expectations)
        return Counts(counts.rows_in, counts.written - deleted, counts.dropped, deleted, counts.expectations)

    return run_stream(store, flow, events, write)


def _checked(flow: Flow) -> Cdc:
    cdc = flow.cdc
    if cdc is None:
        raise PipelineError("MED210", f"the flow {flow.name} has no AUTO CDC clauses", place=flow.place)
    refused = {
        "APPLY AS TRUNCATE WHEN": cdc.truncate_when is not None,
        "IGNORE NULL UPDATES": cdc.ignore_null_updates,
        "ONCE": flow.once,
    }
    for clause, is_used in refused.items():
        if is_used:
            raise UnsupportedError("MED402", f"AUTO CDC with {clause} is not supported locally yet", place=flow.place)
    return cdc


def _target(cdc: Cdc, source: DataFrame, path: str, flow: Flow) -> Target:
    by_lower = {column.lower(): column for column in source.columns}

    def known(names: Sequence[str], clause: str) -> tuple[str, ...]:
        found = []
        for name in names:
            column = by_lower.get(split_name(name)[-1])
            if column is None:
                raise PipelineError(
                    "MED215",
                    f"{clause} names the column {name}, which {cdc.source} does not have",
                    place=flow.place,
                    expected=", ".join(source.columns),
                )
            found.append(column)
        return tuple(found)

    keys = known(cdc.keys, "KEYS")
    left_out = set(known(cdc.except_columns, "COLUMNS * EXCEPT"))
    chosen = known(cdc.columns, "COLUMNS") if cdc.columns is not None else tuple(source.columns)
    columns = tuple(column for column in chosen if column not in left_out)
    columns = (*[key for key in keys if key not in columns], *columns)
    tracked = known(cdc.track_history, "TRACK HISTORY ON") if cdc.track_history is not None else columns
    untracked = {*keys, *known(cdc.track_history_except, "TRACK HISTORY ON * EXCEPT")}
    return Target(path, keys, columns, tuple(column for column in tracked if column not in untracked))


def _events(source: DataFrame, cdc: Cdc, target: Target) -> DataFrame:
    is_delete = f"coalesce(({cdc.delete_when}), false)" if cdc.delete_when else "false"
    compared = ", ".join(quoted(column) for column in target.compared)
    columns = [quoted(column) for column in target.columns]
    return source.selectExpr(
        *columns,
        f"{cdc.sequence_by} AS {SEQUENCE}",
        f"{is_delete} AS {DELETED}",
        f"to_json(struct({compared})) AS {TIE}",
    )


def _guarded(batch: DataFrame, flow: Flow) -> DataFrame:
    """Refuse events without a place in the order, as the workspace does."""
    message = literal(f"[AUTO_CDC_NULL_SEQUENCE] flow {flow.name}: SEQUENCE BY is NULL")
    return batch.where(f"CASE WHEN {SEQUENCE} IS NULL THEN raise_error({message}) ELSE true END")


def _make_target(spark: SparkSession, store: Store, flow: Flow, cdc: Cdc, target: Target, events: DataFrame) -> None:
    if store.exists(flow.target):
        return
    columns = [quoted(column) for column in target.columns]
    if cdc.scd_type == 2:
        columns += [f"{SEQUENCE} AS __START_AT", f"{SEQUENCE} AS __END_AT"]
    columns += [SEQUENCE, f"CAST(NULL AS STRING) AS {STATE}", TIE]
    empty = empty_frame(spark, events.selectExpr(*columns).schema)
    empty.write.format("delta").mode("append").save(target.path)
