"""Spark data types from DDL text, without a JVM: `decimal(10,2)`, `a INT, b ARRAY<STRING>`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.python.places import place_of_caller
from medallion_toolkit.python.schema_text import read_schema_text

if TYPE_CHECKING:
    from pyspark.sql.types import DataType

_GENERIC = re.compile(r"^\s*(\w+)\s*<(.*)>\s*$", re.DOTALL)
_DECIMAL = re.compile(r"^\s*(?:decimal|dec|numeric)\s*(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\))?\s*$", re.IGNORECASE)
_SIMPLE = {
    "string": "StringType",
    "boolean": "BooleanType",
    "tinyint": "ByteType",
    "byte": "ByteType",
    "smallint": "ShortType",
    "short": "ShortType",
    "int": "IntegerType",
    "integer": "IntegerType",
    "bigint": "LongType",
    "long": "LongType",
    "float": "FloatType",
    "real": "FloatType",
    "double": "DoubleType",
    "date": "DateType",
    "timestamp": "TimestampType",
    "timestamp_ltz": "TimestampType",
    "timestamp_ntz": "TimestampNTZType",
    "binary": "BinaryType",
    "variant": "VariantType",
    "void": "NullType",
}


def parse_ddl(text: str) -> DataType:
    """The type, or the struct type of a list of columns."""
    found = _single_type(text)
    return found if found is not None else _struct(text)


def _single_type(text: str) -> DataType | None:
    from pyspark.sql import types

    simple = _SIMPLE.get(text.strip().lower())
    if simple is not None:
        made: DataType = getattr(types, simple)()
        return made
    decimal = _DECIMAL.match(text)
    if decimal:
        return types.DecimalType(int(decimal[1] or 10), int(decimal[2] or 0))
    generic = _GENERIC.match(text)
    return _generic_type(generic[1].lower(), generic[2]) if generic else None


def _generic_type(name: str, inner: str) -> DataType | None:
    from pyspark.sql import types

    if name == "struct":
        return _struct(inner)
    parts = _parts(inner)
    if name == "array" and len(parts) == 1:
        return types.ArrayType(parse_ddl(parts[0]))
    if name == "map" and len(parts) == 2:
        return types.MapType(parse_ddl(parts[0]), parse_ddl(parts[1]))
    return None


def _parts(text: str) -> list[str]:
    """What stands between the commas outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _struct(text: str) -> DataType:
    from pyspark.sql import types

    fields = []
    for column in read_schema_text(text, place_of_caller()).columns:
        kind = _single_type(column.type or "")
        if kind is None:
            raise PipelineError(
                "MED253",
                f"{column.type} is not a type known without a session.",
                place=place_of_caller(),
                found=column.type,
                help="use it inside a dataset function",
            )
        fields.append(types.StructField(column.name, kind, not column.not_null))
    return types.StructType(fields)
