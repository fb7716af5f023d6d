"""Columns that a write has and its table lacks, as Delta's and Spark's messages tell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SCHEMAS = re.compile(
    r"A schema mismatch detected when writing to the Delta table.*?"
    r"^Table schema:\s*^root\s*$(?P<table>.*?)^Data schema:\s*^root\s*$(?P<data>.*)",
    re.DOTALL | re.MULTILINE,
)
_PARTITIONS = "Partition columns do not match"
_TOO_MANY = re.compile(
    r"INSERT_COLUMN_ARITY_MISMATCH\.TOO_MANY_DATA_COLUMNS\] Cannot write to (?P<name>\S+), "
    r"the reason is too many data columns:\s+Table columns: (?P<table>[^\n]+?)\.?\s+Data columns: (?P<data>[^\n]+?)\.",
)
_EXTRA = re.compile(
    r"INCOMPATIBLE_DATA_FOR_TABLE\.EXTRA_COLUMNS\] Cannot write incompatible data for the table (?P<name>\S+): "
    r"Cannot write extra columns (?P<data>[^\n]+?)\.",
)
_FIELD = re.compile(r" ?\|?-- (?P<name>.+): (?P<type>[^:]+?) \(nullable = (?:true|false)\)")
_QUOTED = re.compile(r"`((?:[^`]|``)+)`")
# Types of Spark's schema trees that every Delta table may have; a new column of another one can change its protocol.
_SQL_TYPES: Mapping[str, str] = {
    "long": "BIGINT", "integer": "INT", "short": "SMALLINT", "byte": "TINYINT", "double": "DOUBLE", "float": "FLOAT",
    "string": "STRING", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP", "binary": "BINARY",
}  # fmt: skip
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


@dataclass(frozen=True)
class NewColumns:
    """Names with their SQL types; a type is None, and the table too, where the message does not tell it."""

    columns: tuple[tuple[str, str | None], ...]
    table: str | None = None

    @property
    def names(self) -> str:
        """The names, for a sentence."""
        return ", ".join(name for name, _ in self.columns)


def new_columns(message: str) -> NewColumns | None:
    """The columns that a write has besides those of its table; None where anything else differs too.

    >>> new_columns(
    ...     "A schema mismatch detected when writing to the Delta table (Table ID: 1).\\n"
    ...     "Table schema:\\nroot\\n-- id: long (nullable = true)\\n\\n"
    ...     "Data schema:\\nroot\\n-- id: long (nullable = true)\\n-- coupon: string (nullable = true)\\n"
    ... )
    NewColumns(columns=(('coupon', 'STRING'),), table=None)
    """
    schemas = _SCHEMAS.search(message)
    if schemas and _PARTITIONS not in message:
        return _of_schemas(_fields(schemas["table"]), _fields(schemas["data"]))
    if too_many := _TOO_MANY.search(message):
        known = {name.lower() for name in _QUOTED.findall(too_many["table"])}
        given = _QUOTED.findall(too_many["data"])
        added = [name for name in given if name.lower() not in known]
        # Columns are told by their place: only when all of the table's are there by name, the others are new.
        return _untyped(too_many["name"], added) if len(given) - len(added) == len(known) else None
    if extra := _EXTRA.search(message):
        return _untyped(extra["name"], _QUOTED.findall(extra["data"]))
    return None


def _of_schemas(table: Mapping[str, tuple[str, str]], data: Mapping[str, tuple[str, str]]) -> NewColumns | None:
    """Types count with all that is nested in them; whether NULL is allowed does not."""
    if any(name in table and table[name][1] != tree for name, (_, tree) in data.items()):
        return None
    added = tuple((shown, _sql_type(tree)) for name, (shown, tree) in data.items() if name not in table)
    return NewColumns(added) if added else None


def _fields(tree: str) -> dict[str, tuple[str, str]]:
    """Each top-level field by its name in lower case: the name as written, and its type with what is nested."""
    found: dict[str, tuple[str, str]] = {}
    last = None
    for line in tree.splitlines():
        if field := _FIELD.fullmatch(line.rstrip()):
            last = field["name"].lower()
            found[last] = field["name"], field["type"]
        elif last and line.strip().startswith(("|", "--")):
            name, nested = found[last]
            found[last] = (
                name,
                nested + "\n" + re.sub(r" \((?:nullable|valueContainsNull|containsNull) = \w+\)", "", line),
            )
        elif line.strip():
            break
    return found


def _sql_type(tree: str) -> str | None:
    if decimal := _DECIMAL.fullmatch(tree):
        return f"DECIMAL({decimal[1]},{decimal[2]})"
    return _SQL_TYPES.get(tree)


def _untyped(table: str, names: list[str]) -> NewColumns | None:
    plain = table.rstrip(",.").replace("`", "")
    return NewColumns(tuple((name.replace("``", "`"), None) for name in names), plain) if names else None
