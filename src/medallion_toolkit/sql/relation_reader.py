"""One relation of a FROM or JOIN clause: a table, a stream, a function, a path or a subquery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from medallion_toolkit.model import ReadMode, Relation
from medallion_toolkit.sql.arguments import Arguments, read_arguments, read_properties
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.literals import name_value, string_value
from medallion_toolkit.sql.relation_words import (
    FILE_FORMATS,
    INTERVAL_UNITS,
    NOT_AN_ALIAS,
    QUERY_STARTS,
    SET_OPERATORS,
    SOURCE_FUNCTIONS,
)
from medallion_toolkit.sql.table_functions import READ_STREAM, TABLE_CHANGES, table_and_options

if TYPE_CHECKING:
    from medallion_toolkit.sql.relations import RelationFinder

_NOT_A_TABLE = SET_OPERATORS | {"CROSS", "GROUP", "HAVING", "INNER", "JOIN", "LIMIT", "ON", "ORDER", "SELECT", "WHERE"}
_ENDS = {")", ",", ";", "|>"}


@dataclass(frozen=True)
class _Source:
    """A relation before its place, mode and alias are known."""

    name: str
    kind: Literal["table", "files", "function"]
    path: str | None = None
    format: str | None = None
    arguments: dict[str, str] = field(default_factory=dict)
    function: str = ""


def read_relation(finder: RelationFinder) -> None:
    """Read the relation that comes next, with options, sample, watermark and alias."""
    finder.descend()
    cursor = finder.cursor
    cursor.take("LATERAL")
    first = cursor.at
    mode: ReadMode = "stream" if _begins_stream(cursor) else "batch"
    if mode == "stream":
        cursor.at += 1
        source = _read_streamed(finder)
    else:
        source = _read_source(finder)
    finder.depth -= 1
    options = _read_options(cursor)
    end = cursor.at
    alias = _read_alias(cursor)
    if source is not None:
        mode, source = _with_mode(source, mode)
        span = cursor.span(first, end, finder.base)
        arguments = {**source.arguments, **options}
        finder.found.append(
            Relation(source.name, source.kind, mode, span, alias, source.path, source.format, arguments)
        )


def _with_mode(source: _Source, mode: ReadMode) -> tuple[ReadMode, _Source]:
    """read_stream and cloud_files stream with or without STREAM; table_changes is a function of batch queries."""
    if source.function == TABLE_CHANGES and mode == "stream":
        return mode, _Source(TABLE_CHANGES, "function", source.name)
    is_stream = source.function == READ_STREAM or source.name.lower() == "cloud_files"
    return ("stream" if is_stream else mode), source


def _begins_stream(cursor: Cursor) -> bool:
    """STREAM as a keyword: `STREAM t`, `STREAM(t)`; not a table or schema that is called stream."""
    if cursor.key() != "STREAM":
        return False
    if cursor.key(1) == "(" or cursor.kind(1) == "quoted":
        return True
    return cursor.kind(1) == "word" and cursor.key(1) not in NOT_AN_ALIAS | {"AS"}


def _read_streamed(finder: RelationFinder) -> _Source | None:
    cursor = finder.cursor
    if not cursor.take("("):
        return _read_source(finder)
    if cursor.key() in QUERY_STARTS and cursor.key(1) != ")":
        finder.read_query()
        source = None
    else:
        source = _read_source(finder)
    cursor.expect(")")
    return source


def _read_source(finder: RelationFinder) -> _Source | None:
    """A table, function or path; None for what is no input itself: subqueries, VALUES, common table expressions."""
    cursor = finder.cursor
    if cursor.key() == "(":
        _read_nested(finder)
        return None
    if cursor.key() == "VALUES":
        _skip_values(finder)
        return None
    if cursor.key() in ("TABLE", "IDENTIFIER") and cursor.key(1) == "(":
        return _read_marked(finder)
    is_keyword = cursor.key() in _NOT_A_TABLE and cursor.key(1) != "."
    if cursor.is_done() or is_keyword or cursor.key() in _ENDS:
        raise cursor.unexpected("a table, a function or a subquery")
    if cursor.kind() not in ("word", "quoted"):
        cursor.at += 1
        return None
    return _read_named(finder)


def _read_nested(finder: RelationFinder) -> None:
    """`( … )` in the place of a relation: a subquery, or relations joined in parentheses."""
    cursor = finder.cursor
    opened = cursor.at
    cursor.at += 1
    is_query = cursor.key() in QUERY_STARTS and not (cursor.key() == "TABLE" and cursor.key(1) == "(")
    if not is_query:
        read_relation(finder)
    finder.read_query(in_from=not is_query)
    if not cursor.take(")"):
        raise cursor.error("MED204", "a parenthesis is never closed", opened, "(", ")")


def _skip_values(finder: RelationFinder) -> None:
    cursor = finder.cursor
    while cursor.take("VALUES") or cursor.take(","):
        if cursor.key() == "(":
            finder.read_parenthesis()
        else:
            cursor.at += 1


def _read_marked(finder: RelationFinder) -> _Source | None:
    """TABLE(function(…)) and IDENTIFIER('name'); the name of IDENTIFIER(:x) is known only when it runs."""
    cursor = finder.cursor
    if cursor.take("TABLE"):
        cursor.expect("(")
        source = _read_source(finder)
        cursor.expect(")")
        return source
    start = cursor.at
    cursor.at += 1
    first, end = cursor.group()
    if all(token.kind == "string" for token in cursor.tokens[first:end]):
        name = "".join(string_value(token.text) for token in cursor.tokens[first:end])
        return _Source(name, "table")
    while cursor.key() == "." and cursor.kind(1) in ("word", "quoted"):
        cursor.at += 2
    text = cursor.text(start, cursor.at)
    return _Source("IDENTIFIER", "function", arguments={"name": cursor.text(first, end), "text": text})


def _read_named(finder: RelationFinder) -> _Source | None:
    cursor = finder.cursor
    start = cursor.at
    name, _ = cursor.name("a table")
    if cursor.key() == "(":
        return _read_function(finder, name)
    last = cursor.tokens[cursor.at - 1]
    if cursor.at - start == 1:
        return None if finder.is_defined(name_value(last).lower()) else _Source(name, "table")
    format_name = name_value(cursor.tokens[start])
    path = name_value(last)
    if last.kind == "quoted" and format_name.lower() in FILE_FORMATS and _is_path(path):
        return _Source("path", "files", path, format_name)
    return _Source(name, "table")


def _is_path(text: str) -> bool:
    return "/" in text or ":" in text or text.startswith(("${", "{{"))


def _read_function(finder: RelationFinder, name: str) -> _Source:
    cursor = finder.cursor
    opened = cursor.at
    finder.read_parenthesis()
    closed = cursor.at
    arguments = read_arguments(cursor, opened + 1, closed - 1)
    _read_table_arguments(finder, opened + 1, closed - 1)
    cursor.at = closed
    table = table_and_options(name, arguments)
    if table is not None:
        return _Source(table[0], "table", arguments=table[1], function=name.lower())
    if name.lower() not in SOURCE_FUNCTIONS:
        path = arguments.positional[0] if arguments.positional else None
        return _Source(name, "function", path, arguments=arguments.named)
    return _file_source(name, arguments)


def _read_table_arguments(finder: RelationFinder, first: int, end: int) -> None:
    """TABLE(t) and TABLE t among a function's arguments are inputs of their own."""
    cursor = finder.cursor
    for index in range(first, end - 1):
        if cursor.tokens[index].key != "TABLE":
            continue
        cursor.at = index + (2 if cursor.tokens[index + 1].key == "(" else 1)
        if cursor.kind() in ("word", "quoted") and cursor.key() not in QUERY_STARTS:
            read_relation(finder)


def _file_source(name: str, arguments: Arguments) -> _Source:
    named = dict(arguments.named)
    positional = arguments.positional
    path = positional[0] if positional else named.pop("path", None)
    file_format = positional[1] if len(positional) > 1 else named.get("format", named.get("cloudFiles.format"))
    return _Source(name, "files", path, file_format, named)


def _read_options(cursor: Cursor) -> dict[str, str]:
    """`WITH (SKIPCHANGECOMMITS)` and a version to read: both belong to the relation."""
    options: dict[str, str] = {}
    if cursor.looks_at("WITH", "("):
        cursor.at += 1
        options = read_properties(cursor, *cursor.group())
    if cursor.take("@"):
        options["version"] = cursor.next().text
        return options
    is_versioned = cursor.take("FOR") if cursor.key(2) == "AS" else False
    word = cursor.key()
    if word in ("VERSION", "TIMESTAMP", "SYSTEM_VERSION", "SYSTEM_TIME") and cursor.key(1) == "AS":
        cursor.at += 1
        cursor.expect("AS", "OF")
        options[f"{word.lower().removeprefix('system_')} as of"] = _read_version(cursor)
    elif is_versioned:
        raise cursor.unexpected("VERSION AS OF or TIMESTAMP AS OF")
    return options


def _read_version(cursor: Cursor) -> str:
    """A literal, a parameter or a function call."""
    first = cursor.at
    cursor.take(":")
    cursor.next()
    if cursor.key() == "(":
        cursor.group()
    return cursor.text(first, cursor.at)


def _read_alias(cursor: Cursor) -> str | None:
    if cursor.take("TABLESAMPLE"):
        cursor.group()
        if cursor.take("REPEATABLE"):
            cursor.group()
    if cursor.take("WATERMARK"):
        _skip_watermark(cursor)
    is_named = cursor.take("AS")
    if cursor.kind() not in ("word", "quoted") or (not is_named and cursor.key() in NOT_AN_ALIAS):
        return None
    alias = name_value(cursor.next())
    if cursor.key() == "(":
        cursor.group()
    return alias


def _skip_watermark(cursor: Cursor) -> None:
    """`ts DELAY OF INTERVAL 10 MINUTES`: the alias stands behind it."""
    cursor.until(("DELAY",))
    cursor.expect("DELAY", "OF")
    cursor.take("INTERVAL")
    while cursor.kind() in ("string", "number") or cursor.key() in INTERVAL_UNITS | {"TO", "-"}:
        cursor.at += 1
