"""A `schema=` text such as `id BIGINT NOT NULL COMMENT 'key', name STRING MASK m`, read as SQL reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.model import Column


@dataclass(frozen=True)
class SchemaText:
    """The columns in order, and keys by clause name."""

    columns: tuple[Column, ...]
    clauses: Mapping[str, str] = field(default_factory=dict)


def read_schema_text(text: str, place: Place) -> SchemaText:
    """The schema; an error at `place`, where the text is passed, when it cannot be read."""
    from medallion_toolkit.sql.reader import read_sql

    statements = read_sql(f"CREATE STREAMING TABLE t ({text}\n)", place.path).statements
    statement = statements[0]
    problem = statement.error.message if statement.error else _column_without_type(statement.columns)
    if problem or len(statements) > 1:
        raise PipelineError(
            "MED253",
            f"The schema cannot be read: {problem or 'it holds a semicolon'}.",
            place=place,
            found=" ".join(text.split())[:80],
            expected="columns with types, for example 'id BIGINT, name STRING'",
        )
    return SchemaText(statement.columns, statement.clauses)


def _column_without_type(columns: tuple[Column, ...]) -> str | None:
    untyped = next((column for column in columns if column.type is None), None)
    return f"column {untyped.name} has no type" if untyped else None
