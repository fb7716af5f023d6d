"""A DataFrame over a file source: the schema's columns, rescued data, and the files' metadata.

Every source ends in the same columns: those of the schema, the rescued data column where asked for,
and `__file_metadata` (the platform's `_metadata`), which the binder hides again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from medallion_toolkit.engine.files.listing import csv_header, source_files
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.rescue import CORRUPT, METADATA, literal, quoted, rescued
from medallion_toolkit.engine.files.schema import source_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

# Spark would pass over files a week older than the newest it has seen; the workspace reads them.
NEVER_TOO_OLD = "36500d"


def read_source(spark: SparkSession, source: FileSource, stream: bool, kept: Path) -> DataFrame:
    """The source as a streaming or batch DataFrame; `kept` is where an inferred schema is remembered."""
    source_files(source)
    schema = source_schema(spark, source, kept)
    if source.format == "text":
        return _lines(spark, source, stream)
    readers = {"json": _json, "csv": _csv, "parquet": _parquet}
    return readers[source.format](spark, source, stream, schema)


def _load(spark: SparkSession, source: FileSource, stream: bool, format_name: str, schema: str | None) -> DataFrame:
    options = {"recursiveFileLookup": "true", "maxFileAge": NEVER_TOO_OLD, **source.passed}
    if source.glob:
        options["pathGlobFilter"] = source.glob
    if stream and source.max_files:
        options["maxFilesPerTrigger"] = source.max_files
    reader = spark.readStream if stream else spark.read
    reader = reader.format(format_name).options(**options)
    if schema is not None:
        reader = reader.schema(schema)
    return reader.load(str(source.folder))


def _lines(spark: SparkSession, source: FileSource, stream: bool) -> DataFrame:
    return _load(spark, source, stream, "text", None).selectExpr("value", f"_metadata AS {METADATA}")


def _json(spark: SparkSession, source: FileSource, stream: bool, schema: StructType) -> DataFrame:
    lines = _lines(spark, source, stream).where("trim(value) <> ''")
    ddl = ", ".join(f"{quoted(field.name)} {field.dataType.simpleString()}" for field in schema)
    parsed = lines.selectExpr(
        "value",
        METADATA,
        f"from_json(value, {literal(ddl)}) AS __row",
        "from_json(value, 'map<string,string>') AS __fields",
    )
    columns = [f"__row.{quoted(name)} AS {quoted(name)}" for name in schema.names]
    if source.rescued_column:
        columns.append(f"{_json_rescued(schema)} AS {quoted(source.rescued_column)}")
    return parsed.selectExpr(*columns, METADATA)


def _json_rescued(schema: StructType) -> str:
    names = ", ".join(literal(name) for name in schema.names)
    unknown = f"map_filter(__fields, (k, v) -> NOT array_contains(array({names}), k) AND v IS NOT NULL)"
    typed = [field.name for field in schema if field.dataType.simpleString() != "string"]
    mismatched = [(name, f"__row.{quoted(name)}", f"__fields[{literal(name)}]") for name in typed]
    return rescued("__fields IS NULL", "value", unknown, mismatched)


def _csv(spark: SparkSession, source: FileSource, stream: bool, schema: StructType) -> DataFrame:
    headers = {file: csv_header(file, source) for file in source_files(source)} if source.header else {}
    distinct = {header for header in headers.values() if header}
    width = max(map(len, distinct), default=len(schema.names))
    positions = [f"_{index}" for index in range(width)]
    ddl = ", ".join(f"{name} STRING" for name in [*positions, CORRUPT])
    options = {**source.passed, "header": str(source.header).lower(), "columnNameOfCorruptRecord": CORRUPT}
    loaded = _load(spark, replace(source, passed=options), stream, "csv", ddl)
    frame = loaded.selectExpr(*positions, CORRUPT, f"_metadata AS {METADATA}")
    if len(distinct) > 1:
        return _csv_by_file(frame, source, schema, headers, positions)
    header = next(iter(distinct), tuple(schema.names))
    texts = {name: positions[index] for index, name in enumerate(header) if index < width}
    unknown = {name: text for name, text in texts.items() if name not in schema.names}
    return _csv_columns(frame, source, schema, texts, _map_of(unknown), _is_too_long(width, source))


def _is_too_long(width: int, source: FileSource) -> str:
    """Rows with more values than columns. Spark flags rows with fewer ones too; those only lack values."""
    ddl = ", ".join(f"_{index} STRING" for index in range(width + 1))
    options = ", ".join(f"{literal(key)}, {literal(value)}" for key, value in {"sep": ",", **source.passed}.items())
    return f"{CORRUPT} IS NOT NULL AND from_csv({CORRUPT}, {literal(ddl)}, map({options}))._{width} IS NOT NULL"


def _csv_by_file(
    frame: DataFrame,
    source: FileSource,
    schema: StructType,
    headers: dict[Path, tuple[str, ...]],
    positions: list[str],
) -> DataFrame:
    """Files that name their columns differently: each row is read by the header of its own file."""
    names = "CASE " + " ".join(
        f"WHEN endswith({METADATA}.file_path, {literal(_uri_path(file))}) THEN array({', '.join(map(literal, header))})"
        for file, header in headers.items()
        if header
    )
    names += " ELSE raise_error('a file arrived while the run started; run again') END"
    values = f"array({', '.join(positions)})"
    pairs = f"map_from_entries(arrays_zip({names}, slice({values}, 1, size({names}))))"
    keyed = frame.selectExpr(CORRUPT, METADATA, f"{pairs} AS __fields", f"{values} AS __values", f"{names} AS __names")
    texts = {name: f"__fields[{literal(name)}]" for name in schema.names}
    known = ", ".join(literal(name) for name in schema.names)
    unknown = f"map_filter(__fields, (k, v) -> NOT array_contains(array({known}), k) AND v IS NOT NULL)"
    too_long = "exists(slice(__values, size(__names) + 1, size(__values)), v -> v IS NOT NULL)"
    is_corrupt = f"({too_long}) OR ({_is_too_long(len(positions), source)})"
    return _csv_columns(keyed, source, schema, texts, unknown, is_corrupt)


def _csv_columns(
    frame: DataFrame, source: FileSource, schema: StructType, texts: dict[str, str], unknown: str | None, corrupt: str
) -> DataFrame:
    columns, mismatched = [], []
    for field in schema:
        text = texts.get(field.name, "CAST(NULL AS STRING)")
        kind = field.dataType.simpleString()
        typed = text if kind == "string" else f"try_cast({text} AS {kind})"
        columns.append(f"{typed} AS {quoted(field.name)}")
        if kind != "string":
            mismatched.append((field.name, typed, text))
    if source.rescued_column:
        columns.append(f"{rescued(corrupt, CORRUPT, unknown, mismatched)} AS {quoted(source.rescued_column)}")
    return frame.selectExpr(*columns, METADATA)


def _map_of(texts: dict[str, str]) -> str | None:
    if not texts:
        return None
    pairs = ", ".join(f"{literal(name)}, {text}" for name, text in texts.items())
    return f"map_filter(map({pairs}), (k, v) -> v IS NOT NULL)"


def _uri_path(file: Path) -> str:
    return quote(str(file.absolute()), safe="/!$&'()*+,;=:@-._~")


def _parquet(spark: SparkSession, source: FileSource, stream: bool, schema: StructType) -> DataFrame:
    files = [str(file) for file in source_files(source)]
    stored = spark.read.option("mergeSchema", "true").parquet(*files).schema if files else schema
    ddl = ", ".join(f"{quoted(field.name)} {field.dataType.simpleString()}" for field in stored)
    frame = _load(spark, source, stream, "parquet", ddl)
    types = {field.name: field.dataType.simpleString() for field in stored}
    columns, mismatched = [], []
    for field in schema:
        name, kind = quoted(field.name), field.dataType.simpleString()
        if field.name not in types:
            columns.append(f"CAST(NULL AS {kind}) AS {name}")
        elif types[field.name] == kind:
            columns.append(name)
        else:
            columns.append(f"try_cast({name} AS {kind}) AS {name}")
            mismatched.append((field.name, f"try_cast({name} AS {kind})", f"CAST({name} AS STRING)"))
    if source.rescued_column:
        unknown = {name: _as_text(name, kind) for name, kind in types.items() if name not in schema.names}
        text = rescued("false", "CAST(NULL AS STRING)", _map_of(unknown), mismatched)
        columns.append(f"{text} AS {quoted(source.rescued_column)}")
    return frame.selectExpr("*", f"_metadata AS {METADATA}").selectExpr(*columns, METADATA)


def _as_text(name: str, kind: str) -> str:
    """A column as text, nested ones as JSON; NULL stays NULL."""
    if kind.startswith(("array", "map", "struct")):
        return f"CASE WHEN {quoted(name)} IS NOT NULL THEN to_json({quoted(name)}) END"
    return f"CAST({quoted(name)} AS STRING)"
