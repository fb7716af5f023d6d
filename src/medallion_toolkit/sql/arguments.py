"""Arguments of table functions and lists of properties: `name => value`, `'key' = 'value'`, map('key', 'value')."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.literals import name_value, string_value

_NESTING = {"(": 1, "[": 1, ")": -1, "]": -1}


@dataclass(frozen=True)
class Arguments:
    """A function's arguments; string literals without quotes, anything else as written."""

    positional: tuple[str, ...]
    named: dict[str, str]


def pieces(cursor: Cursor, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Token ranges between the commas of tokens[first:end], empty ones left out."""
    start, depth = first, 0
    for index in range(first, end):
        key = cursor.tokens[index].key
        depth += _NESTING.get(key, 0)
        if key == "," and depth == 0:
            if start < index:
                yield start, index
            start = index + 1
    if start < end:
        yield start, end


def value_text(cursor: Cursor, first: int, end: int) -> str:
    """The text of an argument: string literals (also several in a row) without quotes, else as written."""
    tokens = cursor.tokens[first:end]
    if tokens and all(token.kind == "string" for token in tokens):
        return "".join(string_value(token.text) for token in tokens)
    return cursor.text(first, end)


def read_arguments(cursor: Cursor, first: int, end: int) -> Arguments:
    """The arguments in tokens[first:end], the inside of a function's parentheses."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for start, stop in pieces(cursor, first, end):
        arrow = _arrow(cursor, start, stop)
        if arrow is not None:
            named[_argument_name(cursor, start, arrow)] = value_text(cursor, arrow + 1, stop)
        elif cursor.tokens[start].key == "MAP" and cursor.inside(start + 1, stop).key() == "(":
            named.update(_map_entries(cursor, start + 2, stop - 1))
        else:
            positional.append(value_text(cursor, start, stop))
    return Arguments(tuple(positional), named)


def _arrow(cursor: Cursor, start: int, stop: int) -> int | None:
    """Index of the `=>` behind a possibly dotted name."""
    index = start
    while index < stop and (cursor.tokens[index].kind in ("word", "quoted") or cursor.tokens[index].key == "."):
        index += 1
    return index if start < index < stop and cursor.tokens[index].key == "=>" else None


def _argument_name(cursor: Cursor, start: int, stop: int) -> str:
    return "".join(name_value(token) for token in cursor.tokens[start:stop])


def _map_entries(cursor: Cursor, first: int, end: int) -> dict[str, str]:
    values = [value_text(cursor, *piece) for piece in pieces(cursor, first, end)]
    return dict(zip(values[::2], values[1::2], strict=False))


def read_properties(cursor: Cursor, first: int, end: int) -> dict[str, str]:
    """Keys and values of TBLPROPERTIES, OPTIONS or WITH (…); a key without a value is "true"."""
    found: dict[str, str] = {}
    for start, stop in pieces(cursor, first, end):
        sign = next((i for i in range(start, stop) if cursor.tokens[i].key in ("=", "=>", "==")), None)
        behind_key = sign if sign is not None else _key_end(cursor, start, stop)
        values = (behind_key + 1 if sign is not None else behind_key, stop)
        key = value_text(cursor, start, behind_key) or cursor.text(start, stop)
        found[key.replace("`", "")] = value_text(cursor, *values) if values[0] < stop else "true"
    return found


def _key_end(cursor: Cursor, start: int, stop: int) -> int:
    """End of a key that no sign separates from its value: a string, or a dotted name."""
    if cursor.tokens[start].kind == "string":
        return start + 1
    index = start + 1
    while index + 1 < stop and cursor.tokens[index].key == ".":
        index += 2
    return index
