"""Read an SQL file: every statement with its clauses, expectations and inputs, or with the error that stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from medallion_toolkit.errors import MedallionError, SqlError
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft
from medallion_toolkit.sql.flows import read_apply_changes
from medallion_toolkit.sql.headers import read_create, read_other
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.settings import read_declare, read_set, read_use
from medallion_toolkit.sql.splitting import Chunk, split_statements
from medallion_toolkit.sql.statements import QueryText, SqlFile, Statement

__all__ = ["QueryText", "SqlFile", "Statement", "read_sql"]

_OTHER_STARTS = (
    "ADD", "ALTER", "ANALYZE", "BEGIN", "CACHE", "CALL", "CLEAR", "COMMENT", "CONVERT", "COPY", "DELETE", "DENY",
    "DESC", "DESCRIBE", "DROP", "EXECUTE", "EXPLAIN", "FROM", "FSCK", "GET", "GRANT", "INSERT", "LIST", "MERGE", "MSCK",
    "OPTIMIZE", "PUT", "REFRESH", "REMOVE", "REORG", "REPAIR", "RESET", "RESTORE", "REVOKE", "SELECT", "SHOW", "SYNC",
    "TABLE", "TRUNCATE", "UNCACHE", "UNDROP", "UNSET", "UPDATE", "VACUUM", "VALUES", "WITH", "(",
)  # fmt: skip
_READERS: Mapping[str, Callable[[Cursor, Draft], None]] = {
    "APPLY": read_apply_changes,
    "CREATE": read_create,
    "DECLARE": read_declare,
    "SET": read_set,
    "USE": read_use,
    **dict.fromkeys(_OTHER_STARTS, read_other),
}


def read_sql(text: str, path: str) -> SqlFile:
    """All statements of `text`; what cannot be read has kind "invalid" and an error with its place.

    >>> read_sql("CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM(raw)", "t.sql").statements[0].kind
    'streaming_table'
    """
    lines = Lines(text, path)
    return SqlFile(path, text, tuple(_read(chunk, lines) for chunk in split_statements(text)))


def _read(chunk: Chunk, lines: Lines) -> Statement:
    cursor = Cursor(chunk.tokens, lines)
    draft = Draft(lines.span(chunk.start, chunk.end))
    try:
        _check_tokens(cursor)
        reader = _READERS.get(cursor.key())
        if reader is None:
            raise cursor.unexpected("a statement", _READERS, "MED202")
        reader(cursor, draft)
        _check_separator(chunk, lines)
    except MedallionError as error:
        return draft.finish(error)
    return draft.finish()


def _check_tokens(cursor: Cursor) -> None:
    """A quote or comment that is never closed is the first thing to repair."""
    for index, token in enumerate(cursor.tokens):
        if token.kind == "broken":
            closing = "*/" if token.text.startswith("/*") else token.text[0]
            what = {"*/": "comment", "`": "quoted name"}.get(closing, "string")
            raise cursor.error("MED205", f"the {what} is never closed", index, expected=closing)


def _check_separator(chunk: Chunk, lines: Lines) -> None:
    behind = chunk.next_unseparated
    if behind is not None:
        place = lines.place(behind, behind + len("CREATE"))
        raise SqlError("MED207", "the statement before this one does not end", place=place, expected=";")
