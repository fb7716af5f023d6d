"""The merges behind AUTO CDC: one stored row a key (type 1), every event of a key (type 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.cdc_target import (
    DELETED,
    DELETED_AT,
    END,
    START,
    TIE,
    TRUNCATES,
    UNSET,
    Target,
    listed,
    same_keys,
)
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.partial_updates import TOMBSTONE, filled_events, settled_rows
from medallion_toolkit.engine.tables import SEQUENCE, STATE, VISIBLE

if TYPE_CHECKING:
    from delta.tables import DeltaMergeBuilder
    from pyspark.sql import Column, DataFrame, SparkSession

MERGED = "merged"
TRUNCATED = "truncated"


def merge_type_1(
    spark: SparkSession,
    events: DataFrame,
    target: Target,
    is_truncating: bool = False,
    progress: DataFrame | None = None,
) -> None:
    """Keep the last event of each key; a delete is kept as a tombstone that older events cannot pass.

    A truncate takes all rows up to its sequence away and is kept as a row without a key, for late events.
    `progress` are such rows to keep with the others.
    """
    stored = _stored(spark, target)
    floor = _floor(events, stored) if target.truncates else None
    if floor is not None:
        events = events.where(f"NOT {TRUNCATES}").crossJoin(floor)
        events = events.where(f"__floor IS NULL OR {SEQUENCE} > __floor")
    if target.parts:
        rows = settled_rows(events, _known_rows(stored, events, target, floor if is_truncating else None), target)
        condition = _differs(SEQUENCE, DELETED_AT, TIE)
    else:
        rows = _last_events(events, target)
        condition = _newer()
    if progress is not None:
        rows = rows.unionByName(progress, allowMissingColumns=True)
    rows = rows.selectExpr("*", "false AS __gone")
    if floor is not None and is_truncating:
        marker = floor.selectExpr(f"__floor AS {SEQUENCE}", f"'{TRUNCATED}' AS {STATE}", "false AS __gone")
        rows = rows.unionByName(marker, allowMissingColumns=True)
        if not target.parts:
            rows = rows.unionByName(_gone(stored, events, target, floor), allowMissingColumns=True)
    merge = _merge(spark, _fitted(rows, stored), target, same_keys(target.keys))
    if is_truncating and not target.parts:
        merge = merge.whenMatchedDelete(condition="s.__gone")
    merge.whenMatchedUpdateAll(condition=condition).whenNotMatchedInsertAll().execute()


def merge_type_2(spark: SparkSession, events: DataFrame, target: Target, progress: DataFrame | None = None) -> None:
    """Place the events among those already stored for their keys and mark anew which are versions.

    Only rows that are new or marked otherwise than before are written. `progress` are rows without a key to
    keep with them.
    """
    stored = _stored(spark, target)
    touched = events.selectExpr(*map(quoted, target.keys)).distinct()
    known = stored.alias("t").join(touched.alias("s"), _expr(same_keys(target.keys)), "left_semi")
    unset = [UNSET] if target.parts else []
    marks = [STATE, START, END, TIE, *unset]
    columns = [*map(quoted, target.columns), SEQUENCE, DELETED, TIE, *unset]
    known = known.selectExpr("*", f"{STATE} = '{TOMBSTONE}' AS {DELETED}", f"struct({', '.join(marks)}) AS __was")
    together = known.selectExpr(*columns, "__was").unionByName(events.selectExpr(*columns), allowMissingColumns=True)
    placed = filled_events(together, target) if target.parts else _one_per_sequence(together, target)
    changed = " OR ".join(["__was IS NULL", *(f"NOT ({mark} <=> __was.{mark})" for mark in marks)])
    rows = _versions(placed, target).where(changed).drop("__was")
    if progress is not None:
        rows = rows.unionByName(progress, allowMissingColumns=True)
    at = f"{same_keys(target.keys)} AND s.{SEQUENCE} <=> t.{SEQUENCE}"
    _merge(spark, _fitted(rows, stored), target, at).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()


def _stored(spark: SparkSession, target: Target) -> DataFrame:
    return spark.read.format("delta").load(target.path)


def _merge(spark: SparkSession, rows: DataFrame, target: Target, condition: str) -> DeltaMergeBuilder:
    from delta.tables import DeltaTable

    return DeltaTable.forPath(spark, target.path).alias("t").merge(rows.alias("s"), condition)


def _fitted(rows: DataFrame, stored: DataFrame) -> DataFrame:
    """`rows` with every column of the table; those the flow does not give are NULL."""
    missing = [field for field in stored.schema if field.name not in rows.columns]
    return rows.selectExpr(
        "*", *(f"CAST(NULL AS {field.dataType.simpleString()}) AS {quoted(field.name)}" for field in missing)
    )


def _last_events(events: DataFrame, target: Target) -> DataFrame:
    state = f"CASE WHEN {DELETED} THEN '{TOMBSTONE}' ELSE '{VISIBLE}' END"
    order = f"{SEQUENCE} DESC, {DELETED} DESC, {TIE} DESC"
    place = f"row_number() OVER (PARTITION BY {listed(target.keys)} ORDER BY {order})"
    last = events.selectExpr("*", f"{place} AS __place").where("__place = 1")
    return last.selectExpr(*map(quoted, target.columns), SEQUENCE, f"{state} AS {STATE}", TIE)


def _newer() -> str:
    order = "struct({0}.{1}, {0}.{2} = '{3}', {0}.{4})"
    return " > ".join(order.format(side, SEQUENCE, STATE, TOMBSTONE, TIE) for side in ("s", "t"))


def _differs(*columns: str) -> str:
    return " OR ".join(f"NOT (s.{column} <=> t.{column})" for column in columns)


def _floor(events: DataFrame, stored: DataFrame) -> DataFrame:
    """One row with the greatest sequence of a truncate, stored or new; NULL when there is none."""
    new, old = events.where(TRUNCATES), stored.where(f"{STATE} = '{TRUNCATED}'")
    return new.select(SEQUENCE).unionByName(old.select(SEQUENCE)).agg(_expr(f"max({SEQUENCE})").alias("__floor"))


def _gone(stored: DataFrame, events: DataFrame, target: Target, floor: DataFrame) -> DataFrame:
    """Keys whose stored row a truncate takes away and no later event brings back."""
    old = stored.where(f"{STATE} <> '{TRUNCATED}'").crossJoin(floor).where(f"{SEQUENCE} <= __floor")
    kept = events.selectExpr(*map(quoted, target.keys))
    gone = old.alias("t").join(kept.alias("s"), _expr(same_keys(target.keys)), "left_anti")
    return gone.selectExpr(*map(quoted, target.keys), "true AS __gone")


def _known_rows(stored: DataFrame, events: DataFrame, target: Target, floor: DataFrame | None) -> DataFrame:
    """Stored rows that the events may change: those of their keys, after a truncate all."""
    if floor is None:
        touched = events.selectExpr(*map(quoted, target.keys)).distinct()
        return stored.alias("t").join(touched.alias("s"), _expr(same_keys(target.keys)), "left_semi")
    every = stored.where(f"{STATE} <> '{TRUNCATED}'").crossJoin(floor)
    return every.withColumn(DELETED_AT, _expr(f"greatest({DELETED_AT}, __floor)")).drop("__floor")


def _one_per_sequence(events: DataFrame, target: Target) -> DataFrame:
    """The event that counts of those with equal key and sequence; the stored one when nothing differs."""
    keys = [quoted(key) for key in target.keys]
    order = f"{SEQUENCE}, {DELETED} DESC, {TIE} DESC, __was IS NULL"
    before = f"lag({SEQUENCE}) OVER (PARTITION BY {', '.join(keys)} ORDER BY {order})"
    numbered = events.repartition(*keys).selectExpr("*", f"{before} AS __before")
    return numbered.where(f"NOT ({SEQUENCE} <=> __before)").drop("__before")


def _versions(events: DataFrame, target: Target) -> DataFrame:
    """Mark the last event of each run of equal tracked values as the version that starts with the run."""
    ordered = f"OVER (PARTITION BY {listed(target.keys)} ORDER BY {SEQUENCE})"
    tracked = f"struct({listed(target.tracked)})" if target.tracked else "true"
    same = f"NOT {DELETED} AND lag({DELETED}) {ordered} = false AND {tracked} <=> lag({tracked}) {ordered}"
    starts = events.selectExpr("*", f"NOT coalesce({same}, false) AS __starts")
    framed = starts.selectExpr(
        "*",
        f"last_value(CASE WHEN __starts THEN {SEQUENCE} END, true) {ordered} AS {START}",
        f"coalesce(lead(__starts) {ordered}, true) AS __is_last",
        f"lead({SEQUENCE}) {ordered} AS {END}",
    )
    state = f"CASE WHEN {DELETED} THEN '{TOMBSTONE}' WHEN __is_last THEN '{VISIBLE}' ELSE '{MERGED}' END"
    unset = [UNSET] if target.parts else []
    return framed.selectExpr(
        *map(quoted, target.columns), START, END, SEQUENCE, f"{state} AS {STATE}", TIE, *unset, "__was"
    )


def _expr(condition: str) -> Column:
    from pyspark.sql.functions import expr

    return expr(condition)
