"""Schemas as SQL text and back, names always quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import quoted

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType


def parse_ddl(text: str) -> StructType:
    """A schema from `name TYPE, …`."""
    from pyspark.sql.types import StructType

    parsed = StructType.fromDDL(text)
    return StructType(parsed.fields) if isinstance(parsed, StructType) else StructType()


def ddl(schema: StructType) -> str:
    """`name TYPE, …` of a schema."""
    return ", ".join(f"{quoted(field.name)} {type_ddl(field.dataType)}" for field in schema)


def type_ddl(kind: DataType) -> str:
    """A type as SQL text."""
    from pyspark.sql.types import ArrayType, MapType, StructType

    if isinstance(kind, StructType):
        return f"STRUCT<{', '.join(f'{quoted(field.name)}: {type_ddl(field.dataType)}' for field in kind)}>"
    if isinstance(kind, ArrayType):
        return f"ARRAY<{type_ddl(kind.elementType)}>"
    if isinstance(kind, MapType):
        return f"MAP<{type_ddl(kind.keyType)}, {type_ddl(kind.valueType)}>"
    return kind.simpleString().upper()
