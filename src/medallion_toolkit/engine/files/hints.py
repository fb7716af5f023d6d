"""`schemaHints`: types that overrule what was inferred, also inside structs, arrays and maps.

`user.born DATE`, `items.element INT`, `prices.value DECIMAL(9, 2)`, as the platform spells them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import parse_ddl

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructField, StructType

_NAME = re.compile(r"\s*((?:`[^`]+`|[^\s.`]+)(?:\.(?:`[^`]+`|[^\s.`]+))*)\s*:?\s*(.+?)\s*$", re.DOTALL)
_PART = re.compile(r"`([^`]+)`|([^.`]+)")


def hinted(schema: StructType, hints: str) -> StructType:
    """`schema` with the hinted types; a hinted column it lacks comes last."""
    for piece in _pieces(hints):
        found = _NAME.match(piece)
        if found is None:
            raise ValueError(piece)
        names = [quoted or plain for quoted, plain in _PART.findall(found[1])]
        schema = _with_field(schema, names, parse_ddl(f"hint {found[2]}").fields[0])
    return schema


def _pieces(hints: str) -> list[str]:
    """The text between the commas outside of parentheses and angle brackets."""
    pieces, depth, start = [], 0, 0
    for at, sign in enumerate(hints):
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            pieces.append(hints[start:at])
            start = at + 1
    return [piece for piece in (*pieces, hints[start:]) if piece.strip()]


def _with_field(schema: StructType, names: list[str], hint: StructField) -> StructType:
    from pyspark.sql.types import StructField, StructType

    name, rest = names[0], names[1:]
    old = next((field for field in schema if field.name.lower() == name.lower()), None)
    kind = _with_type(old.dataType if old else None, rest, hint)
    new = StructField(old.name if old and rest else name, kind)
    if old is None:
        return StructType([*schema.fields, new])
    return StructType([new if field is old else field for field in schema])


def _with_type(kind: DataType | None, names: list[str], hint: StructField) -> DataType:
    from pyspark.sql.types import ArrayType, MapType, StringType, StructType

    if not names:
        return hint.dataType
    first, rest = names[0].lower(), names[1:]
    if isinstance(kind, ArrayType) and first == "element":
        return ArrayType(_with_type(kind.elementType, rest, hint))
    if isinstance(kind, MapType) and first in ("key", "value"):
        inner = _with_type(kind.keyType if first == "key" else kind.valueType, rest, hint)
        return MapType(inner, kind.valueType) if first == "key" else MapType(kind.keyType, inner)
    if kind is None and first in ("key", "value"):
        inner = _with_type(None, rest, hint)
        return MapType(inner, StringType()) if first == "key" else MapType(StringType(), inner)
    if kind is None and first == "element":
        return ArrayType(_with_type(None, rest, hint))
    return _with_field(kind if isinstance(kind, StructType) else StructType([]), names, hint)
