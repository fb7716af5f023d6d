"""Rows held in memory: computed once, whole, and read again without any file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

# Types whose values survive the way through the driver unchanged and that a Delta table can store.
SIMPLE_TYPES = (
    *("string", "boolean", "byte", "short", "integer", "long", "float", "double", "decimal"),
    *("date", "timestamp", "timestamp_ntz", "binary"),
)
FORBIDDEN_IN_NAMES = frozenset(" ,;{}()\n\t=")


def prepare_session(spark: SparkSession) -> None:
    """Let dates and times pass through the driver as instants of the calendar that SQL uses."""
    spark.conf.set("spark.sql.datetime.java8API.enabled", "true")


def hold(frame: DataFrame) -> DataFrame:
    """The few rows of `frame`, every column computed now, as a table in memory; all its columns may be NULL."""
    from pyspark.sql import DataFrame

    if not is_storable(frame.schema):
        return hold_many(frame)
    spark = frame.sparkSession
    schema = frame._jdf.schema().asNullable()
    return DataFrame(spark._jsparkSession.createDataFrame(frame._jdf.collectAsList(), schema), spark)


def hold_many(frame: DataFrame) -> DataFrame:
    """The same for rows of any number: they stay with the executors."""
    return frame.localCheckpoint()


def empty_stream(spark: SparkSession, schema: StructType) -> DataFrame:
    """A stream with these columns on which no row ever arrives; it is there to be analysed, not to be started."""
    columns = (f"CAST(NULL AS {field.dataType.simpleString()}) AS {quoted(field.name)}" for field in schema)
    return spark.readStream.format("rate").load().where("false").selectExpr(*columns)


def is_storable(schema: StructType) -> bool:
    """Whether a table in memory holds the same as a Delta table with these columns, without any setting."""
    names = [name.lower() for name in schema.names]
    return (
        len(set(names)) == len(names)
        and not any(FORBIDDEN_IN_NAMES & set(name) for name in names)
        and all(_is_simple(field.dataType) for field in schema)
    )


def _is_simple(kind: DataType) -> bool:
    from pyspark.sql.types import ArrayType, MapType, StructType

    if isinstance(kind, ArrayType):
        return _is_simple(kind.elementType)
    if isinstance(kind, MapType):
        return _is_simple(kind.keyType) and _is_simple(kind.valueType)
    if isinstance(kind, StructType):
        return is_storable(kind)
    return kind.typeName() in SIMPLE_TYPES
