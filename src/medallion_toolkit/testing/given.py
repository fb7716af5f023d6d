"""Rows of a test file as a DataFrame: values are written as text and read in the types of the table."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.tables import empty_frame
from medallion_toolkit.errors import ConfigError, Place, did_you_mean
from medallion_toolkit.testing.cases import Row, Rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

NESTED = ("array", "map", "struct", "variant")
ROW_ID = "_row_id"


def completed(rows: Rows, defaults: Row) -> Rows:
    """`rows` with the file's defaults for the columns they do not name."""
    return tuple({**defaults, **row} for row in rows)


def rows_as_frame(spark: SparkSession, schema: StructType, rows: Sequence[Row], shown: str, place: Place) -> DataFrame:
    """The rows with these columns, absent ones NULL, `_row_id` unique; ConfigError for a column that is not there."""
    if not rows:
        return empty_frame(spark, schema)
    texts = [_row_text(schema, row, shown, place) for row in rows]
    values = ", ".join(f"({literal(text)})" for text in texts)
    raw = spark.sql(f"SELECT from_json(row, 'map<string,string>') AS row FROM VALUES {values} AS given(row)")
    return raw.selectExpr(*(_typed(field.name, field.dataType.simpleString()) for field in schema))


def _row_text(schema: StructType, row: Row, shown: str, place: Place) -> str:
    by_lower = {name.lower(): name for name in schema.names}
    for name in row:
        if str(name).lower() not in by_lower:
            raise ConfigError(
                "MED435",
                f"{shown} has no column {name}",
                place=place,
                help=did_you_mean(str(name), schema.names) or f"columns: {', '.join(schema.names)}",
            )
    values = {by_lower[str(name).lower()]: _text(value) for name, value in row.items()}
    if ROW_ID in schema.names and schema[ROW_ID].dataType.simpleString() == "string" and values.get(ROW_ID) is None:
        values[ROW_ID] = str(uuid.uuid4())
    return json.dumps(values)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, default=str) if isinstance(value, (list, dict)) else str(value)


def _typed(name: str, kind: str) -> str:
    value = f"row[{literal(name)}]"
    if kind.startswith(NESTED):
        return f"from_json({value}, {literal(kind)}) AS {quoted(name)}"
    return f"CAST({value} AS {kind}) AS {quoted(name)}"
