"""Statements that change what follows in the file: USE, SET, DECLARE."""

from __future__ import annotations

from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft
from medallion_toolkit.sql.literals import name_value, string_value

_OTHER_SETS = {"TAG", "TIME", "VAR", "VARIABLE", "ROLE"}


def read_use(cursor: Cursor, draft: Draft) -> None:
    """USE CATALOG c, USE SCHEMA s, USE s, USE c.s: the names without back-ticks."""
    draft.kind = "use"
    cursor.expect("USE")
    if cursor.key() == "CATALOG" and cursor.key(1) != ".":
        cursor.at += 1
        draft.clauses["catalog"] = ".".join(_read_parts(cursor))
        return
    if cursor.key() in ("SCHEMA", "DATABASE", "NAMESPACE") and cursor.key(1) != ".":
        cursor.at += 1
    parts = _read_parts(cursor)
    if len(parts) > 1:
        draft.clauses["catalog"] = ".".join(parts[:-1])
    draft.clauses["schema"] = parts[-1]


def _read_parts(cursor: Cursor) -> tuple[str, ...]:
    first = cursor.at
    if cursor.looks_at("IDENTIFIER", "("):
        cursor.at += 1
        start, end = cursor.group()
        if end - start == 1 and cursor.tokens[start].kind == "string":
            return tuple(string_value(cursor.tokens[start].text).split("."))
        return (cursor.text(first, cursor.at),)
    cursor.name("a catalog or schema")
    return tuple(name_value(token) for token in cursor.tokens[first : cursor.at] if token.key != ".")


def read_set(cursor: Cursor, draft: Draft) -> None:
    """SET name = value: the value as written, since it replaces `${name}` as it is."""
    cursor.expect("SET")
    if cursor.take("CATALOG"):
        draft.kind = "use"
        draft.clauses["catalog"] = ".".join(_read_parts(cursor))
    elif cursor.key() in ("VAR", "VARIABLE") and cursor.key(1) != "=":
        draft.kind = "declare"
    elif cursor.key() not in _OTHER_SETS:
        draft.kind = "set"
        first, end = cursor.until(("=",))
        if cursor.take("="):
            name = cursor.text(first, end).strip("`")
            draft.name = name
            draft.clauses[name] = cursor.text(cursor.at, cursor.end)
    cursor.at = cursor.end


def read_declare(cursor: Cursor, draft: Draft) -> None:
    """DECLARE [OR REPLACE] [VARIABLE] name …"""
    draft.kind = "declare"
    cursor.expect("DECLARE")
    if cursor.take("OR"):
        cursor.expect("REPLACE")
        draft.flags.add("or_replace")
    if cursor.key() in ("VARIABLE", "VAR"):
        cursor.at += 1
    draft.name, draft.name_span = cursor.name("the variable's name")
    cursor.at = cursor.end
