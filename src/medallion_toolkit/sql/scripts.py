"""SQL scripts, BEGIN … END, as far as they only set variables and execute texts: what they execute."""

from __future__ import annotations

from collections.abc import Mapping

from medallion_toolkit.model import Span
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.rewriting import rewrite
from medallion_toolkit.sql.tokens import Token, tokenize


def executed_texts(script: str) -> tuple[str, ...] | None:
    """SQL expressions for the texts that a straight script executes, with its variables' values put in.

    None when it branches, loops or queries: then what it executes is known only where it runs.

    >>> executed_texts("BEGIN DECLARE t STRING; SET t = 'SELECT ' || :x; EXECUTE IMMEDIATE t; END")
    ("('SELECT ' || :x)",)
    """
    tokens = tokenize(script)
    if len(tokens) < 2 or tokens[0].key != "BEGIN" or "END" not in (tokens[-1].key, tokens[-2].key):
        return None
    values: dict[str, str] = {}
    found = []
    for statement in _statements(tokens[1:-1] if tokens[-1].key == "END" else tokens[1:-2]):
        cursor = Cursor(statement, Lines(script, ""))
        if cursor.take("DECLARE"):
            _declare(cursor, values)
        elif cursor.take("SET"):
            _set(cursor, values)
        elif cursor.take("EXECUTE", "IMMEDIATE"):
            found.append(_filled(cursor, values))
        else:
            return None
    return tuple(found)


def _statements(tokens: list[Token]) -> list[list[Token]]:
    statements: list[list[Token]] = [[]]
    for token in tokens:
        if token.key == ";":
            statements.append([])
        else:
            statements[-1].append(token)
    return [statement for statement in statements if statement]


def _declare(cursor: Cursor, values: dict[str, str]) -> None:
    cursor.take("VARIABLE")
    name = cursor.identifier("the variable's name").lower()
    cursor.until(("DEFAULT", "="))
    cursor.at += 1
    values[name] = _filled(cursor, values) if not cursor.is_done() else "(CAST(NULL AS STRING))"


def _set(cursor: Cursor, values: dict[str, str]) -> None:
    cursor.take("VARIABLE")
    cursor.take("VAR")
    name = cursor.identifier("the variable's name").lower()
    cursor.expect("=")
    values[name] = _filled(cursor, values)


def _filled(cursor: Cursor, values: Mapping[str, str]) -> str:
    """The rest of the statement as an expression; a marker `:name` is no variable."""
    rest = cursor.tokens[cursor.at : cursor.end]
    start = rest[0].start
    text = cursor.text(cursor.at, cursor.end)
    replacements = [
        (Span(token.start - start, token.end - start, 0, 0), values[token.text.lower()])
        for before, token in zip([None, *rest], rest, strict=False)
        if token.text.lower() in values and (before is None or before.key not in (":", "."))
    ]
    return f"({rewrite(text, replacements)})"
