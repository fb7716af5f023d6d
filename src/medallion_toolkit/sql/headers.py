"""CREATE statements: which dataset is made, and everything said about it before its query."""

from __future__ import annotations

from medallion_toolkit.errors import SqlError
from medallion_toolkit.sql.clauses import CLAUSE_STARTS, read_clauses
from medallion_toolkit.sql.column_list import read_column_list
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft, query_text
from medallion_toolkit.sql.flows import read_create_flow, read_inline_flow
from medallion_toolkit.sql.relation_words import QUERY_STARTS
from medallion_toolkit.sql.statements import StatementKind

_MODIFIERS = {"PRIVATE", "TEMPORARY", "TEMP", "STREAMING", "INCREMENTAL", "LIVE", "MATERIALIZED"}
_NOT_A_NAME = {"AS", "SELECT", "FROM", "WITH"}
_WORDS = _MODIFIERS | {"TABLE", "VIEW"}


def read_create(cursor: Cursor, draft: Draft) -> None:
    """Read a CREATE statement; what is no dataset and no flow stays "other"."""
    cursor.expect("CREATE")
    replace_at = _read_or(cursor, draft)
    modifiers = _read_modifiers(cursor)
    if cursor.key() == "FUNCTION" and modifiers and modifiers <= {"TEMPORARY", "TEMP"}:
        _read_function(cursor, draft)
        return
    if cursor.key() not in ("TABLE", "VIEW", "FLOW"):
        if modifiers or "or_refresh" in draft.flags:
            raise cursor.unexpected("TABLE or VIEW", _WORDS)
        read_other(cursor, draft)
        return
    word = cursor.next().key
    if word == "FLOW":
        read_create_flow(cursor, draft)
        return
    kind = _kind(cursor, modifiers, word)
    if kind == "view" and "PRIVATE" in modifiers:
        raise cursor.error("MED204", "a view is not PRIVATE", cursor.at - 1, "PRIVATE VIEW", "TEMPORARY VIEW")
    if replace_at is not None and kind in ("streaming_table", "materialized_view"):
        raise _replace_refused(cursor, replace_at, kind)
    if kind == "table" and not any(token.key == "FLOW" for token in cursor.tokens):
        read_other(cursor, draft)
        return
    draft.kind = kind
    _note_flags(draft, modifiers)
    _read_dataset(cursor, draft)


def _read_function(cursor: Cursor, draft: Draft) -> None:
    """A temporary function, known to the statements behind it."""
    draft.kind = "declare"
    draft.flags.add("temporary")
    cursor.expect("FUNCTION")
    cursor.take("IF", "NOT", "EXISTS")
    draft.name, draft.name_span = cursor.name("the function's name")
    cursor.at = cursor.end


def read_other(cursor: Cursor, draft: Draft) -> None:
    """Any other statement: only what it reads. A script, BEGIN … END, is passed over: its parts are no pipeline SQL."""
    if cursor.key() != "BEGIN":
        draft.query = query_text(cursor, 0, cursor.end)
    cursor.at = cursor.end


def _read_or(cursor: Cursor, draft: Draft) -> int | None:
    """OR REFRESH or OR REPLACE; the index of REPLACE."""
    if not cursor.take("OR"):
        return None
    if cursor.take("REFRESH"):
        draft.flags.add("or_refresh")
        return None
    if not cursor.take("REPLACE"):
        raise cursor.unexpected("REFRESH", ("REFRESH", "REPLACE"))
    draft.flags.add("or_replace")
    return cursor.at - 1


def _read_modifiers(cursor: Cursor) -> set[str]:
    found: set[str] = set()
    while cursor.key() in _MODIFIERS:
        found.add(cursor.next().key)
    return found


def _kind(cursor: Cursor, modifiers: set[str], word: str) -> StatementKind:
    """What the words between CREATE and the name make; TABLE and VIEW with LIVE are the old names."""
    is_streaming = bool(modifiers & {"STREAMING", "INCREMENTAL"})
    if "MATERIALIZED" in modifiers:
        if word == "TABLE" or is_streaming:
            raise cursor.error("MED204", "only a VIEW is MATERIALIZED", cursor.at - 1, word, "MATERIALIZED VIEW")
        return "materialized_view"
    if word == "TABLE":
        if is_streaming:
            return "streaming_table"
        return "materialized_view" if "LIVE" in modifiers else "table"
    return "temporary_view" if modifiers & {"LIVE", "TEMPORARY", "TEMP", "STREAMING", "INCREMENTAL"} else "view"


def _note_flags(draft: Draft, modifiers: set[str]) -> None:
    """TEMPORARY of a table is the old word for PRIVATE."""
    if "LIVE" in modifiers:
        draft.flags.add("live")
    is_temporary = bool(modifiers & {"TEMPORARY", "TEMP"})
    if draft.kind == "temporary_view" or is_temporary:
        draft.flags.add("temporary")
    if "PRIVATE" in modifiers or (is_temporary and draft.kind != "temporary_view"):
        draft.flags.add("private")


def _replace_refused(cursor: Cursor, at: int, kind: StatementKind) -> SqlError:
    words = kind.replace("_", " ").upper()
    return cursor.error(
        "MED206", f"pipelines do not accept CREATE OR REPLACE {words}", at, "REPLACE", f"CREATE OR REFRESH {words}"
    )


def _read_dataset(cursor: Cursor, draft: Draft) -> None:
    if cursor.take("IF"):
        cursor.expect("NOT", "EXISTS")
        draft.flags.add("if_not_exists")
    if cursor.key() in _NOT_A_NAME and cursor.key(1) != ".":
        raise cursor.unexpected("the name of the dataset")
    draft.name, draft.name_span = cursor.name("the name of the dataset")
    if cursor.key() == "(" and cursor.key(1) not in ("SELECT", "WITH"):
        read_column_list(cursor, draft)
    read_clauses(cursor, draft)
    _read_body(cursor, draft)
    _check(draft)


def _read_body(cursor: Cursor, draft: Draft) -> None:
    """FLOW …, AS query, or a query without AS."""
    if cursor.take("FLOW"):
        if draft.kind not in ("streaming_table", "table"):
            raise cursor.error("MED204", "only tables have flows", cursor.at - 1, "FLOW", "AS")
        read_inline_flow(cursor, draft)
    elif cursor.take("AS") or cursor.key() in QUERY_STARTS or cursor.key() == "(":
        draft.read_query(cursor)
    elif not cursor.is_done() or (draft.kind not in ("streaming_table", "table") and "metrics" not in draft.clauses):
        raise cursor.unexpected("AS and a query, or a clause", CLAUSE_STARTS)


def _check(draft: Draft) -> None:
    if draft.kind == "view" and draft.expectations:
        expectation = draft.expectations[0]
        raise SqlError(
            "MED208",
            "a published view cannot have expectations",
            place=expectation.place,
            expected="CREATE TEMPORARY VIEW, or the expectation on a streaming table",
        )
