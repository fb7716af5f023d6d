"""The column list of a CREATE statement: columns, expectations, keys."""

from __future__ import annotations

from typing import NamedTuple

from medallion_toolkit.model import Action, Column, Expectation
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft

_PROPERTY_STARTS = {
    "NOT", "NULL", "COMMENT", "GENERATED", "DEFAULT", "MASK", "CONSTRAINT", "PRIMARY", "FOREIGN", "REFERENCES", "CHECK",
    "UNIQUE", "EXPECT",
}  # fmt: skip
_KEY_OPTIONS = {"RELY", "NORELY", "ENFORCED", "DEFERRABLE", "INITIALLY", "DEFERRED", "ENABLE", "NOVALIDATE", "MATCH",
                "FULL", "ON", "UPDATE", "DELETE", "NO", "ACTION"}  # fmt: skip
_CONSTRAINT_KINDS = {"EXPECT", "PRIMARY", "FOREIGN", "CHECK", "UNIQUE"}
_TABLE_CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK", "UNIQUE"}
_ITEM_ENDS = {","}


def read_column_list(cursor: Cursor, draft: Draft) -> None:
    """Read `( … )` behind a dataset's name."""
    first, end = cursor.group()
    inner = cursor.inside(first, end)
    while not inner.is_done():
        if inner.key() in _TABLE_CONSTRAINTS and _is_constraint(inner):
            _read_constraint(inner, draft, None)
        else:
            draft.columns.append(_read_column(inner, draft))
        if not inner.is_done() and not inner.take(","):
            raise inner.unexpected(", or )")


def _is_constraint(cursor: Cursor) -> bool:
    """Whether the word begins a constraint; it may also be a column of that name (`check STRING`)."""
    key = cursor.key()
    if key == "CONSTRAINT":
        return cursor.kind(1) in ("word", "quoted") and cursor.key(2) in _CONSTRAINT_KINDS
    return cursor.key(1) in ("KEY", "(")


class _Parts(NamedTuple):
    comment: str | None = None
    not_null: bool = False
    mask: str | None = None
    generated: str | None = None
    default: str | None = None


def _read_column(cursor: Cursor, draft: Draft) -> Column:
    name = cursor.identifier("a column or CONSTRAINT")
    cursor.take(":")
    type_text = _read_type(cursor)
    parts = _Parts()
    while not cursor.is_done() and cursor.key() != ",":
        parts = _read_property(cursor, draft, name, parts)
    return Column(name, type_text, parts.comment, parts.not_null, parts.mask, parts.generated, parts.default)


def _read_type(cursor: Cursor) -> str | None:
    """Everything up to a property; `<…>` may hold commas."""
    first = cursor.at
    depth = 0
    while not cursor.is_done():
        key = cursor.key()
        if depth == 0 and (key in _PROPERTY_STARTS or key == ","):
            break
        depth += (key in ("<", "(")) - (key in (">", ")"))
        cursor.at += 1
    if depth:
        raise cursor.error("MED204", "the type is not complete", first, expected=">")
    return cursor.text(first, cursor.at) or None


def _read_property(cursor: Cursor, draft: Draft, column: str, parts: _Parts) -> _Parts:
    key = cursor.key()
    _refuse_second(cursor, column, parts)
    if cursor.take("NOT", "NULL"):
        return parts._replace(not_null=True)
    if cursor.take("NULL"):
        return parts
    if cursor.take("COMMENT"):
        return parts._replace(comment=cursor.string("the comment in quotes"))
    if cursor.take("GENERATED"):
        return parts._replace(generated=_read_generated(cursor))
    if cursor.take("DEFAULT"):
        return parts._replace(default=cursor.text(*cursor.until(_PROPERTY_STARTS - {"NULL", "NOT"} | _ITEM_ENDS)))
    if cursor.take("MASK"):
        return parts._replace(mask=_read_mask(cursor))
    if key in _TABLE_CONSTRAINTS | {"REFERENCES", "EXPECT"}:
        _read_constraint(cursor, draft, column)
        return parts
    raise cursor.unexpected("a column property, a comma or )", _PROPERTY_STARTS)


def _refuse_second(cursor: Cursor, column: str, parts: _Parts) -> None:
    given = {
        "NOT": parts.not_null,
        "COMMENT": parts.comment is not None,
        "GENERATED": parts.generated is not None,
        "DEFAULT": parts.default is not None,
        "MASK": parts.mask is not None,
    }
    if given.get(cursor.key()):
        message = f"{cursor.key()} stands twice at the column {column} (CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE)"
        raise cursor.error("MED208", message, cursor.at)


def _read_generated(cursor: Cursor) -> str:
    first = cursor.at
    if not cursor.take("BY", "DEFAULT"):
        cursor.expect("ALWAYS")
    cursor.expect("AS")
    if not cursor.take("IDENTITY") or cursor.key() == "(":
        cursor.group()
    return cursor.text(first, cursor.at)


def _read_mask(cursor: Cursor) -> str:
    first = cursor.at
    cursor.name("the mask function")
    if cursor.take("USING", "COLUMNS"):
        cursor.group()
    return cursor.text(first, cursor.at)


def _read_constraint(cursor: Cursor, draft: Draft, column: str | None) -> None:
    """[CONSTRAINT name] EXPECT … | PRIMARY KEY … | FOREIGN KEY … | REFERENCES … | CHECK …"""
    start = cursor.at
    name = cursor.identifier("the constraint's name") if cursor.take("CONSTRAINT") else None
    if cursor.take("EXPECT"):
        if name is None:
            raise cursor.error("MED204", "the expectation has no name", start, expected="CONSTRAINT name EXPECT (…)")
        draft.expectations.append(_read_expectation(cursor, name, start))
    elif cursor.take("PRIMARY", "KEY"):
        columns = column if cursor.key() != "(" else cursor.text(*cursor.group())
        draft.add_clause(cursor, "primary_key", columns or "", start)
        _skip_key_options(cursor)
    elif cursor.key() in ("FOREIGN", "REFERENCES"):
        _read_foreign_key(cursor, draft, column)
    elif cursor.take("CHECK") or cursor.take("UNIQUE"):
        _append(draft, "check", cursor.text(*cursor.group()))
        _skip_key_options(cursor)
    else:
        raise cursor.unexpected("EXPECT, PRIMARY KEY, FOREIGN KEY or CHECK", ("EXPECT", "PRIMARY", "FOREIGN", "CHECK"))


def _read_expectation(cursor: Cursor, name: str, start: int) -> Expectation:
    first, end = cursor.group("the condition in parentheses")
    if first == end:
        raise cursor.error("MED204", "the expectation has no condition", first, ")", "a condition")
    token = cursor.tokens[start + 1]
    place = cursor.lines.place(token.start, token.end)
    return Expectation(name, cursor.text(first, end), _read_action(cursor), place)


def _read_action(cursor: Cursor) -> Action:
    if not cursor.take("ON"):
        return "warn"
    cursor.expect("VIOLATION")
    if cursor.take("DROP"):
        cursor.expect("ROW")
        return "drop"
    if cursor.take("FAIL"):
        cursor.expect("UPDATE")
        return "fail"
    raise cursor.unexpected("DROP ROW or FAIL UPDATE", ("DROP", "FAIL"))


def _read_foreign_key(cursor: Cursor, draft: Draft, column: str | None) -> None:
    columns = column or ""
    if cursor.take("FOREIGN"):
        cursor.expect("KEY")
        if cursor.key() == "(":
            columns = cursor.text(*cursor.group())
    cursor.expect("REFERENCES")
    table, _ = cursor.name("the referenced table")
    parents = f" ({cursor.text(*cursor.group())})" if cursor.key() == "(" else ""
    _append(draft, "foreign_key", f"({columns}) REFERENCES {table}{parents}")
    _skip_key_options(cursor)


def _append(draft: Draft, clause: str, text: str) -> None:
    """A table may have several foreign keys and checks: one a line."""
    draft.clauses[clause] = f"{draft.clauses[clause]}\n{text}" if clause in draft.clauses else text


def _skip_key_options(cursor: Cursor) -> None:
    while cursor.key() in _KEY_OPTIONS or cursor.looks_at("NOT", "ENFORCED") or cursor.looks_at("NOT", "DEFERRABLE"):
        cursor.at += 1
