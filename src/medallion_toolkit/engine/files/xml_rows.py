"""XML: the elements that `rowTag` names, each read for itself, so that a broken one does not take the file along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import ddl
from medallion_toolkit.engine.files.loading import load
from medallion_toolkit.engine.files.records import Parsed, as_rows
from medallion_toolkit.engine.files.rescue import METADATA, literal, options_map, quoted, without_names
from medallion_toolkit.engine.files.schema import FIXED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from medallion_toolkit.engine.files.options import FileSource
    from medallion_toolkit.engine.files.schema import Layout

BROKEN = "__medallion_broken"


def xml_rows(spark: SparkSession, source: FileSource, layout: Layout, is_stream: bool) -> DataFrame:
    """Rows of XML files."""
    from pyspark.sql.types import StringType, StructField, StructType

    records = _records(load(spark, source, layout, is_stream, "binaryFile", FIXED["binaryFile"]), source)
    fields = [field for field in layout.columns if field.name != source.corrupt_column]
    names = [field.name for field in fields]
    options = {key: value for key, value in source.passed.items() if key not in ("encoding", "charset")}
    typed = ddl(StructType([*fields, StructField(BROKEN, StringType())]))
    texts = ddl(StructType([StructField(name, StringType()) for name in (*names, BROKEN)]))
    marked = options_map({**options, "columnNameOfCorruptRecord": BROKEN})
    untyped = options_map({**options, "inferSchema": "false"})
    fields_map = f"CAST(from_xml(value, 'variant'{untyped}) AS MAP<STRING, STRING>)"
    read = records.selectExpr(
        "value",
        METADATA,
        f"from_xml(value, {literal(typed)}{marked}) AS __row",
        f"from_xml(value, {literal(texts)}{marked}) AS __texts",
    )
    parsed = read.selectExpr("*", f"CASE WHEN __texts.{BROKEN} IS NULL THEN {fields_map} END AS __fields")
    values = {
        field.name: f"{'__texts' if isinstance(field.dataType, StringType) else '__row'}.{quoted(field.name)}"
        for field in fields
    }
    mismatched = [
        (field.name, f"CASE WHEN {values[field.name]} IS NULL THEN __texts.{quoted(field.name)} END")
        for field in fields
        if not isinstance(field.dataType, StringType)
    ]
    unknown = without_names("__fields", layout.known)
    is_broken = f"__texts.{BROKEN} IS NOT NULL"
    return as_rows(parsed, source, layout, Parsed(values, is_broken, "value", unknown, mismatched))


def _records(files: DataFrame, source: FileSource) -> DataFrame:
    """The text of each row element; comments hold none."""
    tag = re.escape(source.passed["rowTag"])
    encoding = source.passed.get("encoding", source.passed.get("charset", "UTF-8"))
    content = f"regexp_replace(decode(content, {literal(encoding)}), '(?s)<!--.*?-->', '')"
    pattern = rf"(?s)<{tag}(?:\s[^>]*)?/>|<{tag}(?:\s[^>]*)?>.*?</{tag}\s*>"
    found = f"regexp_extract_all({content}, {literal(pattern)}, 0)"
    return files.selectExpr(f"explode({found}) AS value", METADATA)
