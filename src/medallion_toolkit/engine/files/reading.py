"""A DataFrame over a file source: the schema's columns, columns of folders, rescued data, and the files' metadata.

Every source ends in the same columns: those of the schema, those that folders are named by, the rescued data
column where asked for, and `__file_metadata` (the platform's `_metadata`), which the binder hides again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.csv_rows import csv_rows
from medallion_toolkit.engine.files.json_rows import json_rows
from medallion_toolkit.engine.files.loading import load
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.partitions import partition_sql
from medallion_toolkit.engine.files.rescue import METADATA, quoted
from medallion_toolkit.engine.files.schema import FIXED, Layout, source_layout
from medallion_toolkit.engine.files.typed_rows import typed_rows
from medallion_toolkit.engine.files.xml_rows import xml_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

READERS = {
    "json": json_rows,
    "csv": csv_rows,
    "xml": xml_rows,
    "parquet": typed_rows,
    "avro": typed_rows,
    "orc": typed_rows,
}


def read_source(spark: SparkSession, source: FileSource, stream: bool, kept: Path) -> DataFrame:
    """The source as a streaming or batch DataFrame; `kept` is where an inferred schema is remembered."""
    layout = source_layout(spark, source, stream, kept)
    reader = READERS.get(source.format, _fixed)
    return reader(spark, source, layout, stream)


def _fixed(spark: SparkSession, source: FileSource, layout: Layout, is_stream: bool) -> DataFrame:
    """Text and binary files, whose columns are always the same."""
    options = {"wholetext": str(source.is_whole).lower(), **source.passed} if source.format == "text" else {}
    frame = load(spark, source, layout, is_stream, source.format, FIXED[source.format], **options)
    columns = [quoted(name) for name in layout.columns.names]
    columns += [f"{partition_sql(name, kind)} AS {quoted(name)}" for name, kind in layout.partitions.items()]
    return frame.selectExpr(*columns, METADATA)
