"""Spark's reader over a source's files, with the options every format shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.listing import uri_path
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.rescue import METADATA, literal
from medallion_toolkit.engine.files.schema import Layout

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Spark would pass over files a week older than the newest it has seen; the workspace reads them.
NEVER_TOO_OLD = "36500d"
FILE_PATH = f"regexp_replace({METADATA}.file_path, '^file:/+', '/')"


def load(
    spark: SparkSession,
    source: FileSource,
    layout: Layout,
    is_stream: bool,
    format_name: str,
    schema: str | None = None,
    **options: str,
) -> DataFrame:
    """The files as Spark reads them, with their metadata in a column of its own."""
    chosen = {"maxFileAge": NEVER_TOO_OLD, "ignoreMissingFiles": str(source.skips_missing).lower(), **options}
    chosen["ignoreCorruptFiles"] = str(source.skips_corrupt).lower()
    if source.is_recursive or layout.partitions:
        chosen["recursiveFileLookup"] = "true"
    if source.glob:
        chosen["pathGlobFilter"] = source.glob
    if is_stream:
        chosen |= _limits(source)
    reader = (spark.readStream if is_stream else spark.read).format(format_name).options(**chosen)
    if schema is not None:
        reader = reader.schema(schema)
    frame = reader.load(str(source.folder)).selectExpr("*", f"_metadata AS {METADATA}")
    for condition in _conditions(source, layout):
        frame = frame.where(condition)
    return frame


def _limits(source: FileSource) -> dict[str, str]:
    """Spark takes one limit; files come in the same order with either, so the rows are the same."""
    if source.max_files is not None:
        return {"maxFilesPerTrigger": str(source.max_files)}
    return {"maxBytesPerTrigger": str(source.max_bytes)} if source.max_bytes is not None else {}


def _conditions(source: FileSource, layout: Layout) -> list[str]:
    """Which files count. Spark's streams refuse modifiedAfter, so every reader filters by the file's own time."""
    time, conditions = f"{METADATA}.file_modification_time", []
    if source.modified_after is not None:
        conditions.append(f"{time} > CAST({literal(source.modified_after)} AS TIMESTAMP)")
    if source.modified_before is not None:
        conditions.append(f"{time} < CAST({literal(source.modified_before)} AS TIMESTAMP)")
    if layout.before:
        conditions.append(f"NOT {is_file(sorted(layout.before))}")
    return conditions


def is_file(paths: list[str]) -> str:
    """SQL condition: the row comes from one of these files."""
    return f"{FILE_PATH} IN ({', '.join(literal(uri_path(path)) for path in paths)})"
