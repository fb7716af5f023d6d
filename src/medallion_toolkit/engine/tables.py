"""Local Delta tables under their workspace names.

AUTO CDC targets keep every event they need to place a late one; the rows readers see are those in state
`row`, without the columns that begin with `__medallion_`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.check_records import CHECKS_FILE, CHECKS_SCHEMA
from medallion_toolkit.engine.event_log import SCHEMA as EVENT_SCHEMA
from medallion_toolkit.engine.files.ddl import parse_ddl
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.store import Store
from medallion_toolkit.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

HIDDEN = "__medallion_"
STATE = f"{HIDDEN}state"
SEQUENCE = f"{HIDDEN}sequence"
VISIBLE = "row"
LONGEST_LOG = 50
FIRST_READ_OPTIONS = {"startingVersion", "startingTimestamp", "readChangeFeed", "withEventTimeOrder"}


def read_table(spark: SparkSession, store: Store, name: str, options: Mapping[str, str] | None = None) -> DataFrame:
    """The published rows of a local table; in one piece where work is not split, so that nothing is shuffled."""
    path = str(store.table(name))
    rows = published(spark.read.format("delta").options(**dict(options or {})).load(path))
    return rows.coalesce(1) if spark.conf.get("spark.sql.shuffle.partitions") == "1" else rows


def stream_table(spark: SparkSession, store: Store, name: str, options: Mapping[str, str] | None = None) -> DataFrame:
    """The same as a stream of appended rows; a commit that changes rows stops it unless skipChangeCommits is set."""
    path = store.table(name)
    chosen = dict(options or {})
    if not FIRST_READ_OPTIONS & chosen.keys() and _is_append_only(path):
        chosen["startingVersion"] = "0"
    return published(spark.readStream.format("delta").options(**chosen).load(str(path)))


def _is_append_only(path: Path) -> bool:
    """Whether the log is whole, short and without removed files.

    Such a table gives the same rows from its first commit on as from its snapshot, in a third of the time.
    """
    log = sorted((path / "_delta_log").glob("*.json"))
    if not log or len(log) > LONGEST_LOG or int(log[0].stem) != 0:
        return False
    return not any(line.startswith('{"remove"') for file in log for line in file.read_text("utf-8").splitlines())


def read_events(spark: SparkSession, path: Path) -> DataFrame:
    """A pipeline's event log, or what gates found, as a table."""
    schema = CHECKS_SCHEMA if path.name == CHECKS_FILE else EVENT_SCHEMA
    if not path.exists():
        return empty_frame(spark, parse_ddl(schema))
    return spark.read.schema(schema).json(str(path))


def published(stored: DataFrame) -> DataFrame:
    if STATE not in stored.columns:
        return stored
    hidden = [column for column in stored.columns if column.startswith(HIDDEN)]
    return stored.where(f"{STATE} = '{VISIBLE}'").drop(*hidden)


def empty_frame(spark: SparkSession, schema: StructType) -> DataFrame:
    """No rows with these columns, made without a Python worker."""
    columns = (f"CAST(NULL AS {field.dataType.simpleString()}) AS {quoted(field.name)}" for field in schema)
    return spark.range(0).selectExpr(*columns)


def make_empty(spark: SparkSession, store: Store, name: str, like: DataFrame) -> None:
    """Create the table with the columns of `like` and no rows, unless it is there."""
    if not store.exists(name):
        empty_frame(spark, like.schema).write.format("delta").mode("append").save(str(store.table(name)))


def committed_batch(spark: SparkSession, store: Store, name: str, application: str) -> int:
    """The last batch that `application` committed to the table, -1 when there is none."""
    return last_batch(spark, store.table(name), application)


def last_batch(spark: SparkSession, path: Path, application: str) -> int:
    """`committed_batch` of the Delta table at `path`, -1 also when there is no table."""
    if not any((path / "_delta_log").glob("*.json")):
        return -1
    jvm = spark._jvm
    if jvm is None:
        raise EnvironmentProblem("MED507", "the Spark session has ended")
    log = jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, str(path))
    none = jvm.scala.Option.empty()
    snapshot = log.update(False, none, none)
    found = snapshot.transactions().get(application)
    return int(found.get()) if found.isDefined() else -1
