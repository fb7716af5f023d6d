"""AUTO CDC FROM SNAPSHOT: compare whole snapshots of a source with the table and apply the differences.

A snapshot is the source table as it is now, its version the time of the update, or what a function returns
for the last version: `(DataFrame, version)`, again and again until it returns None. The version stands in
the table as a row without a key, so that it is committed with the rows of its snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from medallion_toolkit.engine.auto_cdc import own_session
from medallion_toolkit.engine.binding import Binder, NotReady
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
from medallion_toolkit.engine.declared_columns import check_declared
from medallion_toolkit.engine.expectations import Counts, observed
from medallion_toolkit.engine.files.rescue import CORRUPT, literal, quoted
from medallion_toolkit.engine.scd import merge_type_1, merge_type_2
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import SEQUENCE, STATE, read_table
from medallion_toolkit.errors import PipelineError, RunError, UnsupportedError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Version = int | float | str | date | datetime
SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Snapshot:
    """All rows of a source at one version."""

    rows: DataFrame
    version: Version


def run_snapshots(binder: Binder, node: Node, flow: Flow) -> Counts:
    """Apply every snapshot of the flow's source that is newer than the last one applied."""
    _check(node, flow)
    spark, store = binder.spark, binder.store
    found = _from_function(binder, flow) if flow.query is not None else _from_table(binder, flow)
    total = Counts()
    for snapshot in found:
        check_declared(node.dataset, snapshot.rows, is_cdc=True)
        total = total + apply_snapshot(spark, store, flow, snapshot)
    return total


def _check(node: Node, flow: Flow) -> None:
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


def _from_table(binder: Binder, flow: Flow) -> Iterator[Snapshot]:
    cdc = _clauses(flow)
    rows = binder.table(cdc.source, "batch", flow.place)
    if rows.isStreaming:
        raise _refused(flow, f"{cdc.source} is a stream", "a table or a view that is read without STREAM")
    latest, now = latest_version(binder.spark, binder.store, flow), datetime.now(UTC).astimezone().replace(tzinfo=None)
    if isinstance(latest, datetime) and latest >= now:
        now = latest + timedelta(microseconds=1)
    yield Snapshot(rows, now)


def _from_function(binder: Binder, flow: Flow) -> Iterator[Snapshot]:
    while True:
        latest = latest_version(binder.spark, binder.store, flow)
        given = _called(binder, flow, latest)
        if given is None and latest is None:
            raise _refused(flow, "the first call returned None (FIRST_SNAPSHOT_EMPTY)", "a first snapshot")
        if given is None:
            return
        yield _snapshot(given, latest, flow)


def _called(binder: Binder, flow: Flow, latest: Version | None) -> object:
    query = flow.query
    function = getattr(query, "function", None)
    try:
        with binder.bound(), translated(flow.place):
            source = function() if function is not None else None
            return source(latest) if callable(source) else None
    except PipelineError as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, NotReady):
                raise cause from None
            cause = cause.__cause__ or cause.__context__
        raise


def _snapshot(given: object, latest: Version | None, flow: Flow) -> Snapshot:
    from pyspark.sql import DataFrame

    pair = "a tuple (DataFrame, version) or None"
    if not isinstance(given, tuple) or len(given) != 2 or not isinstance(given[0], DataFrame):
        raise _refused(flow, f"the function returned {type(given).__name__} (INVALID_SNAPSHOT_VERSION)", pair)
    rows, version = given
    if version is None:
        raise _refused(flow, "a snapshot has no version (INVALID_TUPLE_NULL_SNAPSHOT_VERSION)", pair)
    if isinstance(version, bool) or not isinstance(version, int | float | str | date):
        kind = type(version).__name__
        known = "an int, float, str, date or datetime"
        raise _refused(flow, f"a version is of the type {kind} (INVALID_SNAPSHOT_VERSION_TYPE)", known)
    if rows.isStreaming:
        raise _refused(flow, "a snapshot is a stream", "a DataFrame that is read without STREAM")
    if latest is not None and type(latest) is type(version) and not _is_later(version, latest):
        raise _refused(flow, f"the version {version} comes after {latest}", "versions that increase")
    return Snapshot(rows, version)


def _is_later(version: Any, latest: Any) -> bool:
    return bool(version > latest)


def latest_version(spark: SparkSession, store: Store, flow: Flow) -> Version | None:
    """The version of the snapshot applied last, None before the first."""
    if not store.exists(flow.target):
        return None
    stored = spark.read.format("delta").load(str(store.table(flow.target)))
    if SEQUENCE not in stored.columns:
        return None
    found = stored.where(f"{STATE} = '{SNAPSHOT}'").selectExpr(f"max({SEQUENCE}) AS version").first()
    version: Version | None = found["version"] if found else None
    return version


def apply_snapshot(spark: SparkSession, store: Store, flow: Flow, snapshot: Snapshot) -> Counts:
    """Insert new keys, update changed rows, delete missing keys and note the version, in one commit."""
    from pyspark.sql import Observation

    cdc = _clauses(flow)
    chosen = chosen_columns(cdc, [name for name in snapshot.rows.columns if name != CORRUPT], flow)
    target = target_of(spark, store, flow, snapshot.rows, chosen, (cdc,))
    at = f"{_literal(snapshot.version)} AS {SEQUENCE}"
    make_target(spark, store, flow, cdc, target, snapshot.rows.selectExpr(at))
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


def _literal(version: Version) -> str:
    """The version as SQL; whole numbers are BIGINT, times without a zone are those of this machine."""
    if isinstance(version, datetime):
        return f"TIMESTAMP '{version.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}Z'"
    if isinstance(version, date):
        return f"DATE '{version.isoformat()}'"
    if isinstance(version, str):
        return literal(version)
    return f"{version}L" if isinstance(version, int) else f"CAST('{version!r}' AS DOUBLE)"


def _clauses(flow: Flow) -> Cdc:
    if flow.cdc is None:
        raise PipelineError("MED210", f"the flow {flow.name} has no keys", place=flow.place)
    return flow.cdc


def _refused(flow: Flow, what: str, expected: str) -> RunError:
    return RunError("MED471", f"the snapshots of {flow.target}: {what}", place=flow.place, expected=expected)


def _unreadable(flow: Flow, what: str) -> RunError:
    return RunError(
        "MED471",
        f"the snapshot of {flow.target} is refused as a whole: {what}",
        place=flow.place,
        help="nothing of it was applied; the rows of the snapshot before are kept",
    )
