"""Rows to be judged, as SQL: from the table that keeps them, or from the conformed query run anew over bronze."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

ROW = "__row"
SOURCE = "_source"
ROW_ID = "_row_id"
ATTEMPT = "_attempt"


@dataclass(frozen=True)
class Rows:
    """A query of rows with their columns and types; None means any column, as a conformed query gives them.

    `came` are columns whose values as they came stand in `_source`.
    """

    sql: str
    columns: Mapping[str, str] | None = None
    came: frozenset[str] = field(default_factory=frozenset)

    def has(self, name: str) -> bool:
        """Whether the rows have the column in any form."""
        return self.columns is None or name.lower() in self.columns or name.lower() in self.came

    def type_of(self, name: str) -> str | None:
        """The column's type in lower case without blanks; None when it is not known."""
        return None if self.columns is None else self.columns.get(name.lower())

    @property
    def as_structs(self) -> str:
        """The rows as one struct each, so that no name meets a name of a contract."""
        return f"SELECT struct(*) AS {ROW} FROM (\n{self.sql}\n)"


def stored_rows(table: str, columns: Mapping[str, str]) -> Rows:
    """The rows of a table; of a row that was replayed only its newest attempt."""
    types = {name.lower(): plain_type(kind) for name, kind in columns.items()}
    came = struct_fields(types.get(SOURCE, "")) if SOURCE in types else ()
    mark = f"[[{table}]]"
    sql = f"SELECT * FROM {mark}"
    if ATTEMPT in types and ROW_ID in types:
        sql = f"""\
SELECT stored.* FROM {mark} AS stored
LEFT ANTI JOIN (SELECT _row_id, {ATTEMPT} FROM {mark} WHERE {ATTEMPT} > 0) AS later
    ON later._row_id = stored._row_id AND later.{ATTEMPT} > coalesce(stored.{ATTEMPT}, 0)"""
    return Rows(sql, types, frozenset(came))


def plain_type(text: str) -> str:
    """A type as it is compared: lower case, no blanks."""
    return re.sub(r"\s+", "", text).lower()


def struct_fields(text: str) -> tuple[str, ...]:
    """Names of the fields of `struct<a:string,b:decimal(1,2)>`.

    >>> struct_fields("struct<a:string,b:array<int>>")
    ('a', 'b')
    """
    inner = text.removeprefix("struct<").removesuffix(">")
    parts, depth = [""], 0
    for sign in inner:
        depth += (sign in "<(") - (sign in ">)")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return tuple(part.partition(":")[0].strip("`") for part in parts if part)
