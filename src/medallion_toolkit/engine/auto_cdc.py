"""AUTO CDC: apply change events to a table, whatever order they arrive in.

Type 1 keeps one stored row a key (deletes stay as tombstones); type 2 keeps every event and marks which of
them are versions, so that a late event changes exactly the versions beside it. The result depends on the set
of events only: not on their order, nor on how they are split into batches. Of events with equal key and
sequence one counts: a delete before an upsert, then the greatest by its columns as JSON. Expectations judge
upserts; of deletes and truncates only keys and sequence matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.cdc_tables import check_orderable, make_target, target_of
from medallion_toolkit.engine.cdc_target import (
    DELETED,
    TIE,
    TRUNCATES,
    UNSET,
    Chosen,
    Target,
    chosen_columns,
    listed,
)
from medallion_toolkit.engine.commits import stated
from medallion_toolkit.engine.computed_columns import guarded_events
from medallion_toolkit.engine.declared_columns import check_declared
from medallion_toolkit.engine.expectations import Counts, check_conditions, counts_of, observed
from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.partial_updates import unset_values
from medallion_toolkit.engine.scd import merge_type_1, merge_type_2
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.table_properties import honoured_properties, prepare_table
from medallion_toolkit.engine.tables import SEQUENCE, committed_batch
from medallion_toolkit.engine.writing import run_stream
from medallion_toolkit.errors import PipelineError, UnsupportedError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Cdc, Expectation, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ELSEWHERE = {
    "where": "WHERE",
    "system_sequence_by": "SYSTEM SEQUENCE BY",
    "columns_to_update": "COLUMNS TO UPDATE",
    "stored_as": "STORED AS BITEMPORAL",
}


def run_cdc(binder: Binder, node: Node, flow: Flow) -> Counts:
    """Apply what one AUTO CDC flow of the dataset reads; its flows each keep a checkpoint of their own."""
    cdc = checked_clauses(flow)
    _check_agreement(flow, node.flows)
    source = binder.table(cdc.source, "batch" if flow.once else "stream", flow.place, options=flow.options)
    check_declared(node.dataset, source, is_cdc=True)
    source = guarded_events(node.dataset, source, cdc)
    if binder.store.exists(flow.target):
        prepare_table(binder.spark, binder.store, node.dataset, source)
    flows = [other.cdc for other in node.flows if other.cdc is not None]
    properties = honoured_properties(node.dataset)
    return apply_changes(binder.spark, binder.store, flow, source, node.dataset.expectations, flows, properties)


def _check_agreement(flow: Flow, flows: Sequence[Flow]) -> None:
    """PipelineError where the flows of one target place events by other keys or keep another history."""
    for other in flows:
        mine, its = flow.cdc, other.cdc
        if mine is None or its is None or _history(mine) == _history(its):
            continue
        raise PipelineError(
            "MED270",
            f"the flows {flow.name} and {other.name} into {flow.target} need the same keys and SCD type",
            place=flow.place,
            found=f"{_history(mine)} and {_history(its)}",
            notes=(other.place,),
        )


def _history(cdc: Cdc) -> str:
    return f"KEYS ({', '.join(sorted(cdc.keys))}) STORED AS SCD TYPE {cdc.scd_type}"


def apply_changes(
    spark: SparkSession,
    store: Store,
    flow: Flow,
    source: DataFrame,
    expectations: Sequence[Expectation],
    flows: Sequence[Cdc] = (),
    properties: Mapping[str, str] | None = None,
) -> Counts:
    """Apply the change events that arrived since the last update to the flow's target.

    `flows` are the clauses of all flows into the target, `properties` those of a new table.
    """
    cdc = checked_clauses(flow)
    chosen = chosen_columns(cdc, source.columns, flow)
    target = target_of(spark, store, flow, source, chosen, flows or (cdc,))
    events = _events(source, cdc, target, chosen)
    check_orderable(events, flow, cdc)
    check_conditions(events, expectations)
    make_target(spark, store, flow, target, events, properties or {})

    def write(batch: DataFrame, application: str, number: int) -> Counts:
        if committed_batch(spark, store, flow.target, application) >= number:
            return Counts()
        session = _remembering(batch.sparkSession, application, number)
        return _apply_batch(session, batch, flow, cdc, target, expectations)

    if not flow.once:
        return run_stream(store, flow, events, write)
    if events.isStreaming:
        raise PipelineError("MED270", "AUTO CDC ONCE reads its source as batch", place=flow.place)
    application = f"once:{flow.name}"
    if committed_batch(spark, store, flow.target, application) >= 0:
        return Counts()
    session = _remembering(own_session(spark), application, 0)
    return _apply_batch(session, events, flow, cdc, target, expectations)


def own_session(spark: SparkSession) -> SparkSession:
    """A session with settings of its own, as a stream's batches have."""
    from pyspark.sql import SparkSession

    return SparkSession(spark.sparkContext, spark._jsparkSession.cloneSession())


def _remembering(session: SparkSession, application: str, number: int) -> SparkSession:
    """The session, whose next MERGE remembers in its commit that this batch is written."""
    session.conf.set("spark.databricks.delta.write.txnAppId", application)
    session.conf.set("spark.databricks.delta.write.txnVersion", str(number))
    return session


def checked_clauses(flow: Flow) -> Cdc:
    cdc = flow.cdc
    if cdc is None:
        raise PipelineError("MED210", f"the flow {flow.name} has no AUTO CDC clauses", place=flow.place)
    for option, clause in ELSEWHERE.items():
        if option in flow.options:
            raise UnsupportedError(
                "MED402",
                f"AUTO CDC with {clause} is not supported locally",
                place=flow.place,
                help="filter events in a temporary view that the flow reads" if option == "where" else None,
            )
    if cdc.scd_type == 2 and cdc.truncate_when is not None:
        raise PipelineError(
            "MED270",
            "APPLY AS TRUNCATE WHEN needs SCD TYPE 1",
            place=flow.place,
            found="STORED AS SCD TYPE 2",
            help="a history keeps the rows that a truncate would take away; leave the clause out",
        )
    return cdc


def _events(source: DataFrame, cdc: Cdc, target: Target, chosen: Chosen) -> DataFrame:
    """The source as events: the target's columns, and hidden ones that say what each event does."""
    truncates = f"coalesce(({cdc.truncate_when}), false)" if cdc.truncate_when else "false"
    deletes = f"coalesce(({cdc.delete_when}), false)" if cdc.delete_when else "false"
    columns = [
        quoted(name) if name in chosen.columns else f"CAST(NULL AS {kind.simpleString()}) AS {quoted(name)}"
        for name, kind in target.types.items()
    ]
    marks = [f"{cdc.sequence_by} AS {SEQUENCE}", f"{deletes} AS {DELETED}", f"{truncates} AS {TRUNCATES}"]
    events = source.selectExpr(*columns, *marks)
    hidden = [f"to_json(struct({listed(target.compared)})) AS {TIE}"]
    if target.parts:
        hidden.append(f"{unset_values(target.parts, chosen.ignored)} AS {UNSET}")
    return events.selectExpr("*", *hidden)


def _apply_batch(
    session: SparkSession, batch: DataFrame, flow: Flow, cdc: Cdc, target: Target, expectations: Sequence[Expectation]
) -> Counts:
    from pyspark.sql import Observation

    observation = Observation()
    rules = [replace(rule, condition=f"{DELETED} OR {TRUNCATES} OR ({rule.condition})") for rule in expectations]
    rows = observed(_guarded(batch, flow, target), observation, rules).persist()
    try:
        found = rows.selectExpr(f"count_if({DELETED}) AS deleted", f"count_if({TRUNCATES}) AS truncates").first()
        deleted, truncates = (found["deleted"], found["truncates"]) if found else (0, 0)
        counts = counts_of(observation.get, expectations)
        counts = replace(counts, written=counts.written - deleted - truncates, deleted=deleted)
        with stated(session, counts):
            if cdc.scd_type == 1:
                merge_type_1(session, rows, target, truncates > 0)
            else:
                merge_type_2(session, rows, target)
    finally:
        rows.unpersist()
    return counts


def _guarded(batch: DataFrame, flow: Flow, target: Target) -> DataFrame:
    """Refuse events without a key or a place in the order, as the workspace does; a truncate needs no key."""
    no_sequence = f"[AUTOCDC_MICROBATCH_VALIDATION.NULL_SEQUENCE] flow {flow.name}: SEQUENCE BY is NULL"
    no_key = f"[AUTOCDC_MICROBATCH_VALIDATION.NULL_KEY] flow {flow.name}: a key is NULL ({', '.join(target.keys)})"
    any_null = " OR ".join(f"{quoted(key)} IS NULL" for key in target.keys)
    return batch.where(
        f"CASE WHEN {SEQUENCE} IS NULL THEN raise_error({literal(no_sequence)}) "
        f"WHEN NOT {TRUNCATES} AND ({any_null}) THEN raise_error({literal(no_key)}) ELSE true END"
    )
