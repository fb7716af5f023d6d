"""Column types of a contract: read once, cast without raising."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .words import literal

Family = Literal["string", "boolean", "integer", "decimal", "float", "date", "timestamp", "binary", "nested"]

_SIMPLE: dict[str, tuple[str, Family]] = {
    "string": ("STRING", "string"),
    "boolean": ("BOOLEAN", "boolean"),
    "bool": ("BOOLEAN", "boolean"),
    "tinyint": ("TINYINT", "integer"),
    "byte": ("TINYINT", "integer"),
    "smallint": ("SMALLINT", "integer"),
    "short": ("SMALLINT", "integer"),
    "int": ("INT", "integer"),
    "integer": ("INT", "integer"),
    "bigint": ("BIGINT", "integer"),
    "long": ("BIGINT", "integer"),
    "float": ("FLOAT", "float"),
    "real": ("FLOAT", "float"),
    "double": ("DOUBLE", "float"),
    "date": ("DATE", "date"),
    "timestamp": ("TIMESTAMP", "timestamp"),
    "timestamp_ntz": ("TIMESTAMP_NTZ", "timestamp"),
    "binary": ("BINARY", "binary"),
}
KNOWN_TYPES = (*_SIMPLE, "decimal(p,s)", "array<…>", "map<…>", "struct<…>")
_DECIMAL = re.compile(r"(?:decimal|dec|numeric)\s*\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\)", re.IGNORECASE)
_SIGN_BEFORE_DIGITS = re.compile(r"[+-][yMLdDHhKkmsS]{5}")
_NESTED = re.compile(r"(array|map|struct)\s*<.+>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ColumnType:
    """A type as SQL writes it, and the family that decides which rules fit."""

    sql: str
    family: Family

    @property
    def is_text(self) -> bool:
        """Text is stored as it came; every other type is cast and has a `_typed` rule."""
        return self.family == "string"

    @property
    def is_number(self) -> bool:
        """Whether values can be compared with a number."""
        return self.family in ("integer", "decimal", "float")


STRING = ColumnType("STRING", "string")


def read_type(text: str) -> ColumnType | None:
    """The type that `text` names, or None when there is no such type.

    >>> read_type("decimal(12, 2)")
    ColumnType(sql='DECIMAL(12,2)', family='decimal')
    >>> read_type("money") is None
    True
    """
    word = text.strip()
    if word.lower() in _SIMPLE:
        return ColumnType(*_SIMPLE[word.lower()])
    decimal = _DECIMAL.fullmatch(word)
    if decimal:
        return _decimal(int(decimal[1]), int(decimal[2] or 0))
    balanced = word.count("<") == word.count(">") and word.count("(") == word.count(")")
    return ColumnType(word, "nested") if _NESTED.fullmatch(word) and balanced else None


def _decimal(precision: int, scale: int) -> ColumnType | None:
    fits = 1 <= precision <= 38 and scale <= precision
    return ColumnType(f"DECIMAL({precision},{scale})", "decimal") if fits else None


def typed_expression(source: str, column_type: ColumnType, date_format: str | None = None) -> str:
    """SQL for `source` as `column_type`: NULL where the value does not fit, never an error.

    >>> typed_expression("amount", ColumnType("DECIMAL(12,2)", "decimal"))
    'try_cast(amount AS DECIMAL(12,2))'
    """
    if date_format is None:
        return f"try_cast({source} AS {column_type.sql})"
    parsed = moment(f"CAST({source} AS STRING)", date_format)
    return parsed if column_type.sql == "TIMESTAMP" else f"CAST({parsed} AS {column_type.sql})"


def moment(text: str, pattern: str) -> str:
    """SQL for the moment that text says by a pattern, NULL where it says none.

    A year of five digits and more stands behind a sign; try_to_timestamp raises for those that a TIMESTAMP cannot hold
    (Spark 4.2: long overflow). A sign between digits is the pattern's own where it has one there: yyyyMMdd-HHmmss.

    >>> moment("at", "yyyyMMdd-HHmmss")
    "CASE WHEN NOT at RLIKE '(?<![0-9])[+-][0-9]{5}' THEN try_to_timestamp(at, 'yyyyMMdd-HHmmss') END"
    """
    sign = "(?<![0-9])[+-]" if _SIGN_BEFORE_DIGITS.search(pattern) else "[+-]"
    return f"CASE WHEN NOT {text} RLIKE '{sign}[0-9]{{5}}' THEN try_to_timestamp({text}, {literal(pattern)}) END"
