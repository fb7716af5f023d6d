"""Column types of a contract and of the Open Data Contract Standard, each as the other."""

from __future__ import annotations

import re

_LOGICAL = {
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "decimal": "number",
    "float": "number",
    "date": "date",
    "timestamp": "timestamp",
}
_NESTED = {"array": "array", "map": "object", "struct": "object"}
_BITS = {"TINYINT": "i8", "SMALLINT": "i16", "INT": "i32", "BIGINT": "i64", "FLOAT": "f32", "DOUBLE": "f64"}
_FROM_LOGICAL = {
    "string": "string", "boolean": "boolean", "integer": "bigint", "number": "double", "date": "date",
    "timestamp": "timestamp", "time": "string",
}  # fmt: skip
_FROM_BITS = {
    "i8": "tinyint", "i16": "smallint", "i32": "int", "i64": "bigint", "u8": "smallint", "u16": "int", "u32": "bigint",
    "f32": "float", "f64": "double",
}  # fmt: skip
_OTHER_NAMES = {
    "varchar": "string", "char": "string", "nvarchar": "string", "text": "string", "int64": "bigint", "int32": "int",
    "float64": "double", "bytes": "binary", "bytea": "binary", "datetime": "timestamp", "timestamptz": "timestamp",
}  # fmt: skip
_DECIMAL = re.compile(r"(?:decimal|numeric|number|dec)\s*\((\d+)(?:\s*,\s*(\d+))?\)\Z", re.IGNORECASE)


def logical_type(family: str, sql: str) -> str | None:
    """The logical type of a column; binary has none."""
    return _LOGICAL.get(family) or _NESTED.get(sql.partition("<")[0].lower())


def bits(sql: str) -> str | None:
    """How many bits a number has, as the standard writes it."""
    return _BITS.get(sql)


def column_type(physical: str | None, logical: str | None, bit_format: str | None) -> str | None:
    """The type of a contract's column; None where the standard's type has no counterpart.

    >>> column_type("VARCHAR(20)", "string", None), column_type(None, "integer", "i32"), column_type(None, "array", "")
    ('string', 'int', None)
    """
    found = _physical(physical) if physical else None
    return found or _FROM_BITS.get(bit_format or "") or _FROM_LOGICAL.get(logical or "")


def _physical(text: str) -> str | None:
    decimal = _DECIMAL.match(text.strip())
    if decimal:
        return f"decimal({decimal[1]},{decimal[2] or 0})"
    word = re.sub(r"\s*\(.*\)\Z", "", text.strip()).lower()
    known = {*_FROM_LOGICAL.values(), *_FROM_BITS.values(), "binary", "timestamp_ntz"}
    if word in known:
        return word
    if re.match(r"(array|map|struct)\s*<", text.strip(), re.IGNORECASE):
        return text.strip()
    return _OTHER_NAMES.get(word)
