"""How a schema grows: new columns and wider types, as `schemaEvolutionMode` allows.

Widening follows `ingestion/cloud-object-storage/auto-loader/type-widening`: byte → short, int, long, decimal,
double; short → int, long, decimal, double; int → long, decimal, double; long → decimal; float → double; decimal →
decimal of greater precision and scale; date → timestamp without zone (Parquet only).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType

_WHOLE = ("tinyint", "smallint", "int", "bigint")
_DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 20}
MAX_PRECISION = 38


@dataclass(frozen=True)
class Growth:
    """A schema after new files; names of nested columns are dotted."""

    schema: StructType
    added: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()


def grown(known: StructType, found: StructType, widens: bool, prefix: str = "") -> Growth:
    """`known` with the columns only `found` has, behind its own; a name in another case is no new column."""
    from pyspark.sql.types import StructField, StructType

    by_name = {field.name.lower(): field for field in found}
    fields: list[StructField] = []
    added: list[str] = []
    widened: list[str] = []
    for field in known:
        other = by_name.pop(field.name.lower(), None)
        if other is None or other.name != field.name:
            fields.append(field)
            continue
        kind, more, wider = _grown_type(field.dataType, other.dataType, widens, f"{prefix}{field.name}")
        fields.append(StructField(field.name, kind, field.nullable, field.metadata))
        added += more
        widened += wider
    fields += by_name.values()
    added += [f"{prefix}{field.name}" for field in by_name.values()]
    return Growth(StructType(fields), tuple(added), tuple(widened))


def _grown_type(
    known: DataType, found: DataType, widens: bool, name: str
) -> tuple[DataType, tuple[str, ...], tuple[str, ...]]:
    from pyspark.sql.types import ArrayType, MapType, StructType

    if isinstance(known, StructType) and isinstance(found, StructType):
        growth = grown(known, found, widens, f"{name}.")
        return growth.schema, growth.added, growth.widened
    if isinstance(known, ArrayType) and isinstance(found, ArrayType):
        kind, added, widened = _grown_type(known.elementType, found.elementType, widens, f"{name}.element")
        return ArrayType(kind, known.containsNull), added, widened
    if isinstance(known, MapType) and isinstance(found, MapType):
        kind, added, widened = _grown_type(known.valueType, found.valueType, widens, f"{name}.value")
        return MapType(known.keyType, kind, known.valueContainsNull), added, widened
    wider = widest(known, found) if widens else None
    if wider is None or wider == known:
        return known, (), ()
    return wider, (), (f"{name} {known.simpleString()} → {wider.simpleString()}",)


def widest(left: DataType, right: DataType) -> DataType | None:
    """The narrowest type that holds both by widening, None when there is none."""
    from pyspark.sql.types import DecimalType, DoubleType

    if left == right:
        return left
    one, other = left.simpleString(), right.simpleString()
    if one in _WHOLE and other in _WHOLE:
        return left if _WHOLE.index(one) > _WHOLE.index(other) else right
    names = {one, other}
    if names <= {"float", "double"} or ("double" in names and names & set(_WHOLE[:3])):
        return DoubleType()
    if names == {"date", "timestamp_ntz"}:
        return left if one == "timestamp_ntz" else right
    numbers = [_precision(kind) for kind in (left, right)]
    if any(isinstance(kind, DecimalType) for kind in (left, right)) and all(numbers):
        scale = max(number[1] for number in numbers if number)
        whole = max(number[0] - number[1] for number in numbers if number)
        return DecimalType(whole + scale, scale) if whole + scale <= MAX_PRECISION else None
    return None


def _precision(kind: DataType) -> tuple[int, int] | None:
    from pyspark.sql.types import DecimalType

    if isinstance(kind, DecimalType):
        return kind.precision, kind.scale
    digits = _DIGITS.get(kind.simpleString())
    return (digits, 0) if digits else None


def unified(schemas: Iterable[StructType], has_text: bool) -> tuple[StructType | None, tuple[str, ...]]:
    """One schema for files inferred apart, and the columns whose types do not meet; `has_text` makes those text."""
    result: StructType | None = None
    clashes: dict[str, None] = {}
    for schema in schemas:
        if result is None:
            result = schema
            continue
        result, more = _unified_pair(result, schema, has_text)
        clashes.update(dict.fromkeys(more))
    return result, tuple(clashes)


def _unified_pair(left: StructType, right: StructType, has_text: bool) -> tuple[StructType, list[str]]:
    from pyspark.sql.types import NullType, StringType, StructField, StructType

    others = {field.name: field for field in right}
    fields, clashes = [], []
    for field in grown(left, right, widens=True).schema:
        other = others.get(field.name)
        kind = field.dataType
        if other is None or not _clash(kind, other.dataType):
            fields.append(field)
        elif isinstance(kind, NullType) or has_text:
            fields.append(StructField(field.name, other.dataType if isinstance(kind, NullType) else StringType()))
        else:
            fields.append(field)
            clashes.append(f"{field.name}: {kind.simpleString()} and {other.dataType.simpleString()}")
    return StructType(fields), clashes


def _clash(grown_type: DataType, found: DataType) -> bool:
    from pyspark.sql.types import ArrayType, MapType, NullType, StructType

    if isinstance(found, NullType) or type(grown_type) is type(found) is StructType:
        return False
    if isinstance(grown_type, (ArrayType, MapType)) and type(grown_type) is type(found):
        return False
    return widest(grown_type, found) != grown_type
