"""JSON: one record a line, or a whole file with `multiLine`; an array stands for its elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import ddl
from medallion_toolkit.engine.files.loading import load
from medallion_toolkit.engine.files.records import Parsed, as_rows
from medallion_toolkit.engine.files.rescue import METADATA, literal, map_of, options_map, quoted, without_names
from medallion_toolkit.engine.files.schema import FIXED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from medallion_toolkit.engine.files.options import FileSource
    from medallion_toolkit.engine.files.schema import Layout

INFERENCE_ONLY = ("primitivesAsString", "prefersDecimal", "dropFieldIfAllNull", "inferTimestamp")
TEXT_ONLY = ("encoding", "charset", "lineSep")
OBJECTS = "map<string,string>"


def json_rows(spark: SparkSession, source: FileSource, layout: Layout, is_stream: bool) -> DataFrame:
    """Rows of JSON files."""
    from pyspark.sql.types import StructType

    texts = file_texts(spark, source, layout, is_stream).where("trim(value) <> ''")
    array = "CASE WHEN startswith(ltrim(value), '[') THEN coalesce(from_json(value, 'array<string>'), array(value))"
    records = texts.selectExpr(f"explode({array} ELSE array(value) END) AS value", METADATA)
    if source.variant_column is not None:
        return _as_variant(records, source, layout)
    names = [name for name in layout.columns.names if name != source.corrupt_column]
    schema = StructType([field for field in layout.columns if field.name in names])
    options = {key: value for key, value in source.passed.items() if key not in (*INFERENCE_ONLY, *TEXT_ONLY)}
    text = "value" if source.is_case_sensitive else _spelled(names, options)
    read = records.selectExpr("value AS __raw", METADATA, f"{text} AS value").selectExpr(
        "*",
        f"from_json(value, {literal(ddl(schema))}{options_map(options)}) AS __row",
        "json_object_keys(value) AS __keys",
    )
    fields = f"from_json(value, {literal(OBJECTS)}{options_map(options)})"
    judged = read.selectExpr("*", f"{_is_odd(schema, layout.known)} AS __is_odd")
    parsed = judged.selectExpr("*", f"CASE WHEN __is_odd THEN {fields} END AS __fields")
    values = {name: f"__row.{quoted(name)}" for name in names}
    mismatched = _leftovers(schema, "__row", "__fields")
    unknown = without_names("__fields", layout.known)
    is_broken = "__is_odd AND __fields IS NULL"
    return as_rows(parsed, source, layout, Parsed(values, is_broken, "__raw", unknown, mismatched))


def _as_variant(records: DataFrame, source: FileSource, layout: Layout) -> DataFrame:
    """Whole records in one column."""
    parsed = records.selectExpr("value", METADATA, "try_parse_json(value) AS __variant")
    values = {source.variant_column or "": "__variant"}
    return as_rows(parsed, source, layout, Parsed(values, "__variant IS NULL", "value", None, ()))


def _is_odd(schema: StructType, known: tuple[str, ...]) -> str:
    """SQL condition: the record may hold what its columns do not take, so its fields are worth a second parse."""
    from pyspark.sql.types import StringType, StructType

    if any(isinstance(field.dataType, StructType) for field in schema):
        return "true"
    typed = [field.name for field in schema if not isinstance(field.dataType, StringType)]
    names = ", ".join(literal(name) for name in known)
    reasons = ["__keys IS NULL", f"size(array_except(__keys, array({names}))) > 0"]
    reasons += [f"(__row.{quoted(name)} IS NULL AND array_contains(__keys, {literal(name)}))" for name in typed]
    return " OR ".join(reasons)


def file_texts(spark: SparkSession, source: FileSource, layout: Layout, is_stream: bool) -> DataFrame:
    """Lines or whole files as `value`, whatever their encoding."""
    encoding = source.passed.get("encoding", source.passed.get("charset", "UTF-8"))
    line_end = source.passed.get("lineSep")
    if encoding.upper().replace("-", "") == "UTF8":
        options = {"wholetext": str(source.is_whole).lower(), **({"lineSep": line_end} if line_end else {})}
        return load(spark, source, layout, is_stream, "text", None, **options)
    files = load(spark, source, layout, is_stream, "binaryFile", FIXED["binaryFile"])
    text = f"decode(content, {literal(encoding)})"
    lines = "array(__text)" if source.is_whole else f"split(__text, {literal(line_end or chr(13) + '?' + chr(10))})"
    return files.selectExpr(f"{text} AS __text", METADATA).selectExpr(f"explode({lines}) AS value", METADATA)


def _spelled(names: list[str], options: dict[str, str]) -> str:
    """The record with its fields spelled as the columns are, for readerCaseSensitive = false."""
    pairs = ", ".join(f"{literal(name.lower())}, {literal(name)}" for name in names)
    fields = f"from_json(value, 'map<string,variant>'{options_map(options)})"
    renamed = f"to_json(transform_keys({fields}, (k, v) -> coalesce(map({pairs})[lower(k)], k)))"
    return f"coalesce({renamed}, value)" if names else "value"


def _leftovers(schema: StructType, row: str, fields: str) -> list[tuple[str, str]]:
    """(name, SQL of the text that found no place) of columns that may not take all they are given."""
    from pyspark.sql.types import StringType, StructType

    found = []
    for field in schema:
        text, typed = f"{fields}[{literal(field.name)}]", f"{row}.{quoted(field.name)}"
        if isinstance(field.dataType, StructType):
            inner = _nested(field.dataType, typed, f"from_json({text}, {literal(OBJECTS)})")
            found.append(
                (field.name, f"CASE WHEN {typed} IS NULL THEN {text} ELSE nullif(to_json({inner}), '{{}}') END")
            )
        elif not isinstance(field.dataType, StringType):
            found.append((field.name, f"CASE WHEN {typed} IS NULL THEN {text} END"))
    return found


def _nested(schema: StructType, row: str, fields: str) -> str:
    """SQL of the map of what a struct leaves over."""
    unknown = without_names(fields, schema.names)
    inner = _leftovers(schema, row, fields)
    return f"map_concat({unknown}, {map_of(inner)})" if inner else unknown
