"""What a typed statement asks: rows of a query, columns or history of a table, or which tables there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from medallion_toolkit.errors import Place, SqlError
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.splitting import Chunk, split_statements
from medallion_toolkit.sql.tokens import Token

PLACE = "query"
QUERIES = ("SELECT", "WITH", "VALUES", "FROM", "TABLE", "(")
WRITES = (
    "ALTER", "ANALYZE", "APPLY", "BEGIN", "CACHE", "CALL", "CLEAR", "COMMENT", "COPY", "CREATE", "DECLARE", "DELETE",
    "DROP", "EXECUTE", "FSCK", "GRANT", "INSERT", "LOAD", "MERGE", "MSCK", "OPTIMIZE", "REFRESH", "REORG", "REPAIR",
    "REPLACE", "RESET", "RESTORE", "REVOKE", "SET", "SYNC", "TRUNCATE", "UNCACHE", "UNDROP", "UPDATE", "USE", "VACUUM",
)  # fmt: skip
EXPECTED = "SELECT, WITH, DESCRIBE or SHOW TABLES"


@dataclass(frozen=True)
class Question:
    """`text` is the query, the name of a table (columns, history) or of a schema (tables, empty for all)."""

    kind: Literal["query", "columns", "history", "tables"]
    text: str
    place: Place


def read_question(text: str) -> Question:
    """The one statement of `text`; SqlError when there are more, or when it would change something."""
    chunks = split_statements(text)
    if not chunks:
        raise SqlError("MED453", "there is no query", place=Place(PLACE), expected=EXPECTED)
    if len(chunks) > 1:
        raise _refused(text, chunks[1].tokens[0], "MED453", "only one statement at a time is answered", EXPECTED)
    return _read(text, chunks[0])


def _read(text: str, chunk: Chunk) -> Question:
    tokens = chunk.tokens
    first = tokens[0].key
    writing = tokens[0] if first in WRITES else _hidden_write(tokens)
    if writing is not None:
        raise _refused(text, writing, "MED452", f"{writing.key} changes something, and this command only reads")
    if first in QUERIES:
        return Question("query", text[chunk.start : chunk.end], _place(text, tokens[0]))
    if first in ("DESCRIBE", "DESC"):
        return _read_describe(text, tokens)
    if first == "SHOW" and tokens[1:2] and tokens[1].key == "TABLES":
        return _read_show(text, tokens)
    raise _refused(text, tokens[0], "MED453", "this is no query", EXPECTED)


def _hidden_write(tokens: Sequence[Token]) -> Token | None:
    """The write behind `WITH … AS (…)` or `FROM t`."""
    depth = 0
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        depth += {"(": 1, ")": -1}.get(before.key, 0)
        if depth or before.key == ".":
            continue
        if token.key == "INSERT" and after.key in ("INTO", "OVERWRITE"):
            return token
        is_behind_definitions = tokens[0].key == "WITH" and before.key == ")"
        if is_behind_definitions and (token.key, after.key) in (("MERGE", "INTO"), ("DELETE", "FROM")):
            return token
        if is_behind_definitions and token.key == "UPDATE":
            return token
    return None


def _read_describe(text: str, tokens: Sequence[Token]) -> Question:
    kind: Literal["columns", "history"] = "columns"
    rest = tokens[1:]
    if rest and rest[0].key in ("HISTORY", "TABLE") and len(rest) > 1 and rest[1].key != ".":
        kind = "history" if rest[0].key == "HISTORY" else "columns"
        rest = rest[1:]
    name = _name(text, rest, tokens[0], "DESCRIBE silver.orders or DESCRIBE HISTORY silver.orders")
    return Question(kind, name, _place(text, rest[0]))


def _read_show(text: str, tokens: Sequence[Token]) -> Question:
    expected = "SHOW TABLES or SHOW TABLES IN silver"
    rest = tokens[2:]
    if not rest:
        return Question("tables", "", _place(text, tokens[0]))
    if rest[0].key not in ("IN", "FROM"):
        raise _refused(text, rest[0], "MED453", f"{rest[0].text} is not understood here", expected)
    return Question("tables", _name(text, rest[1:], rest[0], expected), _place(text, rest[1]))


def _name(text: str, tokens: Sequence[Token], before: Token, expected: str) -> str:
    """The parts of a name by dots, without quotes; nothing else may follow."""
    if not tokens:
        raise _refused(text, before, "MED453", "a name is missing", expected)
    for index, token in enumerate(tokens):
        fits = token.key == "." if index % 2 else token.kind in ("word", "quoted")
        if not fits:
            raise _refused(text, token, "MED453", f"{token.text} is not understood here", expected)
    return ".".join(split_name(text[tokens[0].start : tokens[-1].end]))


def _refused(text: str, token: Token, code: str, message: str, expected: str | None = None) -> SqlError:
    error = SqlError(code, message, place=_place(text, token), found=token.text, expected=expected)
    error.source = text
    return error


def _place(text: str, token: Token) -> Place:
    return Lines(text, PLACE).place(token.start, token.end)
