"""Where snapshots come from: the source table as it is now, or a function called with the last version."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder, NotReady
from medallion_toolkit.engine.files.rescue import literal
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import SEQUENCE, STATE
from medallion_toolkit.errors import PipelineError, RunError
from medallion_toolkit.model import Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Version = int | float | str | date | datetime
SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Snapshot:
    """All rows of a source at one version."""

    rows: DataFrame
    version: Version

    @property
    def order(self) -> str:
        """The version as SQL; whole numbers are BIGINT, times without a zone are those of this machine."""
        version = self.version
        if isinstance(version, datetime):
            return f"TIMESTAMP '{version.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}Z'"
        if isinstance(version, date):
            return f"DATE '{version.isoformat()}'"
        if isinstance(version, str):
            return literal(version)
        return f"{version}L" if isinstance(version, int) else f"CAST('{version!r}' AS DOUBLE)"


def from_table(binder: Binder, flow: Flow, source: str) -> Iterator[Snapshot]:
    """The table or view as it is now; its version is the time, which never stands still."""
    rows = binder.table(source, "batch", flow.place)
    if rows.isStreaming:
        raise _refused(flow, f"{source} is a stream", "a table or a view that is read without STREAM")
    latest, now = latest_version(binder.spark, binder.store, flow), datetime.now(UTC).astimezone().replace(tzinfo=None)
    if isinstance(latest, datetime) and latest >= now:
        now = latest + timedelta(microseconds=1)
    yield Snapshot(rows, now)


def from_function(binder: Binder, flow: Flow) -> Iterator[Snapshot]:
    """What the flow's function returns, call after call, until it is None; each is applied before the next call."""
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
    if latest is not None and type(latest) is type(version) and not operator.gt(version, latest):
        raise _refused(flow, f"the version {version} comes after {latest}", "versions that increase")
    return Snapshot(rows, version)


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


def _refused(flow: Flow, what: str, expected: str) -> RunError:
    return RunError("MED471", f"the snapshots of {flow.target}: {what}", place=flow.place, expected=expected)
