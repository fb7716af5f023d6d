"""SQL text from what Python code passes as a column, a condition, a schema or a list of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.model import Column
from medallion_toolkit.python.column_sql import with_quoted_operators
from medallion_toolkit.python.lazy_jvm import LazyJava
from medallion_toolkit.python.schema_text import SchemaText, read_schema_text


def sql_text(value: object, place: Place) -> str:
    """The SQL text of a string or of a Spark Column."""
    if isinstance(value, str):
        return value
    java_column = getattr(value, "_jc", None)
    if java_column is not None:
        text = str(java_column.toString())
        return text if isinstance(java_column, LazyJava) else with_quoted_operators(text)
    raise PipelineError(
        "MED253",
        f"A column or an SQL text is expected here, not {type(value).__name__}.",
        place=place,
        found=repr(value)[:80],
        expected="a string or a Column",
    )


def sql_texts(values: object, place: Place) -> tuple[str, ...]:
    """The SQL text of each item; one string counts as a list of one."""
    if values is None:
        return ()
    if isinstance(values, str) or not isinstance(values, Iterable) or hasattr(values, "_jc"):
        return (sql_text(values, place),)
    return tuple(sql_text(value, place) for value in values)


def optional_sql_text(value: object, place: Place) -> str | None:
    """The SQL text, or None for None."""
    return None if value is None else sql_text(value, place)


def text_mapping(values: Mapping[str, object] | None) -> dict[str, str]:
    """Properties or options with every value as text, Booleans in lower case."""
    return {str(key): property_text(value) for key, value in (values or {}).items()}


def property_text(value: object) -> str:
    """A property value the way Spark stores it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_schema(schema: object, place: Place) -> SchemaText:
    """A `schema=` argument: SQL text or a Spark StructType."""
    if isinstance(schema, str):
        return read_schema_text(schema, place)
    fields = getattr(schema, "fields", None)
    if isinstance(fields, list):
        return SchemaText(tuple(_column_of_field(item) for item in fields))
    raise PipelineError(
        "MED253",
        f"A schema is SQL text or a StructType, not {type(schema).__name__}.",
        place=place,
        expected="for example 'id BIGINT, name STRING'",
    )


def _column_of_field(item: object) -> Column:
    metadata = getattr(item, "metadata", None) or {}
    return Column(
        name=str(getattr(item, "name", "")),
        type=_type_text(getattr(item, "dataType", None)),
        comment=metadata.get("comment"),
        not_null=not getattr(item, "nullable", True),
    )


def _type_text(data_type: object) -> str | None:
    """Spark's own text; upper case where it holds no field names."""
    simple = getattr(data_type, "simpleString", None)
    text = str(simple()) if callable(simple) else None
    return text.upper() if text and "<" not in text else text
