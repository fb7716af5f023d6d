"""Parquet, Avro and ORC: files that hold their own types; a column of another type is cast, or rescued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import ddl, type_ddl
from medallion_toolkit.engine.files.loading import load
from medallion_toolkit.engine.files.records import Parsed, as_rows
from medallion_toolkit.engine.files.rescue import map_of, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

    from medallion_toolkit.engine.files.options import FileSource
    from medallion_toolkit.engine.files.schema import Layout

NESTED = ("array", "map", "struct", "variant")


def typed_rows(spark: SparkSession, source: FileSource, layout: Layout, is_stream: bool) -> DataFrame:
    """Rows of files that state their columns' types."""
    stored = layout.stored or layout.columns
    frame = load(spark, source, layout, is_stream, source.format, ddl(stored))
    kinds = {field.name: field.dataType for field in stored}
    spelled = {name if source.is_case_sensitive else name.lower(): name for name in kinds}
    values: dict[str, str] = {}
    mismatched: list[tuple[str, str]] = []
    taken: set[str | None] = set(layout.partitions)
    for field in layout.columns:
        name = spelled.get(field.name if source.is_case_sensitive else field.name.lower())
        if name is None:
            values[field.name] = f"CAST(NULL AS {type_ddl(field.dataType)})"
        elif kinds[name] == field.dataType:
            values[field.name] = quoted(name)
        else:
            values[field.name] = typed = f"try_cast({quoted(name)} AS {type_ddl(field.dataType)})"
            text = _as_text(name, kinds[name])
            mismatched.append((field.name, f"CASE WHEN {typed} IS NULL THEN {text} END"))
        taken.add(name)
    unknown = [(name, _as_text(name, kind)) for name, kind in kinds.items() if name not in taken]
    others = map_of(unknown) if unknown else None
    return as_rows(frame, source, layout, Parsed(values, "false", "CAST(NULL AS STRING)", others, mismatched))


def _as_text(name: str, kind: DataType) -> str:
    """A column as text, nested ones as JSON, bytes in base64; NULL stays NULL."""
    type_name = kind.simpleString()
    if type_name.startswith(NESTED):
        return f"CASE WHEN {quoted(name)} IS NOT NULL THEN to_json({quoted(name)}) END"
    return f"base64({quoted(name)})" if type_name == "binary" else f"CAST({quoted(name)} AS STRING)"
