"""The merges behind AUTO CDC: one stored row a key (type 1), every event of a key (type 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.tables import HIDDEN, SEQUENCE, STATE, VISIBLE

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

DELETED = f"{HIDDEN}is_delete"
TIE = f"{HIDDEN}tie"
TOMBSTONE = "deleted"
MERGED = "merged"


class StoredTarget(Protocol):
    """What the merges need to know of a target; see `auto_cdc.Target`."""

    @property
    def path(self) -> str: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def tracked(self) -> tuple[str, ...]: ...


def merge_type_1(spark: SparkSession, events: DataFrame, target: StoredTarget) -> None:
    """Keep the last event of each key; a delete is kept as a tombstone that older events cannot pass."""
    from delta.tables import DeltaTable

    keys = ", ".join(map(quoted, target.keys))
    state = f"CASE WHEN {DELETED} THEN '{TOMBSTONE}' ELSE '{VISIBLE}' END"
    newest = f"row_number() OVER (PARTITION BY {keys} ORDER BY {SEQUENCE} DESC, {DELETED} DESC, {TIE} DESC)"
    last = (
        events.selectExpr("*", f"{newest} AS __place")
        .where("__place = 1")
        .selectExpr(*map(quoted, target.columns), SEQUENCE, f"{state} AS {STATE}", TIE)
    )
    order = "struct({0}.{1}, {0}.{2} = '{3}', {0}.{4})"
    newer = " > ".join(order.format(side, SEQUENCE, STATE, TOMBSTONE, TIE) for side in ("s", "t"))
    table = DeltaTable.forPath(spark, target.path).alias("t")
    merge = table.merge(last.alias("s"), _same(target.keys))
    merge.whenMatchedUpdateAll(condition=newer).whenNotMatchedInsertAll().execute()


def merge_type_2(spark: SparkSession, events: DataFrame, target: StoredTarget) -> None:
    """Place the events among those already stored for their keys and mark anew which are versions."""
    from delta.tables import DeltaTable

    columns = [*map(quoted, target.columns), SEQUENCE, DELETED, TIE]
    stored = spark.read.format("delta").load(target.path)
    touched = events.selectExpr(*map(quoted, target.keys)).distinct()
    known = stored.alias("t").join(touched.alias("s"), _expr(_same(target.keys)), "left_semi")
    known = known.selectExpr("*", f"{STATE} = '{TOMBSTONE}' AS {DELETED}")
    together = known.selectExpr(*columns, "0 AS __arrival").unionByName(events.selectExpr(*columns, "1 AS __arrival"))
    placed = _versions(_one_per_sequence(together, target), target)
    at = f"{_same(target.keys)} AND s.{SEQUENCE} <=> t.{SEQUENCE}"
    changed = " OR ".join(f"NOT (s.{name} <=> t.{name})" for name in (STATE, TIE, "__START_AT", "__END_AT"))
    merge = DeltaTable.forPath(spark, target.path).alias("t").merge(placed.alias("s"), at)
    merge.whenMatchedUpdateAll(condition=changed).whenNotMatchedInsertAll().execute()


def _one_per_sequence(events: DataFrame, target: StoredTarget) -> DataFrame:
    keys = ", ".join(map(quoted, target.keys))
    order = f"{DELETED} DESC, {TIE} DESC, __arrival"
    place = f"row_number() OVER (PARTITION BY {keys}, {SEQUENCE} ORDER BY {order})"
    return events.selectExpr("*", f"{place} AS __place").where("__place = 1").drop("__place", "__arrival")


def _versions(events: DataFrame, target: StoredTarget) -> DataFrame:
    """Mark the last event of each run of equal tracked values as the version that starts with the run."""
    keys = ", ".join(map(quoted, target.keys))
    ordered = f"PARTITION BY {keys} ORDER BY {SEQUENCE}"
    tracked = f"struct({', '.join(map(quoted, target.tracked))})" if target.tracked else "true"
    same = (
        f"NOT {DELETED} AND lag({DELETED}) OVER ({ordered}) = false AND {tracked} <=> lag({tracked}) OVER ({ordered})"
    )
    starts = events.selectExpr("*", f"NOT coalesce({same}, false) AS __starts")
    runs = starts.selectExpr("*", f"sum(int(__starts)) OVER ({ordered}) AS __run")
    in_run = f"PARTITION BY {keys}, __run"
    framed = runs.selectExpr(
        "*",
        f"min({SEQUENCE}) OVER ({in_run}) AS __START_AT",
        f"max({SEQUENCE}) OVER ({in_run}) = {SEQUENCE} AS __is_last",
        f"lead({SEQUENCE}) OVER ({ordered}) AS __END_AT",
    )
    state = f"CASE WHEN {DELETED} THEN '{TOMBSTONE}' WHEN __is_last THEN '{VISIBLE}' ELSE '{MERGED}' END"
    return framed.selectExpr(
        *map(quoted, target.columns), "__START_AT", "__END_AT", SEQUENCE, f"{state} AS {STATE}", TIE
    )


def _same(keys: tuple[str, ...]) -> str:
    return " AND ".join(f"s.{quoted(key)} <=> t.{quoted(key)}" for key in keys)


def _expr(condition: str) -> Column:
    from pyspark.sql.functions import expr

    return expr(condition)
