"""Names of a query's output columns.

The select list usually says them itself (`a`, `t.a`, `… AS a`); sqlglot is asked only about items that do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medallion_toolkit.sql.arguments import pieces
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.literals import name_value
from medallion_toolkit.sql.relation_words import SET_OPERATORS
from medallion_toolkit.sql.statements import QueryText
from medallion_toolkit.sql.tokens import Token, tokenize

_LIST_ENDS = SET_OPERATORS | {"FROM", "GROUP", "HAVING", "LATERAL", "LIMIT", "ORDER", "QUALIFY", "WHERE"}
_LITERALS = {"NULL", "TRUE", "FALSE", "END", "DEFAULT"}


def output_columns(query: QueryText) -> tuple[str, ...] | None:
    """The columns in order; None when they cannot be known from the text: a star, an unnamed expression.

    A query of several branches (UNION …) has the names of its first.
    """
    cursor = Cursor(tokenize(query.text), Lines(query.text, "<query>"))
    selected = _select_list(cursor)
    if selected is None:
        return None
    names: list[str] = []
    for start, stop in pieces(cursor, *selected):
        found = _item_names(cursor, start, stop)
        if found is None:
            return None
        names += found
    return tuple(names) or None


@dataclass(frozen=True)
class OutputItem:
    """An item of a select list: its tokens, alias included, with offsets in the query's text, and its name if plain."""

    name: str | None
    tokens: tuple[Token, ...]


def output_items(query: QueryText) -> tuple[OutputItem, ...] | None:
    """The items of the outermost select list; None for queries without one (FROM first, VALUES, pipes)."""
    cursor = Cursor(tokenize(query.text), Lines(query.text, "<query>"))
    selected = _select_list(cursor)
    if selected is None:
        return None
    items = []
    for start, stop in pieces(cursor, *selected):
        tokens = tuple(cursor.tokens[start:stop])
        is_named = _is_path(tokens) or (len(tokens) > 2 and tokens[-2].key == "AS" and _is_alias(tokens[-1]))
        items.append(OutputItem(name_value(tokens[-1]) if is_named else None, tokens))
    return tuple(items)


def _select_list(cursor: Cursor) -> tuple[int, int] | None:
    """Token range of the outermost select list; None for other forms (FROM first, VALUES, pipes)."""
    tokens = cursor.tokens
    if any(token.key == "|>" for token in tokens):
        return None
    while cursor.key() == "(" or cursor.key() == "WITH":
        _step_to_query(cursor)
    if not cursor.take("SELECT") or cursor.key() == "TRANSFORM":
        return None
    if cursor.key() in ("DISTINCT", "ALL"):
        cursor.at += 1
    first = cursor.at
    depth = 0
    while not cursor.is_done():
        key = cursor.key()
        depth += (key in ("(", "[")) - (key in (")", "]"))
        if depth < 0 or (depth == 0 and key in _LIST_ENDS and _ends_list(cursor)):
            break
        cursor.at += 1
    return first, cursor.at


def _step_to_query(cursor: Cursor) -> None:
    """Into a parenthesis, or behind the definitions of WITH."""
    if cursor.take("("):
        return
    cursor.at += 1
    while not cursor.is_done():
        cursor.until(("(",))
        if cursor.is_done():
            return
        cursor.group()
        if cursor.key() not in (",", "AS", "MAX"):
            return


def _ends_list(cursor: Cursor) -> bool:
    """Not the EXCEPT of `* EXCEPT (…)`, a column or alias of that name, or the FROM of IS DISTINCT FROM."""
    key, before = cursor.key(), cursor.key(-1)
    if before in (".", "AS", ":", ",", "SELECT"):
        return False
    if key == "EXCEPT":
        return before != "*"
    return key != "FROM" or before != "DISTINCT"


def _item_names(cursor: Cursor, start: int, stop: int) -> Sequence[str] | None:
    """Names of one item of the list; several for `posexplode(x) AS (position, value)`."""
    tokens = cursor.tokens[start:stop]
    last = tokens[-1]
    if _is_alias(last) and len(tokens) > 2 and tokens[-2].key == "AS":
        return [name_value(last)]
    if _is_path(tokens):
        return [name_value(last)]
    if last.key == ")":
        opened = _opening(tokens)
        if opened and tokens[opened - 1].key == "AS":
            return [name_value(token) for token in tokens[opened + 1 : -1] if token.key != ","]
    if tokens[0].key == "*" or (len(tokens) > 2 and tokens[2].key == "*" and tokens[1].key == "."):
        return None
    return _asked_name(cursor, start, stop)


def _is_alias(token: Token) -> bool:
    return token.kind in ("word", "quoted") and "{" not in token.text


def _is_path(tokens: Sequence[Token]) -> bool:
    """`a`, `t.a`, `s.t.a`, and fields of JSON text: `t.a:b.c`."""
    names = all(_is_alias(token) for token in tokens[::2])
    dots = all(token.key in (".", ":") for token in tokens[1::2])
    return names and dots and len(tokens) % 2 == 1 and tokens[0].key not in _LITERALS


def _opening(tokens: Sequence[Token]) -> int:
    """Index of the parenthesis that the last token closes, 0 when there is none."""
    depth = 0
    for index in range(len(tokens) - 1, -1, -1):
        depth += (tokens[index].key == ")") - (tokens[index].key == "(")
        if depth == 0:
            return index
    return 0


def _asked_name(cursor: Cursor, start: int, stop: int) -> Sequence[str] | None:
    """What sqlglot takes for the name of an expression; holes are masked by a word of the same length."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    origin = cursor.tokens[start].start
    text = list(cursor.text(start, stop))
    for token in cursor.tokens[start:stop]:
        if token.kind == "word" and "{" in token.text:
            text[token.start - origin : token.end - origin] = "_" * len(token.text)
    try:
        expression = parse_one(f"SELECT {''.join(text)}", read="databricks", into=exp.Select)
    except (SqlglotError, RecursionError):
        return None
    names = expression.named_selects
    return names if len(names) == 1 and names[0].strip("_*") else None
