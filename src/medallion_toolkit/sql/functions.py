"""CREATE FUNCTION in SQL: name, parameters, result and body of functions written in SQL."""

from __future__ import annotations

from dataclasses import dataclass

from medallion_toolkit.errors import Place
from medallion_toolkit.model import Span
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.tokens import Token, tokenize

_CHARACTERISTICS = {"COMMENT", "LANGUAGE", "DETERMINISTIC", "NOT", "CONTAINS", "READS", "MODIFIES", "SQL", "SECURITY",
                    "DEFAULT", "RETURN", "AS"}  # fmt: skip


@dataclass(frozen=True)
class FunctionText:
    """A function as written; `returns` is what stands behind RETURNS, `body` the expression or query behind RETURN."""

    name: str
    parameters: str
    returns: str | None
    body: str
    place: Place
    temporary: bool = False


@dataclass(frozen=True)
class FunctionCall:
    """A function called in a query: the name as written and where it stands."""

    name: str
    span: Span


def read_function(text: str, place: Place | None = None) -> FunctionText | None:
    """The function that the statement makes; None for another statement, or a body in another language.

    >>> read_function("CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1", Place("jobs/f.sql", 1)).body
    'x + 1'
    """
    place = place or Place("SQL")
    cursor = Cursor(tokenize(text), Lines(text, place.path))
    if not cursor.take("CREATE"):
        return None
    cursor.take("OR", "REPLACE")
    temporary = cursor.take("TEMPORARY") or cursor.take("TEMP")
    if not cursor.take("FUNCTION"):
        return None
    cursor.take("IF", "NOT", "EXISTS")
    name = _read_name(cursor)
    parameters = cursor.text(*cursor.group("the parameters in parentheses"))
    returns = None
    if cursor.take("RETURNS"):
        first = cursor.at
        cursor.until(_CHARACTERISTICS)
        returns = cursor.text(first, cursor.at)
    cursor.until(("RETURN", "AS"))
    if not cursor.take("RETURN"):
        return None
    return FunctionText(name, parameters, returns, cursor.text(cursor.at, cursor.end), place, temporary)


def _read_name(cursor: Cursor) -> str:
    """A name, or the text of IDENTIFIER(…)."""
    if not cursor.looks_at("IDENTIFIER", "("):
        return cursor.name("the function's name")[0]
    first = cursor.at
    cursor.at += 1
    cursor.group()
    return cursor.text(first, cursor.at)


def calls_of(text: str) -> tuple[FunctionCall, ...]:
    """Every name in `text` that is followed by a parenthesis, with the parts before its dots."""
    tokens = tokenize(text)
    found = []
    for index, token in enumerate(tokens[:-1]):
        if token.kind in ("word", "quoted") and tokens[index + 1].key == "(":
            first = _first_part(tokens, index)
            span = Span(tokens[first].start, token.end, 0, 0)
            found.append(FunctionCall("".join(part.text for part in tokens[first : index + 1]), span))
    return tuple(found)


def _first_part(tokens: list[Token], index: int) -> int:
    while index >= 2 and tokens[index - 1].key == "." and tokens[index - 2].kind in ("word", "quoted"):
        index -= 2
    return index
