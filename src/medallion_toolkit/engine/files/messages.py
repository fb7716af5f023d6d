"""Kafka, Kinesis, Pub/Sub and Pulsar as files of recorded records, with the columns of the source itself.

Columns as in `sql/language-manual/functions/read_kafka`, `read_kinesis`, `read_pubsub` and `read_pulsar`. One JSON
object a line is one record; what it does not say has a default that is the same in every run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import parse_ddl
from medallion_toolkit.engine.files.listing import seen_paths, uri_path
from medallion_toolkit.engine.files.loading import FILE_PATH, load
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.rescue import METADATA, literal, quoted, without_names
from medallion_toolkit.engine.files.schema import Layout
from medallion_toolkit.errors import PipelineError, Place, UnsupportedError, nearest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

RECORDS_IN_A_FILE = 1_000_000
POSITION = f"(__file * {RECORDS_IN_A_FILE} + __line)"
TIME = f"{METADATA}.file_modification_time"


@dataclass(frozen=True)
class Field:
    """A column of a message source: its type, and SQL for a record that does not say it.

    `{name}` in the default stands for the topic or stream as a SQL literal. Bytes are recorded as text, or in
    base64 under the name with `_base64`.
    """

    name: str
    type: str
    default: str = "NULL"


@dataclass(frozen=True)
class MessageSource:
    """A kind of message source; `named_by` are the options that name what is read, in lower case."""

    columns: tuple[Field, ...]
    named_by: tuple[str, ...]
    options: tuple[str, ...] = ()


KAFKA_OPTIONS = (
    "bootstrapServers", "subscribe", "subscribePattern", "assign", "startingOffsets", "startingTimestamp",
    "startingOffsetsByTimestamp", "startingOffsetsByTimestampStrategy", "failOnDataLoss", "minPartitions",
    "maxRecordsPerPartition", "maxOffsetsPerTrigger", "minOffsetsPerTrigger", "maxTriggerDelay", "groupIdPrefix",
    "includeHeaders", "kafkaConsumer.pollTimeoutMs", "fetchOffset.numRetries", "fetchOffset.retryIntervalMs",
    "serviceCredential", "databricks.serviceCredential",
)  # fmt: skip
HEADERS = Field("headers", "ARRAY<STRUCT<key: STRING, value: BINARY>>")
MESSAGES: Mapping[str, MessageSource] = {
    "kafka": MessageSource(
        (
            Field("key", "BINARY"),
            Field("value", "BINARY"),
            Field("topic", "STRING", "{name}"),
            Field("partition", "INT", "0"),
            Field("offset", "BIGINT", POSITION),
            Field("timestamp", "TIMESTAMP", TIME),
            Field("timestampType", "INT", "0"),
        ),
        ("subscribe", "assign", "subscribepattern"),
        KAFKA_OPTIONS,
    ),
    "kinesis": MessageSource(
        (
            Field("partitionKey", "STRING", "''"),
            Field("data", "BINARY"),
            Field("stream", "STRING", "{name}"),
            Field("shardId", "STRING", "'shardId-000000000000'"),
            Field("sequenceNumber", "STRING", f"lpad(CAST({POSITION} AS STRING), 56, '0')"),
            Field("approximateArrivalTimestamp", "TIMESTAMP", TIME),
        ),
        ("streamname", "streamarn"),
    ),
    "pubsub": MessageSource(
        (
            Field("messageId", "STRING", f"CAST({POSITION} AS STRING)"),
            Field("payload", "BINARY"),
            Field("attributes", "STRING"),
            Field("publishTimestampInMillis", "BIGINT", f"unix_millis({TIME})"),
            Field("sequenceNumber", "BIGINT", POSITION),
        ),
        ("topicid",),
    ),
    "pulsar": MessageSource(
        (
            Field("__key", "BINARY"),
            Field("value", "BINARY"),
            Field("__topic", "STRING", "{name}"),
            Field("__messageId", "BINARY", f"encode(CAST({POSITION} AS STRING), 'UTF-8')"),
            Field("__publishTime", "TIMESTAMP", TIME),
            Field("__eventTime", "TIMESTAMP"),
            Field("__messageProperties", "MAP<STRING, STRING>"),
        ),
        ("topics", "topic", "topicspattern"),
    ),
}


def message_names(kind: str, options: Mapping[str, str], recorded: Sequence[str], place: Place) -> tuple[str, ...]:
    """The topics or streams that the options name; a pattern chooses among the `recorded` ones."""
    given = {key.lower(): value for key, value in options.items()}
    key = next((key for key in MESSAGES[kind].named_by if key in given), None)
    if key is None:
        named = MESSAGES[kind].named_by[0]
        raise PipelineError("MED274", f"a {kind} source needs the option {named}", place=place)
    if key == "assign":
        return tuple(json.loads(given[key]))
    if key.endswith("pattern"):
        return tuple(name for name in recorded if re.fullmatch(given[key], name))
    return tuple(name.strip() for name in given[key].split(",")) if kind != "kinesis" else (given[key].split("/")[-1],)


def check_message_options(kind: str, options: Mapping[str, str], place: Place) -> None:
    """Refuse options of Kafka that are unknown, or that choose among its records by their offsets."""
    known = {name.lower(): name for name in MESSAGES[kind].options}
    for name, value in options.items():
        key = name.lower()
        if not known or key.startswith("kafka."):
            continue
        if key not in known:
            close = nearest(key, known)
            raise UnsupportedError(
                "MED402",
                f"a {kind} source has no option {name}, or it is not supported locally",
                place=place,
                help=f"did you mean {known[close]}?" if close else "all recorded records are read here",
            )
        if key.startswith("starting") and value.lower() not in ("earliest", "latest"):
            raise UnsupportedError(
                "MED402",
                f"{known[key]} of a {kind} source takes earliest or latest locally",
                place=place,
                found=value,
                help="all recorded records are read here; leave out those that come before",
            )


def message_rows(
    spark: SparkSession, kind: str, name: str, source: FileSource, is_stream: bool, has_headers: bool
) -> DataFrame:
    """The records in the source's folder; a line that is no record of this kind stops the read."""
    columns = (*MESSAGES[kind].columns, *((HEADERS,) if kind == "kafka" else ()))
    paths = seen_paths(source)
    layout = Layout(parse_ddl("value STRING"), {}, tuple(paths))
    files = load(spark, source, layout, is_stream, "text", None, wholetext="true")
    order = f"array_position(array({', '.join(literal(uri_path(path)) for path in paths) or 'NULL'}), {FILE_PATH}) - 1"
    lines = files.selectExpr(METADATA, f"{order} AS __file", r"posexplode(split(value, '\r?\n')) AS (__line, value)")
    known = [name for column in columns for name in _recorded_names(column)]
    parsed = lines.where("trim(value) <> ''").selectExpr(
        METADATA,
        "__file",
        "__line",
        "value AS __raw",
        f"from_json(value, {literal(_recorded_ddl(columns))}) AS __row",
        "from_json(value, 'map<string,string>') AS __fields",
    )
    typed = [f"(__row.{quoted(field)} IS NULL AND __fields[{literal(field)}] IS NOT NULL)" for field in known]
    wrong = f"__fields IS NULL OR size({without_names('__fields', known)}) > 0 OR {' OR '.join(typed)}"
    message = f"concat('[RECORD_IS_NOT_{kind.upper()}] ', __raw, ' in ', {METADATA}.file_path)"
    checked = parsed.where(f"CASE WHEN {wrong} THEN raise_error({message}) ELSE true END")
    shown = [column for column in columns if has_headers or column is not HEADERS]
    return checked.selectExpr(*(f"{_value(column, name)} AS {quoted(column.name)}" for column in shown))


def _recorded_names(column: Field) -> tuple[str, ...]:
    return (column.name, f"{column.name}_base64") if column.type == "BINARY" else (column.name,)


def _recorded_ddl(columns: Sequence[Field]) -> str:
    """Columns of a line: bytes are text there."""
    return ", ".join(
        f"{quoted(name)} {column.type.replace('BINARY', 'STRING')}"
        for column in columns
        for name in _recorded_names(column)
    )


def _value(column: Field, name: str) -> str:
    value = f"__row.{quoted(column.name)}"
    if column is HEADERS:
        return f"transform({value}, h -> struct(h.key AS key, encode(h.value, 'UTF-8') AS value))"
    if column.type == "BINARY":
        value = f"coalesce(unbase64(__row.{quoted(column.name + '_base64')}), encode({value}, 'UTF-8'))"
    default = column.default.replace("{name}", literal(name))
    return value if default == "NULL" else f"CAST(coalesce({value}, {default}) AS {column.type})"
