"""AUTO CDC FROM SNAPSHOT: compare whole snapshots of a source with the table and apply the differences.

A snapshot is the source table as it is now, its version the time of the update, or what a function returns
for the last version: `(DataFrame, version)`, again and again until it returns None. The version stands in
the table as a row without a key, so that it is committed with the rows of its snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.auto_cdc import own_session
from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.cdc_tables import make_target, target_of
from medallion_toolkit.engine.cdc_target import (
    DELETED,
    END,
    TIE,
    TRUNCATES,
    Target,
    chosen_columns,
    listed,
    same_keys,
)
from medallion_toolkit.engine.commits import stated
from medallion_toolkit.engine.computed_columns import require_not_null
from medallion_toolkit.engine.declared_columns import check_declared
from medallion_toolkit.engine.expectations import Counts, observed
from medallion_toolkit.engine.files.rescue import CORRUPT, quoted
from medallion_toolkit.engine.scd import merge_type_1, merge_type_2
from medallion_toolkit.engine.snapshot_sources import SNAPSHOT, Snapshot, from_function, from_table
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.table_properties import honoured_properties
from medallion_toolkit.engine.tables import SEQUENCE, STATE, read_table
from medallion_toolkit.errors import PipelineError, RunError, UnsupportedError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def run_snapshots(binder: Binder, node: Node, flow: Flow) -> Counts:
    """Apply every snapshot of the flow's source that is newer than the last one applied."""
    check_snapshots(node, flow)
    spark, store = binder.spark, binder.store
    source = _clauses(flow).source
    found = from_function(binder, flow) if flow.query is not None else from_table(binder, flow, source)
    properties, total = honoured_properties(node.dataset), Counts()
    for snapshot in found:
        check_declared(node.dataset, snapshot.rows, is_cdc=True)
        guarded = replace(snapshot, rows=require_not_null(node.dataset, snapshot.rows))
        total = total + apply_snapshot(spark, store, flow, guarded, properties)
    return total


def check_snapshots(node: Node, flow: Flow) -> None:
    """Refuse expectations, as the workspace does, and other flows into the target."""
    if node.dataset.expectations:
        rule = node.dataset.expectations[0]
        raise PipelineError(
            "MED285",
            f"{node.dataset.name} is fed by snapshots and cannot have the expectation {rule.name} "
            "(APPLY_CHANGES_FROM_SNAPSHOT_EXPECTATIONS_NOT_SUPPORTED)",
            place=rule.place,
            help="put it on the table that the snapshots are read from",
        )
    if len(node.flows) > 1:
        raise UnsupportedError(
            "MED402",
            f"{node.dataset.name} has another flow beside its snapshots, which is not supported locally",
            place=flow.place,
            help="give each flow a table of its own",
        )


def apply_snapshot(
    spark: SparkSession, store: Store, flow: Flow, snapshot: Snapshot, properties: Mapping[str, str] | None = None
) -> Counts:
    """Insert new keys, update changed rows, delete missing keys and note the version, in one commit."""
    from pyspark.sql import Observation

    cdc = _clauses(flow)
    chosen = chosen_columns(cdc, [name for name in snapshot.rows.columns if name != CORRUPT], flow)
    target = target_of(spark, store, flow, snapshot.rows, chosen, (cdc,))
    at = f"{snapshot.order} AS {SEQUENCE}"
    make_target(spark, store, flow, target, snapshot.rows.selectExpr(at), properties or {})
    observation = Observation()
    rows = _differences(observed(snapshot.rows, observation, ()), spark, store, flow, target, at).persist()
    try:
        counts = _checked_counts(rows, flow, target, lambda: int(str(observation.get["rows_in"])))
        session = own_session(spark)
        progress = spark.range(1).selectExpr(at, f"'{SNAPSHOT}' AS {STATE}")
        events = rows.drop("__rows", "__broken")
        with stated(session, counts):
            if cdc.scd_type == 1:
                merge_type_1(session, events, target, progress=progress)
            else:
                merge_type_2(session, events, target, progress=progress)
    finally:
        rows.unpersist()
    return counts


def _differences(
    snapshot: DataFrame, spark: SparkSession, store: Store, flow: Flow, target: Target, at: str
) -> DataFrame:
    """The snapshot against the current rows as events, and whatever in it cannot be applied."""
    from pyspark.sql.functions import expr

    keys = [quoted(key) for key in target.keys]
    values = [column for column in target.columns if column not in target.keys]
    given = ", ".join(
        quoted(name)
        if name in snapshot.columns
        else f"CAST(NULL AS {target.types[name].simpleString()}) AS {quoted(name)}"
        for name in values
    )
    broken = f"max({CORRUPT} IS NOT NULL)" if CORRUPT in snapshot.columns else "false"
    measures = [f"first(struct({given or 'NULL'})) AS __new", "count(1) AS __rows", f"{broken} AS __broken"]
    new = snapshot.groupBy(*keys).agg(*map(expr, measures)).alias("s")
    current = read_table(spark, store, flow.target)
    if END in current.columns:
        current = current.where(f"{END} IS NULL")
    old = current.selectExpr(*keys, f"struct({_listed(values)}) AS __old").alias("t")
    joined = new.join(old, expr(same_keys(target.keys)), "full_outer")
    same = [_same(f"__new.{quoted(name)}", f"__old.{quoted(name)}", target, name) for name in values]
    differs = f"__new IS NULL OR __old IS NULL OR NOT ({' AND '.join(same) or 'true'}) OR __rows > 1 OR __broken"
    no_key = " OR ".join(f"s.{key} IS NULL" for key in keys)
    events = joined.where(f"{differs} OR ({no_key})").selectExpr(
        *(f"coalesce(s.{key}, t.{key}) AS {key}" for key in keys),
        *(f"__new.{quoted(name)} AS {quoted(name)}" for name in values),
        at,
        f"__new IS NULL AS {DELETED}",
        f"false AS {TRUNCATES}",
        "__rows",
        "__broken",
    )
    return events.selectExpr("*", f"to_json(struct({listed(target.compared)})) AS {TIE}")


def _listed(names: Sequence[str]) -> str:
    return listed(names) or "NULL"


def _same(new: str, old: str, target: Target, name: str) -> str:
    """Equality that also compares maps, which SQL cannot."""
    if "map<" in target.types[name].simpleString():
        return f"to_json(struct({new})) = to_json(struct({old}))"
    return f"{new} <=> {old}"


def _checked_counts(rows: DataFrame, flow: Flow, target: Target, rows_in: Callable[[], int]) -> Counts:
    """Counts of a snapshot that can be applied; RunError for one that cannot, with nothing written."""
    no_key = " OR ".join(f"{quoted(key)} IS NULL" for key in target.keys)
    found = rows.selectExpr(
        f"count_if({DELETED}) AS deleted",
        "count(1) AS events",
        "count_if(__rows > 1) AS doubled",
        f"count_if({no_key}) AS keyless",
        "count_if(__broken) AS broken",
    ).first()
    counted = found.asDict() if found else {}
    keys = ", ".join(target.keys)
    if counted["broken"]:
        raise _unreadable(flow, f"{counted['broken']} rows of the snapshot did not parse")
    if counted["keyless"]:
        raise _unreadable(flow, f"a row of the snapshot has no key ({keys})")
    if counted["doubled"]:
        raise _unreadable(flow, f"{counted['doubled']} keys ({keys}) have more than one row (DUPLICATE_KEY_VIOLATION)")
    return Counts(rows_in(), counted["events"] - counted["deleted"], 0, counted["deleted"])


def _clauses(flow: Flow) -> Cdc:
    if flow.cdc is None:
        raise PipelineError("MED210", f"the flow {flow.name} has no keys", place=flow.place)
    return flow.cdc


def _unreadable(flow: Flow, what: str) -> RunError:
    return RunError(
        "MED471",
        f"the snapshot of {flow.target} is refused as a whole: {what}",
        place=flow.place,
        help="nothing of it was applied; the rows of the snapshot before are kept",
    )
